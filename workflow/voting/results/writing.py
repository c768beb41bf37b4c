"""Writes a result file: counts what the rows gave, breaks ties as it was decided, and seals all of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflow.voting.counting.draw import drawn_order
from workflow.voting.counting.election import RecordedOrders, Tie, TieOrder, Undecided
from workflow.voting.results import content as parts
from workflow.voting.results.canonical import Content, digest, sealed
from workflow.voting.results.outcome import counted


class BrokenBy(StrEnum):
    """Who or what has broken a decisive tie."""

    DRAW = "draw"
    CHAIR = "chair"
    RULE = "rule"
    # All of them are taken, since together they fit; their order is that in which they are named.
    JOINT = parts.JOINT


@dataclass(frozen=True, slots=True)
class TieBreak:
    """How ties are broken; the order is given for the chair and for a rule, and follows from the seed for a draw."""

    broken_by: BrokenBy
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedBreaks:
    """Ties that were broken one by one: by members, who broke the tie and the order."""

    breaks: Mapping[frozenset[str], TieBreak]


Breaks = TieBreak | RecordedBreaks | None


def write_result(content: Content, tie_break: Breaks = None) -> bytes | Undecided:
    """The bytes of a file, from everything but the outcome, the ties and the digests.

    `content["rules"]` needs no digest. A decisive tie that `tie_break` does not break is returned as undecided. Raises
    CountError. Nothing is verified here: `verify_result` is for that.
    """
    order = tie_order(content, tie_break)
    result = counted(content, order)
    if isinstance(result, Undecided):
        return result
    outcome, ties = result
    rules = {name: value for name, value in content["rules"].items() if name != "digest"}
    return sealed(
        {
            **content,
            "ballots": sorted_ballots(content["ballots"]),
            "rules": {**rules, "digest": digest(rules)},
            "ties": [_tie(tie, order, tie_break) for tie in ties],
            "outcome": outcome,
        }
    )


def tie_order(content: Content, tie_break: Breaks) -> TieOrder:
    """The order in which tied options are taken."""
    if tie_break is None:
        return TieOrder()
    if isinstance(tie_break, RecordedBreaks):
        return RecordedOrders(
            orders={members: one.keys for members, one in tie_break.breaks.items()},
            joint=frozenset(members for members, one in tie_break.breaks.items() if one.broken_by is BrokenBy.JOINT),
        )
    if tie_break.broken_by is not BrokenBy.DRAW:
        return TieOrder(tie_break.keys)
    return drawn_order(content["draw"]["seed"], content["draw"]["word"], (item["key"] for item in content["options"]))


def sorted_ballots(ballots: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By number; those without one by choice."""
    return sorted(ballots, key=ballot_key)


def ballot_key(ballot: dict[str, Any]) -> tuple[str, list[Any], str]:
    """What a ballot is sorted by."""
    choice = ballot["choice"]
    written = sorted(choice.items()) if isinstance(choice, dict) else choice
    return ballot.get("number", ""), list(written), ballot.get("stratum", "")


def _tie(tie: Tie, order: TieOrder, tie_break: Breaks) -> dict[str, Any]:
    """A tie with the order that was followed; one that changes nothing may have been followed by key."""
    broken = order.breaks(tie.members)
    if isinstance(tie_break, RecordedBreaks):
        tie_break = tie_break.breaks.get(frozenset(tie.members))
    return {
        "kind": tie.kind.value,
        "members": sorted(tie.members),
        "decisive": tie.decisive,
        "broken_by": tie_break.broken_by.value if tie_break and broken else "",
        "order": order.sort(tie.members) if broken else sorted(tie.members),
    }
