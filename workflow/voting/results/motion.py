"""The result file of a vote on a motion, from its rows: votes by number, never by name; rules, figures, resolution."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workflow.base.i18n import _
from workflow.rules.electors import LaidOut
from workflow.rules.hands import Hands, by_choice, by_sector
from workflow.rules.session import Choice
from workflow.rules.vote_settings import rules_of
from workflow.voting.counting.ballots import Method
from workflow.voting.counting.election import NO_ORDER, Undecided
from workflow.voting.results.canonical import SCHEMA, Content
from workflow.voting.results.content import MOTION
from workflow.voting.results.outcome import counted
from workflow.voting.results.structure import ResultDiffers
from workflow.voting.results.writing import write_result


@dataclass(frozen=True, slots=True)
class ElectorRow:
    """One elector without a name; an empty choice is no vote, but in a secret vote, where `voted` tells."""

    sector: str
    recused: bool
    choice: str
    by_hand: bool
    voted: bool = False
    by_card: bool = False


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What the resolution decided about one project, by the project's number in the edition."""

    project: int
    outcome: str
    position: int | None
    departure: str


@dataclass(frozen=True, slots=True)
class CountedPoll:
    """A counted poll as its rows give it; `resolution` ("1/2026") is empty where none was adopted."""

    reference: str
    motion_number: int
    question: str
    opened_at: datetime
    closed_at: datetime
    rules: Mapping[str, Any]
    rules_digest: str
    result: Mapping[str, Any]
    electors: tuple[ElectorRow, ...]
    is_settled: bool = False
    resolution: str = ""
    decisions: tuple[DecisionRow, ...] = ()
    # The hands that two people counted alike; None for a vote by name.
    hands: Hands | None = None
    # The ballots of a secret vote; None for any other.
    laid_out: LaidOut | None = None


def motion_file(poll: CountedPoll) -> bytes:
    """The bytes of the result file: the same rows give the same bytes, on every machine and at any time.

    Raises ResultDiffers where the rows no longer give what was counted when the vote was closed.
    """
    content = motion_content(poll)
    _check_figures(poll, content)
    data = write_result(content)
    if isinstance(data, Undecided):
        raise AssertionError("a vote on a motion has no tie to be broken")
    return data


def motion_content(poll: CountedPoll) -> dict[str, Any]:
    """Everything of the file that is not computed."""
    cards = poll.result.get("cards") or {}
    content: dict[str, Any] = {
        "schema": SCHEMA, "poll": poll.reference, "question": poll.question, "opened": moment(poll.opened_at),
        "closed": moment(poll.closed_at),
        "rules": {"method": Method.AYES.value, "parameters": _parameters(poll),
                  "version": str(poll.rules.get("rules_version") or poll.rules_digest)},
        "electorate": _electorate(poll),
        "options": [{"key": choice.value, "project_number": None, "cost": 0, "withdrawn": False} for choice in Choice],
        "budget": None, "places": None,
        "ballots": _ballots(poll),
        "spoiled": cards.get("spoiled", 0), "missing": cards.get("missing", 0), "invalid": 0, "draw": None,
        "made": {"product_version": str(poll.result.get("product_version") or ""), "at": moment(poll.closed_at)},
    }  # fmt: skip
    if poll.laid_out and poll.laid_out.receipts:
        content["receipts"] = sorted(poll.laid_out.receipts)
    return content | ({"decision": _decision(poll.resolution, poll.decisions)} if poll.resolution else {})


def voters(poll: CountedPoll) -> list[ElectorRow]:
    """Whose votes count: a vote of somebody who was recused while the vote was open is void and no part of the file."""
    return [elector for elector in poll.electors
            if (elector.choice or (poll.laid_out is not None and elector.voted)) and not elector.recused]  # fmt: skip


