"""Reads what the committee's room shows beside the scores: decisions, votes, and the meeting that is next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.models import Attendance, Decision, Meeting, Motion, MotionItem
from workflow.rules.bodies import Body
from workflow.rules.states import MeetingState


class RoomDecision(Struct, frozen=True):
    """An effective decision about a project, and whether it is announced."""

    outcome: str
    position: int | None
    announced: bool


class RoomVote(Struct, frozen=True):
    """The last counted vote about a project: its figures, and what became of the motion."""

    meeting_id: int
    figures: Mapping[str, Any]
    outcome: str


class NextMeeting(Struct, frozen=True):
    """The meeting of the committee that is under way or next, and how many seats are present in it."""

    id: int
    number: int
    state: str
    starts_at: datetime | None
    answer_until: datetime | None
    place: str
    present: int

    @property
    def until(self) -> datetime | None:
        """Until when cards are awaited."""
        return self.starts_at or self.answer_until


def decisions_of(tx: Connection, edition_id: int) -> dict[int, RoomDecision]:
    """The effective decisions of an edition by proposal; one statement."""
    d = Decision
    query = select(d.proposal_id, d.outcome, d.position, d.announced_at)
    rows = tx.execute(query.where(d.edition_id == edition_id, d.active.is_(True)))
    return {row.proposal_id: RoomDecision(row.outcome, row.position, row.announced_at is not None) for row in rows}


def votes_of(tx: Connection, edition_id: int) -> dict[int, RoomVote]:
    """The last counted vote about each project of an edition; one statement."""
    i, m = MotionItem, Motion
    query = select(i.proposal_id, m.meeting_id, m.figures, m.outcome)
    query = query.join(m, (m.meeting_id == i.meeting_id) & (m.number == i.motion_number))
    query = query.join(Meeting, Meeting.id == m.meeting_id)
    counted = Meeting.edition_id == edition_id, Meeting.body == Body.COMMITTEE, m.figures.is_not(None)
    rows = tx.execute(query.where(*counted).order_by(m.meeting_id, m.number))
    return {row.proposal_id: RoomVote(row.meeting_id, row.figures, row.outcome) for row in rows}


def next_meeting(tx: Connection, edition_id: int) -> NextMeeting | None:
    """The meeting of the committee that is in session, or the first one that is convened; one statement."""
    m, a = Meeting, Attendance
    present = select(func.count()).where(a.meeting_id == m.id, a.left_at.is_(None)).scalar_subquery()
    query = select(m.id, m.number, m.state, m.starts_at, m.answer_until, m.place, present)
    here = m.edition_id == edition_id, m.body == Body.COMMITTEE
    waiting = m.state.in_((MeetingState.IN_SESSION, MeetingState.ADJOURNED, MeetingState.CONVENED))
    row = tx.execute(query.where(*here, waiting).order_by(m.state.desc(), m.starts_at, m.id).limit(1)).one_or_none()
    return NextMeeting(*row) if row else None
