"""Whether an edition has gone on since a step of it: conferences, meetings, projects or agreements that have moved."""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, or_, select

from workflow.models import Agreement, Conference, Meeting, Proposal
from workflow.rules.states import TOOK_PLACE, MeetingState

_EDITION, _AT = bindparam("edition", None, BigInteger), bindparam("at", None, Proposal.state_since.type)
_MET = (MeetingState.IN_SESSION, MeetingState.ADJOURNED, MeetingState.ENDED, MeetingState.MINUTES_APPROVED)
_WENT_ON = select(
    or_(
        select(Conference.id).where(
            Conference.edition_id == _EDITION, Conference.state.in_(TOOK_PLACE), Conference.updated_at > _AT
        ).exists(),
        select(Meeting.id).where(
            Meeting.edition_id == _EDITION, Meeting.state.in_(_MET), Meeting.updated_at > _AT
        ).exists(),
        select(Proposal.id).where(Proposal.edition_id == _EDITION, Proposal.state_since > _AT).exists(),
        select(Agreement.id).where(Agreement.edition_id == _EDITION, Agreement.updated_at > _AT).exists(),
    )
)  # fmt: skip


def went_on(tx: Connection, edition_id: int, since: datetime) -> bool:
    """Whether a conference was held, the committee met, a project moved or an agreement changed; one statement."""
    return bool(tx.execute(_WENT_ON, {"edition": edition_id, "at": since}).scalar_one())
