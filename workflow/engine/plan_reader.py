"""Reads plan, money and reports of projects under way: for many projects in one statement a table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, case, cast, exists, func, select
from sqlalchemy.orm import aliased

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
from workflow.rules.facts import Facts, Ref
from workflow.rules.plan import PlannedLine, PlannedMilestone, PlannedReport, ProjectPlan
from workflow.rules.states import WITH_PLAN, ChangeState, ExpenseKind, MilestoneState, ReportState

# Subjects that belong to a project and are decided by its plan.
KINDS = frozenset({"milestone", "change_request"})

_P, _M, _D, _L, _E, _R, _C = (
    Proposal, Milestone, MilestoneDependency, BudgetLine, Expense, ProgressReport, ChangeRequest,
)  # fmt: skip
_PROJECTS: Any = bindparam("projects", expanding=True)
_PROJECT = select(
    _P.id, _P.number, _P.title, _P.state, _P.leader_id, _P.coordinator_id, _P.coordinator_accepted_at,
    _P.plan_accepted_at, _P.report_due_at, _P.report_days, _P.recorded, _P.edition_id,
).where(_P.id.in_(_PROJECTS))  # fmt: skip
_LOCKED_PROJECT = _PROJECT.order_by(_P.id).with_for_update(key_share=True)
_MILESTONES = (
    select(
        _M.proposal_id, _M.id, _M.number, _M.title, _M.state, _M.due_at, _M.baseline_due_at, _M.done_on, _M.owner_id,
        _M.organisation_id, _M.version, _M.updated_at,
    )
    .where(_M.proposal_id.in_(_PROJECTS))
    .order_by(_M.number)
)  # fmt: skip
_DEPENDENCIES = (
    select(_D.milestone_id, _D.after_id).join(_M, _M.id == _D.milestone_id).where(_M.proposal_id.in_(_PROJECTS))
)
_PAYMENT = aliased(Expense)
# A contract stands as long as nothing was paid on it.
_UNPAID = ~exists().where(_PAYMENT.settles_id == _E.id, _PAYMENT.struck_at.is_(None))


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    """The amounts of some expenses; PostgreSQL adds whole numbers up to a decimal."""
    return cast(func.coalesce(func.sum(case((which, _E.amount), else_=0)), 0), BigInteger)


_LINES = (
    select(
        _L.proposal_id, _L.id, _L.number, _L.label, _L.source, _L.own, _L.organisation_id, _L.planned, _L.agreed,
        _sum(and_(_E.kind == ExpenseKind.COMMITTED, _UNPAID)), _sum(_E.kind == ExpenseKind.SPENT),
    )
    .outerjoin(_E, and_(_E.line_id == _L.id, _E.struck_at.is_(None)))
    .where(_L.proposal_id.in_(_PROJECTS))
    .group_by(_L.id)
    .order_by(_L.number)
)  # fmt: skip
_REPORTS = (
    select(_R.proposal_id, _R.id, _R.number, _R.kind, _R.state, _R.period_from, _R.period_to, _R.due_at, _R.light)
    .where(_R.proposal_id.in_(_PROJECTS))
    .order_by(_R.number)
)
_CHANGES = select(_C.proposal_id, _C.id, _C.state).where(_C.proposal_id.in_(_PROJECTS)).order_by(_C.number)


def with_plans(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts of projects under way, of their milestones and change requests, with the plan of each; of others as
    they are. Six statements for all of them, and none where there is no such subject; takes no lock."""
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
    return facts.ref.id if facts.ref.kind == "proposal" and facts.state in WITH_PLAN else None


def _named(facts: Facts, answers: Mapping[str, Any]) -> int | None:
    given = answers.get("project")
    return given if facts.ref.kind in KINDS and isinstance(given, int) else None


def plans_of(
    tx: Connection, projects: Iterable[int], *, lock: bool = False, edition_id: int | None = None
) -> dict[int, ProjectPlan]:  # fmt: skip
    """The plans of projects by the number of their rows, of one edition where it is given; six statements.

    With `lock` the projects are locked exclusively.

    In a transaction that reads without a lock the parts may be of different moments.
    """
    given = {"projects": sorted(set(projects))}
    found = tx.execute(_LOCKED_PROJECT if lock else _PROJECT, given).all()
    rows = [row for row in found if edition_id in (None, row.edition_id)]
    milestones, lines, reports, changes = (_of_projects(tx.execute(query, given).all()) for query in (
        _MILESTONES, _LINES, _REPORTS, _CHANGES,
    ))  # fmt: skip
    after = defaultdict(set)
    for milestone, earlier in tx.execute(_DEPENDENCIES, given):
        after[milestone].add(earlier)
    return {
        row.id: ProjectPlan(
            *row[:8], _started(row.recorded), *row[8:10],
            tuple(_milestone(found, after[found[0]]) for found in milestones[row.id]),
            tuple(PlannedLine(*found) for found in lines[row.id]),
            tuple(_report(*found) for found in reports[row.id]),
            tuple(number for number, state in changes[row.id] if state == ChangeState.REQUESTED),
            changes=len(changes[row.id]),
        )
        for row in rows
    }  # fmt: skip


def _of_projects(rows: Iterable[Any]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for project, *values in rows:
        found[project].append(tuple(values))
    return found


def _milestone(found: tuple[Any, ...], after: Iterable[int]) -> PlannedMilestone:
    number, place, title, state, due_at, baseline, done_on, owner, organisation, version, changed_at = found
    return PlannedMilestone(number, place, title, MilestoneState(state), due_at, baseline, done_on, owner,
                            organisation, version, changed_at, frozenset(after))  # fmt: skip


def _report(number: int, place: int, kind: str, state: str, *others: Any) -> PlannedReport:
    return PlannedReport(number, place, kind, ReportState(state), *others)


def _started(recorded: Mapping[str, Any]) -> datetime | None:
    start = recorded.get("start")
    return datetime.fromisoformat(start["at"]) if start else None
