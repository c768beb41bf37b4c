"""What a committee has begun and not ended: open votes, and motions that were carried and not adopted."""

from sqlalchemy import Connection, or_, select

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.models import Meeting, Motion, Poll
from workflow.rules.bodies import Body
from workflow.rules.roles import Role
from workflow.rules.session import RESOLVED, MotionOutcome
from workflow.rules.states import UNCOUNTED, MeetingState

WHO = (Role.COMMITTEE_CHAIR, Role.SECRETARY)


def open_business(tx: Connection, edition_id: int) -> list[Missing]:
    """What has to be ended before results are announced, one sentence each; one statement."""
    m, p, g = Motion, Poll, Meeting
    is_open = p.state.in_(UNCOUNTED)
    is_carried = (m.outcome == MotionOutcome.CARRIED) & m.kind.in_(sorted(RESOLVED))
    query = (
        select(g.number, m.number.label("motion"), is_open.label("is_open"))
        .join(m, m.meeting_id == g.id)
        .outerjoin(p, (p.meeting_id == m.meeting_id) & (p.motion_number == m.number))
        .where(g.edition_id == edition_id, g.body == Body.COMMITTEE, g.state != MeetingState.CANCELLED,
               or_(is_open, is_carried))
        .order_by(g.number, m.number)
    )  # fmt: skip
    found = []
    for row in tx.execute(query):
        sentence = _("Meeting {meeting}: the vote on motion {motion} is open.", meeting=row.number, motion=row.motion)
        if not row.is_open:
            sentence = _("Meeting {meeting}: motion {motion} was carried and is not adopted.", meeting=row.number,
                         motion=row.motion)  # fmt: skip
        found.append(Missing("open_business", sentence, WHO))
    return found
