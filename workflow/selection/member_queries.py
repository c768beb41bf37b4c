"""What a member of a body is expected to do: score cards that are awaited, and meetings that are convened."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Connection, Date, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from workflow.base.calendar import warsaw_date
from workflow.engine.conflicts_of_interest import binding
from workflow.models import Criterion, Decision, Edition, Meeting, Proposal, ScoreCard, ScoreOpening, Seat, SeatHolder
from workflow.rules.bodies import Body, Capacity, Function
from workflow.rules.choices import CIRCULATION
from workflow.rules.states import RESTING, CardState, MeetingState, ProposalState


class PendingCards(Struct, frozen=True):
    """How many score cards of an edition are awaited from a member, and when the committee meets."""

    edition_id: int
    edition_key: str
    edition: str
    count: int
    until: datetime | None


class PendingMeeting(Struct, frozen=True):
    """A meeting of a body in which a person sits, convened or in session; or over, for whoever makes its minutes."""

    id: int
    number: int
    body: str
    in_session: bool
    # When it begins; by circulation until when it is answered.
    starts_at: datetime | None
    edition_id: int
    edition: str
    # The meeting is over and its minutes are not approved.
    awaits_minutes: bool
    by_circulation: bool


def _sits(holder: Any) -> ColumnElement[bool]:
    """Whether a row of somebody in a seat is of the day that is asked for."""
    return and_(holder.from_on <= _DAY, or_(holder.to_on.is_(None), holder.to_on >= _DAY))


_DAY, _PERSON = bindparam("day", None, Date), bindparam("person", None, BigInteger)
_MINE = and_(SeatHolder.person_id == _PERSON, _sits(SeatHolder))
_M = Meeting
_MOMENT = func.coalesce(_M.answer_until, _M.starts_at).label("moment")
_MEETINGS = (
    select(_M.id, _M.number, _M.body, _M.state == MeetingState.IN_SESSION, _MOMENT, Edition.id, Edition.title,
           _M.state == MeetingState.ENDED, _M.form == CIRCULATION)
    .distinct().join(Edition, Edition.id == _M.edition_id)
    .join(Seat, and_(Seat.edition_id == _M.edition_id, Seat.body == _M.body))
    .join(SeatHolder, SeatHolder.seat_id == Seat.id)
    .where(_MINE, Edition.state.not_in(RESTING), or_(
        _M.state.in_((MeetingState.CONVENED, MeetingState.IN_SESSION, MeetingState.ADJOURNED)),
        and_(_M.state == MeetingState.ENDED, Seat.function != Function.MEMBER),
    ))
    .order_by(_MOMENT, _M.id)
)  # fmt: skip


def _waiting() -> Select[*tuple[Any, ...]]:
    """The projects whose scores are closed and for which no card is in from the person's seat, with its holder."""
    p, c, d, h = Proposal, ScoreCard, Decision, aliased(SeatHolder)
    handed_in = exists().where(c.proposal_id == p.id, c.seat_id == Seat.id, c.state == CardState.SUBMITTED)
    opened = exists().where(ScoreOpening.proposal_id == p.id)
    decided = exists().where(d.proposal_id == p.id, d.active.is_(True), d.announced_at.is_(None))
    asked = exists().where(Criterion.edition_id == Edition.id)
    query: Select[*tuple[Any, ...]] = (
        select(Edition.id, Edition.key, Edition.title, p.id.label("project"), h.person_id.label("holder"))
        .join(Seat, Seat.edition_id == Edition.id).join(SeatHolder, SeatHolder.seat_id == Seat.id)
        .join(p, p.edition_id == Edition.id)
        .outerjoin(h, and_(h.seat_id == Seat.id, h.capacity == Capacity.HOLDER, _sits(h)))
    )  # fmt: skip
    return query.where(
        _MINE, Seat.body == Body.COMMITTEE, p.state == ProposalState.PRESENTED, asked, ~handed_in, ~opened, ~decided,
        Edition.state.not_in(RESTING),
    ).order_by(Edition.id, p.number)  # fmt: skip


_WAITING = _waiting()


def pending_meetings(tx: Connection, person_id: int, *, at: datetime) -> tuple[PendingMeeting, ...]:
    """The meetings that a person is expected at, the first to begin before the others; one statement.

    Whoever sits as chair, deputy or secretary also gets the meetings whose minutes are not approved.
    """
    rows = tx.execute(_MEETINGS, {"person": person_id, "day": warsaw_date(at)})
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
    for row in tx.execute(_WAITING, {"person": person_id, "day": warsaw_date(at)}):
        waiting[row.id, row.key, row.title][row.project] = {person_id, row.holder}
    found = []
    for (edition_id, key, title), projects in waiting.items():
        recused = binding(tx, edition_id, proposals=projects)
        count = sum(people.isdisjoint(recused.get(project, {})) for project, people in projects.items())
        if count:
            found.append(PendingCards(edition_id, key, title, count, until.get(edition_id)))
    return tuple(found)
