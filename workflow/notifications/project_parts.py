"""Milestones and change requests as messages look at them: the project that they belong to, and whom they name."""

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import ChangeRequest, Milestone
from workflow.rules.facts import Ref


class ProjectPart(Struct, frozen=True):
    """A milestone or a request: its project, and the person responsible or who asked."""

    proposal_id: int
    owner_id: int | None


def parts_of_projects(connection: Connection, refs: Collection[Ref]) -> dict[Ref, ProjectPart]:
    """Those among these subjects; one statement a kind, none where there is none of it."""
    parts: dict[Ref, ProjectPart] = {}
    for model, owner in ((Milestone, Milestone.owner_id), (ChangeRequest, ChangeRequest.requested_by_id)):
        kind = model.__tablename__
        ids = {ref.id for ref in refs if ref.kind == kind}
        if not ids:
            continue
        query = select(model.id, model.proposal_id, owner).where(model.id.in_(ids))
        for row in connection.execute(query):
            parts[Ref(kind, row[0])] = ProjectPart(*row[1:])
    return parts


def project_of(ref: Ref, parts: Mapping[Ref, ProjectPart]) -> int | None:
    """The project that a message is about; None where it is about none."""
    if ref.kind == "proposal":
        return ref.id
    part = parts.get(ref)
    return part.proposal_id if part is not None else None
