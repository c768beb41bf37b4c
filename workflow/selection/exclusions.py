"""Groups of projects of which only one can be selected: writing them before anything is voted on, and taking them back.

No row of a proposal or of the edition is written.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from workflow.base.errors import BadInput, NotFound, not_ready
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
    words = _reason(reason, "reason", BadInput({"reason": _("Write why only one of them can be selected.")}))
    ids = _projects(tx, edition_id, numbers)
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


def admit_together(tx: Connection, edition_id: int, number: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """End a group by its number, with a reason: all of its projects can be selected again.

    Raises BadInput for an empty reason, NotFound where the edition has no such group, and NotReady once one of its
    projects was voted on.
    """
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))
    wrong = BadInput({f"end-{number}": _("Write why they can be selected together again.")})
    words = _reason(reason, f"end-{number}", wrong)
    members = [project.proposal_id for project in exclusive_projects(tx, edition_id) if project.group == number]
    if not members:
        raise NotFound
    _before_votes(tx, members)
    x = ExclusiveProject
    here = x.edition_id == edition_id, x.number == number, x.removed_at.is_(None)
    tx.execute(update(x).where(*here).values(removed_at=at, removed_by_id=actor.id, removal_reason=words))


def _reason(typed: str, field: str, wanted: BadInput) -> str:
    """A reason as it is stored; raises the refusal given where there is none, BadInput where it is too long."""
    words = typed.strip()
    if not words:
        raise wanted
    if len(words) > LONGEST:
        sentence = _("This is too long: {given} characters, at most {maximum} fit.", given=len(words), maximum=LONGEST)
        raise BadInput({field: sentence})
    return words


def _projects(tx: Connection, edition_id: int, numbers: Sequence[int]) -> dict[int, int]:
    """Number -> id of the projects named; BadInput names those that the edition does not have or that come twice."""
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise BadInput({"projects": _("Named more than once: {numbers}.", numbers=_listed(twice))})
    query = select(Proposal.number, Proposal.id).where(Proposal.edition_id == edition_id, Proposal.number.in_(numbers))
    ids = {row.number: row.id for row in tx.execute(query)}
    unknown = [number for number in numbers if number not in ids]
    if unknown:
        sentence = _("This edition has no project with the number: {numbers}.", numbers=_listed(unknown))
        raise BadInput({"projects": sentence})
    if len(ids) < FEWEST:
        raise BadInput({"projects": _("Name at least two projects of this edition by their numbers, each once.")})
    return ids


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


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
        raise not_ready("voted_on", sentence)
