"""What the page of a plan shows: milestones with people and files, changes, risks, promises; reads only."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, false, func, select

from workflow.base.errors import found
from workflow.base.grouping import grouped
from workflow.engine.membership import holds_here
from workflow.models import (
    ChangeRequest,
    Milestone,
    MilestoneEvidence,
    Organisation,
    Person,
    Promise,
    ProposalFile,
    Risk,
)
from workflow.models.base import table_of
from workflow.rules.plan import PlannedMilestone, ProjectPlan


class Evidence(Struct, frozen=True):
    """A file that shows that a milestone was reached."""

    id: int
    name: str
    media_type: str
    has_small: bool
    public: bool


class ShownChange(Struct, frozen=True):
    """A request to change the plan, with the names of people."""

    id: int
    number: int
    kind: str
    state: str
    milestone_id: int | None
    budget_line_id: int | None
    from_line_id: int | None
    new_due_at: datetime | None
    new_text: str
    new_amount: int | None
    reason: str
    before: Mapping[str, Any]
    requested_by: str
    requested_at: datetime
    due_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str


class ShownMilestone(Struct, frozen=True):
    """A milestone with who is responsible, what shows that it was reached, and how its plan was changed."""

    planned: PlannedMilestone
    description: str
    starts_on: date | None
    outcome: str
    owner: str
    # The person responsible has no account or no role in the edition any more: somebody else has to be named.
    owner_is_gone: bool
    organisation: str
    line: str
    comes_after: tuple[PlannedMilestone, ...]
    evidence: tuple[Evidence, ...] = ()
    changes: tuple[ShownChange, ...] = ()


class ShownRisk(Struct, frozen=True):
    """A risk of a project."""

    number: int
    title: str
    likelihood: int
    impact: int
    response: str
    owner: str | None
    owner_is_gone: bool
    state: str
    result: str
    closed_at: datetime | None


class ShownPromise(Struct, frozen=True):
    """What a partner promised, and how it was kept."""

    id: int
    partner: str
    organisation: str | None
    text: str
    state: str
    note: str
    judged_at: datetime | None


class PlanPage(Struct, frozen=True):
    """Everything that the page of a plan shows beside the plan itself."""

    milestones: tuple[ShownMilestone, ...]
    changes: tuple[ShownChange, ...]
    risks: tuple[ShownRisk, ...]
    promises: tuple[ShownPromise, ...]


def plan_page(tx: Connection, plan: ProjectPlan) -> PlanPage:
    """The page of a plan in five statements."""
    changes = changes_of(tx, plan)
    return PlanPage(milestones_of(tx, plan, changes), changes, risks_of(tx, plan.proposal_id),
                    promises_of(tx, plan.proposal_id))  # fmt: skip


def milestones_of(tx: Connection, plan: ProjectPlan, changes: Collection[ShownChange]) -> tuple[ShownMilestone, ...]:
    """The milestones of a project in the order of their numbers; two statements."""
    m = Milestone
    query = (
        select(m.id, m.description, m.starts_on, m.outcome, m.owner_id, m.budget_line_id, Person.name,
               Person.active, holds_here(table_of(m).c.edition_id).label("has_role"),
               Organisation.name.label("organisation"))
        .outerjoin(Person, Person.id == m.owner_id).outerjoin(Organisation, Organisation.id == m.organisation_id)
        .where(m.proposal_id == plan.proposal_id).order_by(m.number)
    )  # fmt: skip
    evidence = _evidence(tx, plan.proposal_id)
    return tuple(
        _shown(plan, planned, row, evidence.get(row.id, []),
               [change for change in changes if change.milestone_id == row.id])
        for row in tx.execute(query) if (planned := plan.milestone_with(row.id))
    )  # fmt: skip


def _shown(
    plan: ProjectPlan, planned: PlannedMilestone, row: Any, evidence: list[Evidence], changes: list[ShownChange]
) -> ShownMilestone:  # fmt: skip
    line = plan.line_with(row.budget_line_id)
    earlier = tuple(milestone for milestone in plan.milestones if milestone.id in planned.after)
    return ShownMilestone(
        planned, row.description, row.starts_on, row.outcome, row.name or "",
        row.owner_id is not None and planned.is_open and not (row.active and row.has_role), row.organisation or "",
        line.label if line else "", earlier, tuple(evidence), tuple(changes),
    )  # fmt: skip


def milestone_of(tx: Connection, plan: ProjectPlan, milestone_id: int) -> ShownMilestone:
    """One milestone of a plan. Raises NotFound."""
    shown = milestones_of(tx, plan, changes_of(tx, plan))
    return found(next((milestone for milestone in shown if milestone.planned.id == milestone_id), None))


def _evidence(tx: Connection, project: int) -> Mapping[int, list[Evidence]]:
    e, f = MilestoneEvidence, ProposalFile
    query = (
        select(e.milestone_id, f.id, f.name, f.media_type, f.has_small, e.public).join(f, f.id == e.file_id)
        .where(f.proposal_id == project, f.removed_at.is_(None)).order_by(f.id)
    )  # fmt: skip
    return grouped((row[0], Evidence(*row[1:])) for row in tx.execute(query))


def changes_of(tx: Connection, plan: ProjectPlan) -> tuple[ShownChange, ...]:
    """The requests to change a plan, the newest first; one statement."""
    c, decider = ChangeRequest, Person.__table__.alias("decider")
    query = (
        select(c.id, c.number, c.kind, c.state, c.milestone_id, c.budget_line_id, c.from_line_id, c.new_due_at,
               c.new_text, c.new_amount, c.reason, c.before, Person.name, c.created_at, c.due_at, decider.c.name,
               c.decided_at, c.decision_reason)
        .join(Person, Person.id == c.requested_by_id).outerjoin(decider, decider.c.id == c.decided_by_id)
        .where(c.proposal_id == plan.proposal_id).order_by(c.number.desc())
    )  # fmt: skip
    rows: Iterable[Any] = tx.execute(query)
    return tuple(ShownChange(*row) for row in rows)


def change_of(tx: Connection, plan: ProjectPlan, change_id: int) -> ShownChange:
    """One request to change a plan. Raises NotFound."""
    return found(next((change for change in changes_of(tx, plan) if change.id == change_id), None))


def risks_of(tx: Connection, project: int) -> tuple[ShownRisk, ...]:
    """The risks of a project: open ones first, the heaviest before the others; one statement."""
    r = Risk
    query = (
        select(r.number, r.title, r.likelihood, r.impact, r.response, Person.name,
               func.coalesce(~Person.active, false()), r.state, r.result, r.closed_at)
        .outerjoin(Person, Person.id == r.owner_id).where(r.proposal_id == project)
        .order_by(r.closed_at.is_not(None), (r.likelihood * r.impact).desc(), r.number)
    )  # fmt: skip
    rows: Iterable[Any] = tx.execute(query)
    return tuple(ShownRisk(*row) for row in rows)


def promises_of(tx: Connection, project: int) -> tuple[ShownPromise, ...]:
    """What partners of a project promised, as the sheet has it; one statement."""
    p = Promise
    query = (
        select(p.id, p.partner, Organisation.name, p.text, p.state, p.note, p.judged_at)
        .outerjoin(Organisation, Organisation.id == p.organisation_id).where(p.proposal_id == project).order_by(p.id)
    )  # fmt: skip
    return tuple(ShownPromise(*row) for row in tx.execute(query))
