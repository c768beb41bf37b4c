"""What an edition amounts to, for guards that look at more than one subject: only as much as they look at.

A page that reads what nobody asks about grows with the edition. Each guard says what it looks at (`over_edition`), and
nothing else is read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)

from workflow.db.number_lists import in_list
from workflow.db.statements import Query, among, query_together
from workflow.models import (
    Agreement,
    Conference,
    Decision,
    Declaration,
    Meeting,
    Person,
    Proposal,
    Resolution,
    RoleGrant,
    Seat,
    SeatHolder,
    StateTally,
)
from workflow.models.base import table_of
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.bodies import Body, Capacity
from workflow.rules.facts import Facts, Ref
from workflow.rules.roles import COMMITTEE
from workflow.rules.session import Outcome
from workflow.rules.states import APPEALABLE, BEFORE_SUBMISSION, DECIDED_AGAIN, FUNDED, MeetingState, ProposalState
from workflow.rules.totals import WHOLE, Part, Scope, Totals

_P, _C, _A, _G, _T = (table_of(model).c for model in (Proposal, Conference, Agreement, RoleGrant, StateTally))


@dataclass(slots=True)
class _Sum:
    """What is read for one edition, bit by bit."""

    proposals: dict[str, int] = field(default_factory=dict)
    cost: int = 0
    taken: set[int] = field(default_factory=set)
    freed: int = 0
    offers: int = 0
    offered_cost: int = 0
    promoted: set[int] = field(default_factory=set)
    conferences: list[Any] = field(default_factory=list)
    committee: dict[str, int] = field(default_factory=dict)
    ids: set[int] = field(default_factory=set)
    agreement: tuple[str | None, int] = (None, 0)
    longer_terms: list[datetime] = field(default_factory=list)
    appeal_terms: list[datetime] = field(default_factory=list)
    open_minutes: list[int] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)

    def as_totals(self, scope: Scope) -> Totals:
        return Totals(
            scope=scope, proposals=self.proposals, funded_cost=self.cost, freed=self.freed,
            offers=self.offers, offered_cost=self.offered_cost, promoted_positions=frozenset(self.promoted),
            taken_positions=frozenset(self.taken), first_reserve=min(self.taken, default=None),
            conferences=tuple(sorted(self.conferences)), committee=self.committee, committee_ids=frozenset(self.ids),
            agreement_state=self.agreement[0], partners=self.agreement[1], longer_terms=tuple(self.longer_terms),
            open_minutes=tuple(sorted(self.open_minutes)), undeclared=tuple(self.undeclared),
            appeal_terms=tuple(self.appeal_terms),
        )  # fmt: skip


def with_totals(tx: Connection, found: Mapping[Ref, Facts], scope: Scope = WHOLE) -> dict[Ref, Facts]:
    """Add to each subject what its edition amounts to; one round trip with a statement for each part."""
    here = {_edition_id(facts): _Sum() for facts in found.values()}
    asked = [*([(_TALLIES, _count)] if scope.states else []), *(_READ[part] for part in sorted(scope.parts))]
    if here and asked:
        answers = query_together(tx, [(query, {"editions": list(here)}) for query, _add in asked])
        for (_query, add), rows in zip(asked, answers, strict=True):
            add(rows, here)
    totals = {edition_id: one.as_totals(scope) for edition_id, one in here.items()}
    return {ref: replace(facts, totals=totals[_edition_id(facts)]) for ref, facts in found.items()}


def _edition_id(facts: Facts) -> int:
    return facts.ref.id if facts.ref.kind == "edition" else int(facts["edition_id"])


# From a few rows, however many proposals there are: see decisions/0063.
_TALLIES = Query(
    select(_T.edition_id, _T.state, func.sum(_T.projects), func.sum(_T.cost))
    .where(in_list(_T.edition_id, "editions")).group_by(_T.edition_id, _T.state)
    .having(func.sum(_T.projects) > 0)
)  # fmt: skip


def _count(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
    for edition_id, state, number, cost in rows:
        here[edition_id].proposals[state] = int(number)
        if state in FUNDED:
            here[edition_id].cost += int(cost)


# Questions about the reserve list, parts of one statement: which positions are taken and which of them are promoted by
# a resolution, what is offered, how many places became free again and were not taken. A place is free again when a
# project was cancelled, withdrawn after it had been selected, or its selection annulled; a promotion takes one.
_LEFT = _P.recorded["withdrawal"]["left"].as_string() == ProposalState.SELECTED
_ANNULLED = _P.recorded["annulment"]["left"].as_string() == ProposalState.SELECTED
_FREED = or_(
    _P.state == ProposalState.CANCELLED, and_(_P.state == ProposalState.WITHDRAWN, _LEFT),
    and_(among(_P.state, sorted(DECIDED_AGAIN)), _ANNULLED),
)  # fmt: skip
_PROMOTED = _P.recorded["promotion"]["at"].as_string().is_not(None)
_IS_OFFERED = and_(_P.state == ProposalState.RESERVE, _P.due_at.is_not(None))
_IS_PROMOTED = exists().where(
    Decision.proposal_id == _P.id, Decision.pending.is_(True), Decision.outcome == Outcome.SELECT
)
_RESERVE = Query(union_all(
    select(_P.edition_id, _P.reserve_position, case((and_(_IS_PROMOTED, not_(_IS_OFFERED)), 1), else_=0),
           case((_IS_OFFERED, 1), else_=0), case((_IS_OFFERED, func.coalesce(_P.cost, 0)), else_=0))
    .where(in_list(_P.edition_id, "editions"), _P.reserve_position.is_not(None)),
    select(_P.edition_id, null(), func.sum(case((_FREED, 1), else_=0) - case((_PROMOTED, 1), else_=0)), literal(0),
           literal(0))
    .where(in_list(_P.edition_id, "editions"), or_(_FREED, _PROMOTED)).group_by(_P.edition_id),
))  # fmt: skip


def _reserve(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
    for edition_id, position, number, offered, cost in rows:
        totals = here[edition_id]
        if position is None:
            totals.freed = int(number)
            continue
        totals.taken.add(position)
        totals.offers += offered
        totals.offered_cost += int(cost)
        if number:
            totals.promoted.add(position)


_MEETINGS = Query(
    select(_C.edition_id, _C.number, _C.state, _C.is_summary, _C.starts_at).where(in_list(_C.edition_id, "editions"))
)


def _conferences(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
    for edition_id, *meeting in rows:
        here[edition_id].conferences.append(tuple(meeting))


def _sits_as(capacity: Capacity) -> ColumnElement[bool]:
    """Whether the person of a role has sat in the committee in this capacity."""
    return exists().where(
        SeatHolder.person_id == _G.person_id, SeatHolder.seat_id == Seat.id, SeatHolder.capacity == capacity,
        Seat.edition_id == _G.edition_id, Seat.body == Body.COMMITTEE,
    )  # fmt: skip


# A substitute has the role of a member and no seat: the holder's counts.
_HAS_SEAT = case((or_(not_(_sits_as(Capacity.SUBSTITUTE)), _sits_as(Capacity.HOLDER)), 1), else_=0)
_MEMBERS = Query(
    select(_G.edition_id, _G.person_id, func.max(_G.sector), func.max(_HAS_SEAT))
    .where(in_list(_G.edition_id, "editions"), _G.withdrawn_at.is_(None), among(_G.role, sorted(COMMITTEE)))
    .group_by(_G.edition_id, _G.person_id)
)


def _committee(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
    for edition_id, person, sector, seats in rows:
        totals = here[edition_id]
        totals.ids.add(person)
        if seats:
            totals.committee[sector] = totals.committee.get(sector, 0) + seats


_SIGNED = Query(select(_A.edition_id, _A.state, _A.partners).where(in_list(_A.edition_id, "editions")))


def _agreement(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
    for edition_id, state, partners in rows:
        here[edition_id].agreement = (state, partners)


_LONGER = Query(select(_P.edition_id, _P.submission_until).where(
    in_list(_P.edition_id, "editions"), among(_P.state, sorted(BEFORE_SUBMISSION)), _P.submission_until.is_not(None)
))  # fmt: skip


_WINDOW = _P.recorded["appeal_window"]
_NOTICED = Query(select(_P.edition_id, _WINDOW["until"].as_string()).where(
    in_list(_P.edition_id, "editions"), among(_P.state, sorted(APPEALABLE)), _WINDOW["notice"].as_string().is_not(None)
))  # fmt: skip


def _appeal_terms(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
    for edition_id, until in rows:
        here[edition_id].appeal_terms.append(datetime.fromisoformat(until))


_OPEN_MINUTES = Query(
    select(Decision.edition_id, Meeting.number)
    .join(Resolution, RESOLVED_BY)
    .join(Meeting, Meeting.id == Resolution.meeting_id)
    .where(in_list(Decision.edition_id, "editions"), Decision.active.is_(True),
           Meeting.state != MeetingState.MINUTES_APPROVED)
    .distinct()
)  # fmt: skip


# Who sits in the committee and has not said anything about a presented project.
_D = table_of(Declaration).c
_UNDECLARED = Query(
    select(_G.edition_id, Person.name).distinct()
    .join_from(table_of(RoleGrant), table_of(Proposal), _P.edition_id == _G.edition_id)
    .join(Person, Person.id == _G.person_id)
    .where(
        in_list(_G.edition_id, "editions"), _G.withdrawn_at.is_(None), among(_G.role, sorted(COMMITTEE)),
        _P.state == ProposalState.PRESENTED, or_(_sits_as(Capacity.HOLDER), _sits_as(Capacity.SUBSTITUTE)),
        ~exists().where(_D.person_id == _G.person_id, _D.proposal_id == _P.id, _D.revoked_at.is_(None)),
    )
    .order_by(Person.name)
)  # fmt: skip


_Take = Callable[[Iterable[Any], Mapping[int, _Sum]], None]


def _listed(name: str) -> _Take:
    """Adds the value of each row to the list of this name of its edition."""

    def take(rows: Iterable[Any], here: Mapping[int, _Sum]) -> None:
        for edition_id, value in rows:
            getattr(here[edition_id], name).append(value)

    return take


_READ: Mapping[Part, tuple[Query, _Take]] = {
    Part.AGREEMENT: (_SIGNED, _agreement),
    Part.COMMITTEE: (_MEMBERS, _committee),
    Part.CONFERENCES: (_MEETINGS, _conferences),
    Part.DECLARATIONS: (_UNDECLARED, _listed("undeclared")),
    Part.EXTENSIONS: (_LONGER, _listed("longer_terms")),
    Part.APPEAL_TERMS: (_NOTICED, _appeal_terms),
    Part.MINUTES: (_OPEN_MINUTES, _listed("open_minutes")),
    Part.RESERVE: (_RESERVE, _reserve),
}
