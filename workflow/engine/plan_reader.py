"""Reads plan, money and reports of projects under way: for many projects in one round trip."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    select,
)

from workflow.base.grouping import grouped
from workflow.db.number_lists import in_list
from workflow.db.statements import RowType, Statement, run_together
from workflow.engine.money_reader import with_named
from workflow.engine.plan_answers import named_by_answers
from workflow.models import (
    BudgetLine,
    ChangeRequest,
    Expense,
    Milestone,
    MilestoneDependency,
    ProgressReport,
    Proposal,
)
from workflow.models.base import table_of
from workflow.rules.facts import Facts, Ref
from workflow.rules.plan import PlannedLine, PlannedMilestone, PlannedReport, ProjectPlan
from workflow.rules.states import PLAN_IS_READ, ChangeState, ExpenseKind, MilestoneState, ReportState

# Subjects that belong to a project and are decided by its plan.
KINDS = frozenset({"milestone", "change_request"})
Raw = Sequence[Any]

_P, _M, _D, _L, _E, _R, _C = (
    table_of(model).c
    for model in (Proposal, Milestone, MilestoneDependency, BudgetLine, Expense, ProgressReport, ChangeRequest)
)
_PROJECT = RowType((
    _P.id, _P.number, _P.title, _P.state, _P.leader_id, _P.coordinator_id, _P.coordinator_accepted_at,
    _P.plan_accepted_at, _P.report_due_at, _P.report_days,
))  # fmt: skip
_MILESTONE = RowType((
    _M.id, _M.number, _M.title, _M.state, _M.due_at, _M.baseline_due_at, _M.done_on, _M.owner_id, _M.organisation_id,
    _M.version, _M.updated_at,
))  # fmt: skip
_LINE = RowType((_L.id, _L.number, _L.label, _L.source, _L.own, _L.organisation_id, _L.planned, _L.agreed))
_REPORT = RowType((_R.id, _R.number, _R.kind, _R.state, _R.period_from, _R.period_to, _R.due_at, _R.light))
_PAYMENT = table_of(Expense).alias()
# A contract stands as long as nothing was paid on it.
_UNPAID = ~exists().where(_PAYMENT.c.settles_id == _E.id, _PAYMENT.c.struck_at.is_(None))


def _of_projects(*columns: Any) -> Select[Any]:
    """The rows that belong to the projects, whose number comes first."""
    project = columns[0]
    return select(*columns).where(in_list(project, "projects"))


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    """The amounts of some expenses; PostgreSQL adds whole numbers up to a decimal."""
    return cast(func.coalesce(func.sum(case((which, _E.amount), else_=0)), 0), BigInteger)


# Of the case file only the moment of the start is read.
_PROJECTS = _of_projects(_P.id, _P.edition_id, _P.recorded["start"]["at"].as_string(), *_PROJECT.columns())
_PARTS = tuple(Statement(query) for query in (
    _of_projects(_M.proposal_id, *_MILESTONE.columns()).order_by(_M.number),
    _of_projects(_M.proposal_id, _D.milestone_id, _D.after_id).join(table_of(Milestone), _M.id == _D.milestone_id),
    _of_projects(
        _L.proposal_id, _sum(and_(_E.kind == ExpenseKind.COMMITTED, _UNPAID)), _sum(_E.kind == ExpenseKind.SPENT),
        *_LINE.columns(),
    )
    .outerjoin(table_of(Expense), and_(_E.line_id == _L.id, _E.struck_at.is_(None)))
    .group_by(_L.id).order_by(_L.number),
    _of_projects(_R.proposal_id, *_REPORT.columns()).order_by(_R.number),
    _of_projects(_C.proposal_id, _C.id, _C.state).order_by(_C.number),
))  # fmt: skip
_READ, _LOCK = (
    Statement(query) for query in (_PROJECTS, _PROJECTS.order_by(_P.id).with_for_update(key_share=True))
)  # fmt: skip


def with_plans(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts of projects under way, of their milestones and change requests, with the plan of each; of others as
    they are. One round trip for all of them, and none where there is no such subject; takes no lock."""
    wanted = {ref: number for ref, of in facts.items() if (number := project_of(of))}
    if not wanted:
        return dict(facts)
    plans = plans_of(tx, wanted.values())
    return {ref: replace(of, plan=plans.get(wanted[ref])) if ref in wanted else of for ref, of in facts.items()}


