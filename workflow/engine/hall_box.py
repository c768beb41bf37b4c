"""The ballots of a vote in the hall: taken out of the box once its closing is decided, and counted with it."""

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from workflow.base.errors import not_ready
from workflow.base.i18n import _
from workflow.base.version import VERSION
from workflow.engine.ballot_box import new_codes, open_box, shuffled
from workflow.engine.decision import Decision
from workflow.engine.hall_reader import KIND, ballots_laid_out, named_choices
from workflow.rules.effects.hall import has_box
from workflow.rules.facts import Facts
from workflow.rules.guards.hall import hall_of
from workflow.rules.hall import HallLaidOut, HallVoting, is_linked, published_strata
from workflow.voting.results.canonical import canonical
from workflow.voting.results.hall import CountedHall, hall_file


def with_counted_hall(tx: Connection, facts: Facts, decision: Decision) -> Facts:
    """The facts with the ballots that a step lays out, in random order, and with what they amount to if it counts.

    Of other steps and kinds the facts as they are. Raises NotReady where the key is lost, or ballots and ticks do not
    add up.
    """
    if facts.ref.kind != KIND or "lay_out_hall_ballots" not in decision.step.effects:
        return facts
    hall = hall_of(facts)
    if has_box(facts):
        hall = replace(hall, laid_out=_from_box(tx, facts, hall))
    if "count_hall_poll" in decision.step.effects:
        hall = _counted(tx, facts, hall, decision)
    return replace(facts, hall=hall)


def sealed_text(choice: str, stratum: int) -> str:
    """What is sealed: the choice, and the place of the stratum among those of the vote."""
    return canonical({"c": json.loads(choice), "s": stratum}).decode()


def stratum_of(rules: Mapping[str, Any], text: str) -> str:
    """The stratum of what was sealed, by the frozen rules of its vote."""
    return str(rules["strata"][json.loads(text)["s"]])


def opened_choice(text: str) -> str:
    """The choice of what was sealed."""
    return canonical(json.loads(text)["c"]).decode()


def _from_box(tx: Connection, facts: Facts, hall: HallVoting) -> HallLaidOut:
    rules, opened = facts["rules"], open_box(tx, facts.ref)
    ballots = [(number, opened_choice(text), stratum_of(rules, text)) for number, text in opened.items()]
    ticked = hall.voted - hall.on_cards
    if len(ballots) != ticked:
        sentence = _("The box holds {ballots} ballots, but {ticked} people have voted. Annul the vote and repeat it.",
                     ballots=len(ballots), ticked=ticked)  # fmt: skip
        raise not_ready("box_differs", sentence)
    labels = published_strata(Counter(stratum for _number, _choice, stratum in ballots))
    shown = [(number, choice, labels[stratum]) for number, choice, stratum in ballots]
    linked = is_linked(facts["method"], len(hall.options), len(shown), linked_from=facts["rules"]["linked_from"])
    if linked:
        return HallLaidOut(tuple(shuffled(shown)))
    codes = new_codes(len(shown))
    apart = [(code, choice, stratum) for code, (_number, choice, stratum) in zip(codes, shuffled(shown), strict=True)]
    return HallLaidOut(tuple(apart), tuple(shuffled(number for number, _choice, _stratum in shown)))


def _counted(tx: Connection, facts: Facts, hall: HallVoting, decision: Decision) -> HallVoting:
    """The vote with the ballots of cards laid out too, and with the digest of the file that its rows will give."""
    result: dict[str, object] = {"product_version": VERSION}
    before = None if has_box(facts) or not facts["secret"] else ballots_laid_out(tx, facts.ref.id)
    cards = hall.cards.agreed if hall.cards and before is not None else None
    if before is not None and cards is not None:
        hall = replace(hall, laid_out=_of_cards(before, list(cards.lines.values())))
        missing = hall.on_cards - cards.in_box - cards.spoiled
        result["cards"] = {"in_box": cards.in_box, "spoiled": cards.spoiled, "missing": missing}
    all_ballots = _joined(before, hall.laid_out) if facts["secret"] else None
    own = {**facts.own, "result_digest": ""}
    counted = CountedHall(
        own=own, options=hall.options, electors=hall.electors, laid_out=all_ballots,
        closed_at=facts.own.get("closed_at") or decision.attempt.at,
        named=() if facts["secret"] else named_choices(tx, facts.ref.id), result=result,
    )  # fmt: skip
    return replace(hall, result=result, result_digest=sha256(hall_file(counted)).hexdigest())


def _of_cards(before: HallLaidOut, choices: list[str]) -> HallLaidOut:
    """Ballots of cards with numbers that stand on no card; among receipts that are a list apart each has one too."""
    codes = new_codes(2 * len(choices))
    ballots = tuple((code, choice, "") for code, choice in zip(codes, shuffled(choices), strict=False))
    is_apart = before.receipts or not before.ballots
    return HallLaidOut(ballots, tuple(codes[len(choices) :]) if is_apart else ())


def _joined(before: HallLaidOut | None, added: HallLaidOut | None) -> HallLaidOut:
    parts = [part for part in (before, added) if part is not None]
    return HallLaidOut(
        tuple(ballot for part in parts for ballot in part.ballots),
        tuple(number for part in parts for number in part.receipts),
    )
