"""The statements that read a meeting or a vote: constants, because each step of either asks all of them."""

from typing import Any

from sqlalchemy import BigInteger, BindParameter, Date, Integer, String, bindparam, exists, func, select

from workflow.db.statements import Query
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

_MEETING: BindParameter[Any] = bindparam("meeting", None, BigInteger)
_EDITION: BindParameter[Any] = bindparam("edition", None, BigInteger)
_DAY = bindparam("day", None, Date)
_BODY = bindparam("body", None, String)

_ONE_MEETING = select(
    Meeting.id, Meeting.body, Meeting.state, Meeting.starts_at, Meeting.edition_id, Meeting.form,
    Meeting.answer_until, Meeting.created_at,
).where(Meeting.id == _MEETING, Meeting.edition_id == _EDITION)  # fmt: skip
MEETING, MEETING_UNDER_LOCK = Query(_ONE_MEETING), Query(_ONE_MEETING.with_for_update(read=True))
AGENDA = Query(select(func.count().label("items")).where(AgendaItem.meeting_id == _MEETING))
_ON_DAY = (
    Seat.edition_id == _EDITION, Seat.body == _BODY, Seat.from_on <= _DAY,
    func.coalesce(Seat.to_on, _DAY) >= _DAY,
)  # fmt: skip
SEATS = Query(select(Seat.id, Seat.number, Seat.function, Seat.sector).where(*_ON_DAY).order_by(Seat.number))
HOLDERS = Query(
    select(SeatHolder.seat_id, SeatHolder.person_id, SeatHolder.capacity, Person.name)
    .join(Person, Person.id == SeatHolder.person_id).join(Seat, Seat.id == SeatHolder.seat_id)
    .where(*_ON_DAY, SeatHolder.from_on <= _DAY, func.coalesce(SeatHolder.to_on, _DAY) >= _DAY)
    .order_by(SeatHolder.rank)
)  # fmt: skip
PRESENT = Query(select(Attendance.seat_id, Attendance.person_id).where(
    Attendance.meeting_id == _MEETING, Attendance.left_at.is_(None)
))  # fmt: skip
ABSENCES = Query(select(Absence.seat_id, Absence.excused).where(Absence.meeting_id == _MEETING))
MOTIONS = Query(
    select(Motion.number, Motion.kind, Motion.wording, Motion.outcome, Motion.secret, Poll.id,
           func.coalesce(Poll.state, ""))
    .outerjoin(Poll, (Poll.meeting_id == Motion.meeting_id) & (Poll.motion_number == Motion.number)
               & (Poll.state != PollState.ANNULLED))
    .where(Motion.meeting_id == _MEETING).order_by(Motion.number)
)  # fmt: skip
ITEMS = Query(
    select(MotionItem.motion_number, MotionItem.outcome, MotionItem.position, MotionItem.justification,
           MotionItem.departure, Proposal.id, Proposal.number, Proposal.state,
           exists().where(Decision.proposal_id == Proposal.id, Decision.pending.is_(True),
                          Decision.body == _BODY).label("waits"),
           *(getattr(Proposal, name) for name in SHEET_CONTENT))
    .join(Proposal, Proposal.id == MotionItem.proposal_id).where(MotionItem.meeting_id == _MEETING)
    .order_by(MotionItem.motion_number, Proposal.number)
)  # fmt: skip
LAST_RESOLUTION = Query(select(func.coalesce(func.max(Resolution.number), 0).label("number")).where(
    Resolution.edition_id == _EDITION, Resolution.body == _BODY, Resolution.year == bindparam("year", None, Integer)
))  # fmt: skip
ELECTORS = Query(
    select(Elector.seat_id, Elector.person_id, Elector.sector, Elector.recused, func.coalesce(Ballot.choice, ""),
           Elector.voted, Elector.channel, Elector.card_issued, Elector.cast_by_id)
    .outerjoin(Ballot, (Ballot.poll_id == Elector.poll_id) & (Ballot.seat_id == Elector.seat_id)
               & Ballot.valid.is_(True))
    .where(Elector.poll_id == bindparam("poll", None, BigInteger)).order_by(Elector.seat_id)
)  # fmt: skip
