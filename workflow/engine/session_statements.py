"""The statements that read a meeting or a vote: constants, because each step of either asks all of them."""

from typing import Any

from sqlalchemy import BindParameter, Date, bindparam, exists, func, select

from workflow.models import (
    Absence,
    AgendaItem,
    Attendance,
    Ballot,
    Decision,
    Elector,
    Meeting,
    Motion,
    MotionItem,
    Person,
    Poll,
    Proposal,
    Resolution,
    Seat,
    SeatHolder,
)
from workflow.rules.facts import SHEET_CONTENT
from workflow.rules.states import PollState

_MEETING: BindParameter[Any] = bindparam("meeting")
_EDITION: BindParameter[Any] = bindparam("edition")
_DAY = bindparam("day", type_=Date)

MEETING = select(
    Meeting.id, Meeting.body, Meeting.state, Meeting.starts_at, Meeting.edition_id, Meeting.form,
    Meeting.answer_until, Meeting.created_at,
).where(Meeting.id == _MEETING, Meeting.edition_id == _EDITION)  # fmt: skip
MEETING_UNDER_LOCK = MEETING.with_for_update(read=True)
AGENDA = select(func.count()).where(AgendaItem.meeting_id == _MEETING)
SEATS = (
    select(Seat.id, Seat.number, Seat.function, Seat.sector)
    .where(Seat.edition_id == _EDITION, Seat.body == bindparam("body"), Seat.from_on <= _DAY,
           func.coalesce(Seat.to_on, _DAY) >= _DAY)
    .order_by(Seat.number)
)  # fmt: skip
HOLDERS = (
    select(SeatHolder.seat_id, SeatHolder.person_id, SeatHolder.capacity, Person.name)
    .join(Person, Person.id == SeatHolder.person_id)
    .where(SeatHolder.seat_id.in_(bindparam("seats", expanding=True)), SeatHolder.from_on <= _DAY,
           func.coalesce(SeatHolder.to_on, _DAY) >= _DAY)
    .order_by(SeatHolder.rank)
)  # fmt: skip
PRESENT = select(Attendance.seat_id, Attendance.person_id).where(
    Attendance.meeting_id == _MEETING, Attendance.left_at.is_(None)
)
ABSENCES = select(Absence.seat_id, Absence.excused).where(Absence.meeting_id == _MEETING)
MOTIONS = (
    select(Motion.number, Motion.kind, Motion.wording, Motion.outcome, Motion.secret, Poll.id,
           func.coalesce(Poll.state, ""))
    .outerjoin(Poll, (Poll.meeting_id == Motion.meeting_id) & (Poll.motion_number == Motion.number)
               & (Poll.state != PollState.ANNULLED))
    .where(Motion.meeting_id == _MEETING).order_by(Motion.number)
)  # fmt: skip
ITEMS = (
    select(MotionItem.motion_number, MotionItem.outcome, MotionItem.position, MotionItem.justification,
           MotionItem.departure, Proposal.id, Proposal.number, Proposal.state,
           exists().where(Decision.proposal_id == Proposal.id, Decision.pending.is_(True),
                          Decision.body == bindparam("body")).label("waits"),
           *(getattr(Proposal, name) for name in SHEET_CONTENT))
    .join(Proposal, Proposal.id == MotionItem.proposal_id).where(MotionItem.meeting_id == _MEETING)
    .order_by(MotionItem.motion_number, Proposal.number)
)  # fmt: skip
LAST_RESOLUTION = select(func.coalesce(func.max(Resolution.number), 0)).where(
    Resolution.edition_id == _EDITION, Resolution.body == bindparam("body"), Resolution.year == bindparam("year")
)
ELECTORS = (
    select(Elector.seat_id, Elector.person_id, Elector.sector, Elector.recused, func.coalesce(Ballot.choice, ""),
           Elector.voted, Elector.channel, Elector.card_issued, Elector.cast_by_id)
    .outerjoin(Ballot, (Ballot.poll_id == Elector.poll_id) & (Ballot.seat_id == Elector.seat_id)
               & Ballot.valid.is_(True))
    .where(Elector.poll_id == bindparam("poll")).order_by(Elector.seat_id)
)  # fmt: skip
