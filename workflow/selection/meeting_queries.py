"""Lists of meetings, and the open votes that wait for a person."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, bindparam, func, select

from workflow.models import Edition, Elector, Meeting, Motion, Poll
from workflow.rules.bodies import Body
from workflow.rules.session import MotionOutcome
from workflow.rules.states import PollState


class MeetingLine(Struct, frozen=True):
    """A meeting as a row of a list."""

    id: int
    body: str
    number: int
    lifecycle: str
    lifecycle_version: int
    state: str
    starts_at: datetime | None
    place: str


class MotionLine(Struct, frozen=True):
    """A motion as a row of a list, with the number of its meeting."""

    meeting_id: int
    meeting: int
    number: int
    wording: str


class PendingVote(Struct, frozen=True):
    """An open vote that waits for one person."""

    meeting_id: int
    wording: str
    edition: str


def meetings_of(tx: Connection, edition_id: int) -> tuple[MeetingLine, ...]:
    """The meetings of an edition, the latest first; one statement."""
    m = Meeting
    query = select(m.id, m.body, m.number, m.lifecycle, m.lifecycle_version, m.state,
                   func.coalesce(m.answer_until, m.starts_at).label("moment"), m.place)  # fmt: skip
    query = query.where(m.edition_id == edition_id).order_by(m.starts_at.desc(), m.id.desc())
    return tuple(MeetingLine(*row) for row in tx.execute(query))


def carried_motions(tx: Connection, edition_id: int) -> tuple[MotionLine, ...]:
    """The motions of the committee that were carried, the latest meeting first; one statement."""
    m, g = Motion, Meeting
    query = select(m.meeting_id, g.number, m.number, m.wording).join(g, g.id == m.meeting_id)
    carried = m.outcome.in_((MotionOutcome.CARRIED, MotionOutcome.ADOPTED))
    query = query.where(g.edition_id == edition_id, g.body == Body.COMMITTEE, carried)
    return tuple(MotionLine(*row) for row in tx.execute(query.order_by(g.number.desc(), m.number)))


_E = Elector
_PENDING_VOTES = (
    select(Poll.meeting_id, Poll.question, Edition.title).select_from(_E)
    .join(Poll, Poll.id == _E.poll_id).join(Edition, Edition.id == Poll.edition_id)
    .where(func.coalesce(_E.cast_by_id, _E.person_id) == bindparam("person", None, BigInteger), _E.voted.is_(False),
           _E.recused.is_(False), Poll.state == PollState.OPEN, Poll.by_hands.is_(False))
    .order_by(Poll.opened_at)
)  # fmt: skip


def pending_votes(tx: Connection, person_id: int) -> tuple[PendingVote, ...]:
    """The open votes in which a person is an elector who has not voted; one statement."""
    return tuple(PendingVote(*row) for row in tx.execute(_PENDING_VOTES, {"person": person_id}))
