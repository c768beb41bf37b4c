"""The pictures of projects that everybody may see: those shown with a description, and public evidence."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, literal, select, union_all

from workflow.base.errors import NotFound
from workflow.models import Milestone, MilestoneEvidence, ProposalFile, PublicPicture
from workflow.rules.states import MilestoneState

_f, _s, _e, _m = ProposalFile, PublicPicture, MilestoneEvidence, Milestone
# A picture that is still there.
_THERE = _f.has_small.is_(True), _f.removed_at.is_(None)


class Picture(Struct, frozen=True):
    """A picture with what it shows; only its small copy, which carries nothing that a camera noted, is public."""

    file_id: int
    description: str


def pictures_of(tx: Connection, projects: Collection[int]) -> Mapping[int, list[Picture]]:
    """The pictures of each project, those shown first; the caller asks whether the projects are public; one statement.

    Evidence that was marked public is shown once its milestone is reached, with the name of the milestone.
    """
    shown = (
        select(_f.proposal_id, _f.id, _s.description, _s.shown_at, literal(0).label("rank"))
        .join(_s, _s.file_id == _f.id).where(_f.proposal_id.in_(projects), *_THERE)
    )  # fmt: skip
    evidence = (
        select(_f.proposal_id, _f.id, _m.title, _e.added_at, literal(1).label("rank"))
        .join(_e, _e.file_id == _f.id).join(_m, _m.id == _e.milestone_id)
        .where(_f.proposal_id.in_(projects), *_THERE, _e.public.is_(True), _m.state == MilestoneState.DONE)
    )  # fmt: skip
    found: dict[int, dict[int, Picture]] = defaultdict(dict)
    rows: Any = tx.execute(union_all(shown, evidence).order_by("rank", "shown_at", "id")) if projects else ()
    for project, number, description, _at, _rank in rows:
        found[project].setdefault(number, Picture(number, description))
    return {project: list(each.values()) for project, each in found.items()}


def descriptions_of(tx: Connection, proposal_id: int) -> Mapping[int, str]:
    """What stands below the shown pictures of a project, by the number of the file; one statement."""
    rows = tx.execute(select(_s.file_id, _s.description).where(_s.proposal_id == proposal_id))
    return {number: description for number, description in rows}  # noqa: C416 - rows are no pairs to the type checker


def key_of_public(tx: Connection, proposal_id: int, number: int) -> tuple[str, str]:
    """The object key and the digest of a picture that everybody may see; NotFound for any other file."""
    if number not in {picture.file_id for picture in pictures_of(tx, [proposal_id]).get(proposal_id, ())}:
        raise NotFound
    row = tx.execute(select(_f.key, _f.sha256).where(_f.id == number)).one()
    return row.key, row.sha256
