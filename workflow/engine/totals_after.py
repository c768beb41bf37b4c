"""What an edition amounts to after a move, worked out from the facts before and after it; pure, for previews."""

from collections import Counter
from datetime import datetime

from msgspec.structs import replace

from workflow.rules.facts import Facts
from workflow.rules.states import BEFORE_SUBMISSION, DECIDED_AGAIN, FUNDED, ProposalState
from workflow.rules.totals import Totals


def totals_after(totals: Totals, before: Facts, after: Facts) -> Totals:
    """What the edition amounts to once one of its subjects has moved, as reading it again would say; pure."""
    if before.ref.kind == "conference":
        others = [one for one in totals.conferences if one[0] != before["number"]]
        return replace(totals, conferences=tuple(sorted([*others, _conference(after)])))
    if before.ref.kind == "agreement":
        return replace(totals, agreement_state=after.state, partners=after["partners"])
    if before.ref.kind != "proposal":
        return totals
    counts = Counter(totals.proposals)
    counts.subtract([before.state or ""])
    counts.update([after.state or ""])
    taken = (totals.taken_positions - {before["reserve_position"]}) | ({after["reserve_position"]} - {None})
    terms, old, new = list(totals.longer_terms), _longer_term(before), _longer_term(after)
    if old in terms:
        terms.remove(old)
    if new is not None:
        terms.append(new)
    return replace(
        totals, proposals=dict(+counts), funded_cost=totals.funded_cost + _funded_cost(after) - _funded_cost(before),
        freed=totals.freed + _freed(after) - _freed(before), taken_positions=taken,
        offers=totals.offers + _is_offered(after) - _is_offered(before),
        offered_cost=totals.offered_cost + _offered_cost(after) - _offered_cost(before),
        promoted_positions=totals.promoted_positions - _gone(before, after),
        first_reserve=min(taken, default=None), longer_terms=tuple(terms),
    )  # fmt: skip


def _conference(facts: Facts) -> tuple[int, str, bool, datetime | None]:
    return facts["number"], facts.state or "", facts["is_summary"], facts["starts_at"]


def _longer_term(facts: Facts) -> datetime | None:
    """The longer term of a group, which means nothing any more once the project was handed in or has left."""
    return facts["submission_until"] if facts.state in BEFORE_SUBMISSION else None


def _funded_cost(facts: Facts) -> int:
    return (facts["cost"] or 0) if facts.state in FUNDED else 0


def _freed(facts: Facts) -> int:
    """One where its place became free again, less one where it took a place that had become free."""
    left = None
    if facts.state == ProposalState.WITHDRAWN:
        left = facts.entry("withdrawal").get("left")
    elif facts.state in DECIDED_AGAIN:
        left = facts.entry("annulment").get("left")
    is_free = facts.state == ProposalState.CANCELLED or left == ProposalState.SELECTED
    return is_free - bool(facts.entry("promotion"))


def _is_offered(facts: Facts) -> bool:
    """Whether a place is offered to the project and its leader has not answered."""
    return facts.state == ProposalState.RESERVE and facts.due_at is not None


def _offered_cost(facts: Facts) -> int:
    return (facts["cost"] or 0) if _is_offered(facts) else 0


def _gone(before: Facts, after: Facts) -> set[int]:
    """The position of a project that does not wait for an offer any more."""
    waits = after.state == ProposalState.RESERVE and not _is_offered(after)
    return set() if waits else {before["reserve_position"]}
