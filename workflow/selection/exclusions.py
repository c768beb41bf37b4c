"""Groups of projects of which only one can be selected: writing them before anything is voted on, and taking them back.

No row of a proposal or of the edition is written.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from workflow.base.errors import BadInput, Missing, NotReady
from workflow.base.i18n import _
from workflow.engine.exclusions_reader import exclusive_projects
from workflow.models import Edition, ExclusiveProject, MotionItem, Poll, Proposal
from workflow.rules.facts import Actor
from workflow.rules.states import PollState

LONGEST = 2000
FEWEST = 2


def exclude(
    tx: Connection, edition_id: int, numbers: Sequence[int], reason: str, *, actor: Actor, at: datetime
) -> None:
    """Record that only one of these projects can be selected, in the caller's transaction.

    The edition is locked and not written. Raises BadInput for fewer than two projects, one that the edition does not
    have or that is in a group already, and an empty reason; NotReady once one of them was voted on.
    """
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))
    words = reason.strip()
    if not words or len(words) > LONGEST:
        raise BadInput({"reason": _("Write why only one of them can be selected.")})
    query = select(Proposal.number, Proposal.id).where(Proposal.edition_id == edition_id, Proposal.number.in_(numbers))
    ids = {row.number: row.id for row in tx.execute(query)}
    if len(ids) < max(FEWEST, len(numbers)):
        raise BadInput({"projects": _("Name at least two projects of this edition by their numbers, each once.")})
    grouped = {project.proposal_id: project for project in exclusive_projects(tx, edition_id)}
    for number, proposal in ids.items():
        if proposal in grouped:
            raise BadInput({"projects": _("Project {number} is in such a group already.", number=number)})
    _before_votes(tx, list(ids.values()))
    x = ExclusiveProject
    last = tx.execute(select(func.coalesce(func.max(x.number), 0)).where(x.edition_id == edition_id)).scalar_one()
    row = {"edition_id": edition_id, "number": last + 1, "reason": words, "recorded_by_id": actor.id,
           "recorded_at": at}  # fmt: skip
    tx.execute(insert(x), [{**row, "proposal_id": proposal} for proposal in ids.values()])


def admit_together(tx: Connection, edition_id: int, number: int, *, at: datetime) -> None:
    """End a group by its number: all of its projects can be selected; NotReady once one of them was voted on."""
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))
    members = [project.proposal_id for project in exclusive_projects(tx, edition_id) if project.group == number]
    _before_votes(tx, members)
    x = ExclusiveProject
    here = x.edition_id == edition_id, x.number == number, x.removed_at.is_(None)
    tx.execute(update(x).where(*here).values(removed_at=at))


def _before_votes(tx: Connection, proposals: Sequence[int]) -> None:
    i, p = MotionItem, Poll
    voted = (
        select(Proposal.number)
        .join(i, i.proposal_id == Proposal.id)
        .join(p, (p.meeting_id == i.meeting_id) & (p.motion_number == i.motion_number))
    )
    on = voted.where(Proposal.id.in_(proposals), p.state.in_((PollState.OPEN, PollState.CLOSED, PollState.COUNTED)))
    number = tx.execute(on.order_by(Proposal.number).limit(1)).scalar_one_or_none()
    if number is not None:
        sentence = _("Project {number} has been voted on; what excludes it does not change any more.", number=number)
        raise NotReady([Missing("voted_on", sentence)])
