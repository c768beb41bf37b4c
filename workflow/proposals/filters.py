"""What a list of proposals is narrowed to, as conditions of a statement."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, false, func, null, or_, select

from workflow.base.calendar import end_of_day
from workflow.models import GroupMember, HistoryEntry, Milestone, Proposal
from workflow.models.base import table_of
from workflow.proposals.search import matching
from workflow.rules.states import WITH_PLAN, MilestoneState, ProposalState

# How many days ahead a date counts as near.
SOON = 14
# As a sector: those whose sector nobody has stated.
UNSTATED = "-"
_P, _M = table_of(Proposal).c, table_of(GroupMember).c
_with_plan = table_of(Proposal).alias("with_plan")
# An acknowledged withdrawal has no term any more; its row keeps the day, since old histories are replayed to it.
_acknowledged = and_(
    _P.state == ProposalState.WITHDRAWN, _P.recorded["acknowledge_withdrawal"].as_string().is_not(None)
)
own_term = case((_acknowledged, null()), else_=_P.due_at)
# The term that runs: the proposal's own, under way that of its next report.
running_term = func.coalesce(own_term, case((_P.state == ProposalState.IN_IMPLEMENTATION, _P.report_due_at)))
PEOPLE = {"animator": _P.animator_id, "reviewer": _P.reviewer_id}


def past_milestones(edition_id: int, at: datetime) -> Select[Any]:
    """The numbers of the projects of an edition with a plan, in which the day of an open milestone has passed."""
    m, of = Milestone, _with_plan
    passed = m.edition_id == edition_id, m.state == MilestoneState.PLANNED, m.due_at < at
    return select(m.proposal_id).join(of, of.c.id == m.proposal_id).where(*passed, of.c.state.in_(WITH_PLAN))


def has_late_milestone(at: datetime) -> ColumnElement[bool]:
    """The same of projects that were chosen already: asked of each by itself."""
    m = Milestone
    passed = m.proposal_id == _P.id, m.state == MilestoneState.PLANNED, m.due_at < at
    return and_(_P.state.in_(WITH_PLAN), exists().where(*passed))


def ways_to_be_late(edition_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Its own term has passed, that of its next report, or the day of a milestone of its plan; an index for each."""
    report = and_(_P.state == ProposalState.IN_IMPLEMENTATION, _P.report_due_at < at)
    return and_(_P.due_at < at, ~_acknowledged), report, _P.id.in_(past_milestones(edition_id, at))


def is_late(edition_id: int, at: datetime) -> ColumnElement[bool]:
    """Whether a project is late in any of these ways."""
    return or_(*ways_to_be_late(edition_id, at))


class Filters(Struct, frozen=True):
    """What a list is narrowed to; an empty value narrows nothing."""

    q: str = ""
    states: tuple[str, ...] = ()
    sector: str = ""
    area: str = ""
    commune: str = ""
    principle: str = ""
    # States of which it has been in one at least, at any time, or by the end of a day.
    reached: tuple[str, ...] = ()
    by: date | None = None
    # Numbers of people.
    animator: int | None = None
    reviewer: int | None = None
    mine: int | None = None
    # "late": the date or a day of the plan has passed; "soon": it comes within SOON days. Both are counted from `at`.
    due: str = ""
    # Who is missing: a leader who has accepted, an animator, a reviewer.
    lacks: str = ""
    at: datetime | None = None

    @property
    def narrow(self) -> bool:
        """Whether any of them leaves something out."""
        return replace(self, at=None) != _NOTHING


_NOTHING = Filters()


def conditions(
    tx: Connection, edition_id: int, visible: frozenset[str] | None, filters: Filters
) -> tuple[ColumnElement[bool], ...]:
    """What is true of every proposal of the edition that the reader may see and wants to; words take one statement."""
    words = matching(tx, edition_id=edition_id, text=filters.q) if filters.q else ()
    said, dated = _said(filters, tx.dialect.name), _dated(edition_id, filters)
    return (_P.edition_id == edition_id, *seen(visible), *said, *_of_people(filters), *dated, *words)


def seen(visible: frozenset[str] | None) -> Iterator[ColumnElement[bool]]:
    """What is true of the proposals that exist for a reader who sees these states; None: all of them."""
    if visible is not None:
        yield _P.state.in_(sorted(visible)) if visible else false()


def _said(filters: Filters, dialect: str) -> Iterator[ColumnElement[bool]]:
    if filters.states:
        yield _P.state.in_(filters.states)
    if filters.sector:
        yield _P.sector == ("" if filters.sector == UNSTATED else filters.sector)
    if filters.area:
        yield _P.area == filters.area
    if filters.principle:
        yield _P.sheet["principle"].as_string() == filters.principle
    if filters.commune:
        yield _in_commune(filters.commune, dialect)
    if filters.reached:
        yield _has_been(filters.reached, filters.by)


def _has_been(states: tuple[str, ...], by: date | None) -> ColumnElement[bool]:
    """Whether an entry of its history came into one of the states, also one that was taken back."""
    h = HistoryEntry
    entered = select(h.id).where(h.subject_kind == "proposal", h.subject_id == _P.id, h.to_state.in_(states))
    if by is not None:
        entered = entered.where(h.at <= end_of_day(by))
    return entered.correlate(table_of(Proposal)).exists()


def _in_commune(commune: str, dialect: str) -> ColumnElement[bool]:
    """Whether a list inside the sheet names the commune; each database asks its own way."""
    if dialect == "postgresql":
        return func.jsonb_exists(func.coalesce(_P.sheet["places"], func.to_jsonb("[]")), commune)
    each = func.json_each(_P.sheet, "$.places").table_valued("value")
    return select(1).select_from(each).where(each.c.value == commune).correlate(table_of(Proposal)).exists()


def _of_people(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for name, column in PEOPLE.items():
        if (person := getattr(filters, name)) is not None:
            yield column == person
    if filters.mine is not None:
        in_group = select(_M.proposal_id).where(_M.person_id == filters.mine, _M.left_at.is_(None))
        own = (_P.leader_id, _P.author_id, _P.coordinator_id, *PEOPLE.values())
        yield or_(*(column == filters.mine for column in own), _P.id.in_(in_group))
    if filters.lacks == "leader":
        yield _P.leader_accepted_at.is_(None)
    elif filters.lacks:
        yield PEOPLE[filters.lacks].is_(None)


def _dated(edition_id: int, filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.at is None:
        return
    if filters.due == "late":
        yield is_late(edition_id, filters.at)
    elif filters.due == "soon":
        yield running_term.between(filters.at, filters.at + timedelta(days=SOON))
