"""The result file of a vote in the hall, from its rows: a ranking that selects nobody; no name."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from workflow.base.i18n import _
from workflow.rules.facts import Ref
from workflow.rules.hall import HallElectorRow, HallLaidOut, HallOptionRow
from workflow.rules.session import Channel
from workflow.voting.counting.ballots import Choice, Method, Terms
from workflow.voting.counting.election import Undecided
from workflow.voting.counting.rules import RuleName
from workflow.voting.results.canonical import SCHEMA
from workflow.voting.results.canonical import canonical as as_bytes
from workflow.voting.results.content import marked, written
from workflow.voting.results.motion import moment
from workflow.voting.results.structure import ResultDiffers
from workflow.voting.results.writing import write_result


@dataclass(frozen=True, slots=True)
class CountedHall:
    """A counted vote as its rows give it."""

    own: Mapping[str, Any]
    options: tuple[HallOptionRow, ...]
    electors: tuple[HallElectorRow, ...]
    closed_at: datetime
    # The ballots of a secret vote; None for one by name.
    laid_out: HallLaidOut | None
    # Choice and stratum of each vote by name.
    named: tuple[tuple[str, str], ...] = ()
    # What the count wrote: cards, and the version of the product.
    result: Mapping[str, Any] = field(default_factory=dict)


def hall_file(poll: CountedHall) -> bytes:
    """The bytes of the result file: the same rows give the same bytes, on every machine and at any time.

    Raises ResultDiffers where the rows no longer give what was counted when the vote was closed.
    """
    data = write_result(hall_content(poll))
    if isinstance(data, Undecided):
        raise AssertionError("nobody is selected by a vote in the hall, so no tie has to be broken")
    counted = poll.own.get("result_digest")
    if counted and counted != sha256(data).hexdigest():
        raise ResultDiffers("digest", _("the rows were changed since the vote was counted."))
    return data


def hall_content(poll: CountedHall) -> dict[str, Any]:
    """Everything of the file that is not computed."""
    own, cards = poll.own, poll.result.get("cards") or {}
    limits = {name: own[name] for name in ("max_choices", "points_total", "points_each") if own[name] is not None}
    content: dict[str, Any] = {
        "schema": SCHEMA, "poll": str(Ref("hall_poll", own["id"])), "question": own["question"],
        "opened": moment(own["opened_at"]), "closed": moment(poll.closed_at),
        "rules": {"method": own["method"], "version": own["rules_digest"],
                  "parameters": {"rule": RuleName.PLACES.value, "secret": own["secret"], **limits}},
        "electorate": _electorate(poll),
        "options": [{"key": option.key, "project_number": option.key if option.proposal_id else None,
                     "cost": option.cost, "withdrawn": False} for option in poll.options],
        # The hall ranks; it gives no place and spends nothing.
        "budget": None, "places": 0,
        "ballots": _ballots(poll),
        "spoiled": cards.get("spoiled", 0), "missing": cards.get("missing", 0), "invalid": 0, "draw": None,
        "made": {"product_version": str(poll.result.get("product_version") or ""), "at": moment(poll.closed_at)},
    }  # fmt: skip
    if poll.laid_out and poll.laid_out.receipts:
        content["receipts"] = sorted(poll.laid_out.receipts)
    return content


def _electorate(poll: CountedHall) -> dict[str, Any]:
    voted = [elector for elector in poll.electors if elector.voted]
    by_card = sum(elector.channel == Channel.CARD for elector in voted)
    return {
        "size": len(poll.electors), "recused": 0,
        "voted": {"screen": len(voted) - by_card, "card": by_card, "hands": 0},
        "by_sector": dict(sorted(Counter(elector.stratum for elector in voted).items())),
    }  # fmt: skip


def _ballots(poll: CountedHall) -> list[dict[str, Any]]:
    """Every vote that counts. Those by name are numbered after they were sorted, so that a number says nothing."""
    if poll.laid_out is None:
        return [{"number": f"{number:04d}", "choice": json.loads(choice), **_stratum(stratum)}
                for number, (choice, stratum) in enumerate(sorted(poll.named), start=1)]  # fmt: skip
    if poll.laid_out.receipts:
        counts = Counter((choice, stratum) for _code, choice, stratum in poll.laid_out.ballots)
        return [{"choice": json.loads(choice), "count": count, **_stratum(stratum)}
                for (choice, stratum), count in sorted(counts.items())]  # fmt: skip
    return [{"number": code, "choice": json.loads(choice), **_stratum(stratum)}
            for code, choice, stratum in sorted(poll.laid_out.ballots)]  # fmt: skip


def _stratum(stratum: str) -> dict[str, str]:
    return {"stratum": stratum} if stratum else {}


def terms_of(rules: Mapping[str, Any]) -> Terms:
    """What a legal choice is in a vote, as frozen when it was opened."""
    return Terms(Method(rules["method"]), frozenset(rules["options"]), rules["max_choices"], rules["points_total"],
                 rules["points_each"])  # fmt: skip


def choice_text(method: Method, choice: Choice) -> str:
    """A choice as a ballot keeps it."""
    return as_bytes(written(method, choice)).decode()


def choice_of(rules: Mapping[str, Any], text: str) -> Choice:
    """A choice from what a ballot keeps."""
    return marked({"rules": {"method": rules["method"]}}, json.loads(text))