def with_plan(tx: Connection, facts: Facts, answers: Mapping[str, Any], *, at: datetime | None) -> Facts:
    """The facts of one subject with the plan of its project.

    A milestone that does not exist yet belongs to the project that its answers name, if that is one of the same
    edition. `at` is the moment of a step: then the project of a milestone or a change is locked exclusively, so that it
    is not completed before the step ends, and no two steps make a circle or spend the same money together.
    """
    number = project_of(facts) or _named(facts, answers)
    if number is None:
        return facts
    lock = at is not None and facts.ref.kind in KINDS
    plan = plans_of(tx, [number], lock=lock, edition_id=facts.edition.get("id")).get(number)
    if plan is None:
        return facts
    named = replace(with_named(tx, facts, plan, answers), named=named_by_answers(tx, number, answers))
    return replace(facts, plan=named)


def project_of(facts: Facts) -> int | None:
    """The number of the row of the project whose plan a subject is decided by; None where there is no plan."""
    if facts.ref.kind in KINDS:
        return facts.own.get("proposal_id")
    return facts.ref.id if facts.ref.kind == "proposal" and facts.state in PLAN_IS_READ else None


def _named(facts: Facts, answers: Mapping[str, Any]) -> int | None:
    given = answers.get("project")
    return given if facts.ref.kind in KINDS and isinstance(given, int) else None


def plans_of(
    tx: Connection, projects: Iterable[int], *, lock: bool = False, edition_id: int | None = None
) -> dict[int, ProjectPlan]:  # fmt: skip
    """The plans of projects by the number of their rows, of one edition where it is given; one round trip.

    With `lock` the projects are locked exclusively, before anything else of them is read.

    In a transaction that reads without a lock the parts may be of different moments.
    """
    given = {"projects": sorted(set(projects))}
    found, *read = run_together(tx, [(query, given) for query in (_LOCK if lock else _READ, *_PARTS)])
    parts = [grouped((row[0], row) for row in part.rows) for part in read]
    rows = [row for row in found.rows if edition_id in (None, row[1])]
    return {row[0]: _plan(row, [part[row[0]] for part in parts], tx.dialect) for row in rows}


def _plan(row: Raw, parts: Iterable[Sequence[Raw]], dialect: Dialect) -> ProjectPlan:
    milestones, dependencies, lines, reports, changes = parts
    own = _PROJECT.parsed(row, 3, dialect)
    return ProjectPlan(
        proposal_id=own.pop("id"), accepted_at=own.pop("plan_accepted_at"), **own,
        started_at=datetime.fromisoformat(row[2]) if row[2] else None,
        milestones=_milestones(milestones, dependencies, dialect),
        lines=tuple(PlannedLine(**_LINE.parsed(line, 3, dialect), committed=line[1], spent=line[2]) for line in lines),
        reports=tuple(_report(_REPORT.parsed(report, 1, dialect)) for report in reports),
        open_changes=tuple(number for _, number, state in changes if state == ChangeState.REQUESTED),
        changes=len(changes),
    )  # fmt: skip


def _milestones(rows: Iterable[Raw], dependencies: Iterable[Raw], dialect: Dialect) -> tuple[PlannedMilestone, ...]:
    after = grouped((milestone, earlier) for _, milestone, earlier in dependencies)
    return tuple(_milestone(_MILESTONE.parsed(row, 1, dialect), after) for row in rows)


def _milestone(values: dict[str, Any], after: Mapping[int, list[int]]) -> PlannedMilestone:
    values["state"] = MilestoneState(values["state"])
    return PlannedMilestone(**values, after=frozenset(after[values["id"]]))


def _report(values: dict[str, Any]) -> PlannedReport:
    values["state"] = ReportState(values["state"])
    return PlannedReport(**values)
