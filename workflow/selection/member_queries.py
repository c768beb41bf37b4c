"""What a member of a body is expected to do: score cards that are awaited, and meetings that are convened."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select
from sqlalchemy.orm import aliased

from workflow.base.calendar import warsaw_date
from workflow.engine.conflicts_of_interest import binding
from workflow.models import Criterion, Decision, Edition, Meeting, Proposal, ScoreCard, ScoreOpening, Seat, SeatHolder
from workflow.rules.bodies import Body, Capacity, Function
from workflow.rules.states import CardState, MeetingState, ProposalState


@dataclass(frozen=True, slots=True)
class PendingCards:
    """How many score cards of an edition are awaited from a member, and when the committee meets."""

    edition_id: int
    edition_key: str
    edition: str
    count: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PendingMeeting:
    """A meeting of a body in which a person sits, convened or in session; or over, for whoever makes its minutes."""

    id: int
    number: int
    body: str
    in_session: bool
    starts_at: datetime | None
    edition_id: int
    edition: str
    # The meeting is over and its minutes are not approved.
    awaits_minutes: bool


def pending_meetings(tx: Connection, person_id: int, *, at: datetime) -> tuple[PendingMeeting, ...]:
    """The meetings that a person is expected at, the first to begin before the others; one statement.

    Whoever sits as chair, deputy or secretary also gets the meetings whose minutes are not approved.
    """
    m, waiting = Meeting, (MeetingState.CONVENED, MeetingState.IN_SESSION)
    query = (
        select(m.id, m.number, m.body, m.state == MeetingState.IN_SESSION, m.starts_at, Edition.id, Edition.title,
               m.state == MeetingState.ENDED)
        .distinct().join(Edition, Edition.id == m.edition_id)
        .join(Seat, and_(Seat.edition_id == m.edition_id, Seat.body == m.body))
        .join(SeatHolder, SeatHolder.seat_id == Seat.id)
        .where(_sits(person_id, warsaw_date(at)), or_(
            m.state.in_(waiting), and_(m.state == MeetingState.ENDED, Seat.function != Function.MEMBER)
        ))
    )  # fmt: skip
    rows = tx.execute(query.order_by(m.starts_at, m.id))
    return tuple(PendingMeeting(*row) for row in rows)


def pending_cards(
    tx: Connection, person_id: int, meetings: tuple[PendingMeeting, ...], *, at: datetime
) -> tuple[PendingCards, ...]:
    """The editions in which score cards are awaited from a person; `meetings` say until when.

    One statement finds the projects, and six more in each edition tell who is recused from them.
    """
    until = {
        meeting.edition_id: meeting.starts_at
        for meeting in reversed(meetings)
        if meeting.body == Body.COMMITTEE and not meeting.awaits_minutes
    }
    waiting: dict[tuple[int, str, str], dict[int, set[int | None]]] = defaultdict(dict)
    for row in tx.execute(_waiting(person_id, warsaw_date(at))):
        waiting[row.id, row.key, row.title][row.project] = {person_id, row.holder}
    found = []
    for (edition_id, key, title), projects in waiting.items():
        recused = binding(tx, edition_id, proposals=projects)
        count = sum(people.isdisjoint(recused.get(project, {})) for project, people in projects.items())
        if count:
            found.append(PendingCards(edition_id, key, title, count, until.get(edition_id)))
    return tuple(found)


def _waiting(person_id: int, day: date) -> Select[*tuple[Any, ...]]:
    """The projects whose scores are closed and for which no card is in from the person's seat, with its holder."""
    p, c, h = Proposal, ScoreCard, aliased(SeatHolder)
    handed_in = select(c.id).where(c.proposal_id == p.id, c.seat_id == Seat.id, c.state == CardState.SUBMITTED)
    opened = select(ScoreOpening.proposal_id).where(ScoreOpening.proposal_id == p.id)
    d = Decision
    decided = select(d.proposal_id).where(d.proposal_id == p.id, d.active.is_(True), d.announced_at.is_(None))
    asked = select(Criterion.id).where(Criterion.edition_id == Edition.id)
    holds = (
        h.seat_id == Seat.id,
        h.capacity == Capacity.HOLDER,
        h.from_on <= day,
        or_(h.to_on.is_(None), h.to_on >= day),
    )
    query: Select[*tuple[Any, ...]] = (
        select(Edition.id, Edition.key, Edition.title, p.id.label("project"), h.person_id.label("holder"))
        .join(Seat, Seat.edition_id == Edition.id).join(SeatHolder, SeatHolder.seat_id == Seat.id)
        .join(p, p.edition_id == Edition.id).outerjoin(h, and_(*holds))
    )  # fmt: skip
    return query.where(
        _sits(person_id, day), Seat.body == Body.COMMITTEE, p.state == ProposalState.PRESENTED, asked.exists(),
        ~handed_in.exists(), ~opened.exists(), ~decided.exists(),
    ).order_by(Edition.id, p.number)  # fmt: skip


def _sits(person_id: int, day: date) -> ColumnElement[bool]:
    """Whether a row of a seat and its holder is the person's on a day."""
    h = SeatHolder
    return and_(h.person_id == person_id, h.from_on <= day, or_(h.to_on.is_(None), h.to_on >= day))