def _ballots(poll: CountedPoll) -> list[dict[str, Any]]:
    """Every vote that counts. Those by name are numbered after they were sorted, so that a number says nothing.

    In a secret vote a ballot has the number of its receipt; where receipts are a list apart, equal ballots are one
    line with their count.
    """
    if poll.laid_out is not None and poll.laid_out.receipts:
        counts = Counter(choice for _code, choice in poll.laid_out.ballots)
        return [{"choice": [choice], "count": count} for choice, count in sorted(counts.items())]
    if poll.laid_out is not None:
        return [{"number": code, "choice": [choice]} for code, choice in sorted(poll.laid_out.ballots)]
    cast = (elector.choice for elector in voters(poll)) if poll.hands is None else by_choice(poll.hands).elements()
    return [{"number": f"{number:04d}", "choice": [choice]} for number, choice in enumerate(sorted(cast), start=1)]


def moment(at: datetime) -> str:
    """A moment as the file writes it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parameters(poll: CountedPoll) -> dict[str, Any]:
    rules = rules_of(poll.rules)
    quorum, majority = rules.quorum, rules.majority
    return {
        "rule": MOTION, "parity": rules.parity, **({} if poll.laid_out is None else {"secret": True}),
        "quorum": {"share": str(quorum.share), "strict": quorum.strict, "recusal": quorum.recusal.value,
                   "floor": quorum.floor},
        "majority": {"kind": majority.kind.value, "share": str(majority.share),
                     "casting_vote": majority.casting_vote},
    }  # fmt: skip


def _electorate(poll: CountedPoll) -> dict[str, Any]:
    if poll.hands is not None:
        return _raised(poll, by_sector(poll.hands))
    voted = voters(poll)
    recused = sum(elector.recused for elector in poll.electors)
    by_hand, by_card = sum(elector.by_hand for elector in voted), sum(elector.by_card for elector in voted)
    # By circulation whoever has not answered is not present.
    present = len(voted) if poll.rules.get("circulation") else len(poll.electors) - recused
    return {
        "size": len(poll.electors), "recused": recused,
        "voted": {"screen": len(voted) - by_hand - by_card, "card": by_card, "hands": by_hand},
        "by_sector": dict(sorted(Counter(elector.sector for elector in voted).items())),
        "seats": poll.result["seats"], "present": present, "present_recused": present + recused,
        **{name: poll.result[name] for name in ("chair_voted_for",) if name in poll.result},
    }  # fmt: skip


def _raised(poll: CountedPoll, sectors: Mapping[str, int]) -> dict[str, Any]:
    recused = sum(elector.recused for elector in poll.electors)
    return {
        "size": len(poll.electors), "recused": recused,
        "voted": {"screen": 0, "card": 0, "hands": sum(sectors.values())}, "by_sector": dict(sectors),
        "seats": poll.result["seats"], "present": len(poll.electors) - recused, "present_recused": len(poll.electors),
    }  # fmt: skip


def _decision(resolution: str, decisions: Sequence[DecisionRow]) -> dict[str, Any]:
    in_order = sorted(decisions, key=lambda row: row.project)
    return {
        "resolution": resolution,
        "projects": [{"project": str(row.project), "outcome": row.outcome, "position": row.position}
                     for row in in_order],
        "departures": [{"project": str(row.project), "reason": row.departure} for row in in_order if row.departure],
    }  # fmt: skip


def _check_figures(poll: CountedPoll, content: Content) -> None:
    """Refuse rows that were changed since the count."""
    outcome = counted(content, NO_ORDER)
    if isinstance(outcome, Undecided):
        return
    figures, then = outcome[0]["figures"], poll.result
    pairs = {
        "R": then["recused"], "P": then["present"], "F": then["for"], "A": then["against"], "B": then["abstain"],
        "V_s": dict(then["by_sector"]), "quorum": then["quorum"]["held"], "majority": then["majority"],
        "parity": then["parity"],
    }  # fmt: skip
    for name, before in pairs.items():
        if figures[name] != before:
            raise ResultDiffers(
                f"outcome.figures.{name}",
                _("the rows give {now}, but {before} was counted.", now=str(figures[name]), before=str(before)),
            )
