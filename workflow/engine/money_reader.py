"""Reads what a step of a project under way names of its money: expenses, files, organisations of the sheet."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from workflow.engine.plan_answers import files_of
from workflow.engine.references import row_number
from workflow.models import Affiliation, Expense, Organisation, Promise, ReportPart
from workflow.rules.facts import Facts
from workflow.rules.plan import NotedExpense, ProjectPlan
from workflow.rules.progress_reports import report_for_parts
from workflow.rules.project_money import names_in_sheet
from workflow.rules.states import ProposalState

# Answers that name an expense by its number within the project.
EXPENSES = ("expense_number", "settles")
_E, _PAYMENT = Expense, aliased(Expense)
_PAYMENTS = (
    select(func.count()).where(_PAYMENT.settles_id == _E.id, _PAYMENT.struck_at.is_(None)).correlate(_E)
    .scalar_subquery()
)  # fmt: skip
_SETTLED = aliased(Expense)
_NUMBER_SETTLED = select(_SETTLED.number).where(_SETTLED.id == _E.settles_id).scalar_subquery()
_NAMED = select(
    _E.id, _E.number, _E.line_id, _E.kind, _E.amount, _E.struck_at.is_not(None), _NUMBER_SETTLED, _PAYMENTS,
).where(_E.proposal_id == bindparam("project"), _E.number.in_(bindparam("numbers", expanding=True)))  # fmt: skip
# The organisations that have added to a report.
_PARTS = select(ReportPart.organisation_id).where(ReportPart.report_id == bindparam("report"))


def with_named(tx: Connection, facts: Facts, plan: ProjectPlan, answers: Mapping[str, Any]) -> ProjectPlan:
    """The plan with the expenses and files that the answers name, and the organisations that the sheet names as long
    as the plan is not accepted; a statement for each kind that is named, and none for others."""
    expenses = _expenses(tx, plan, {row_number(answers.get(name)) for name in EXPENSES} - {None})
    open_one, person = report_for_parts(plan), facts.rights.id
    given = answers.get("for_organisation") is not None
    return replace(
        plan,
        speaks_for=_speaks_for(tx, plan, person) if given else frozenset(),
        parts=frozenset(tx.scalars(_PARTS, {"report": open_one.id})) if given and open_one else frozenset(),
        expenses=expenses,
        files=files_of(tx, plan.proposal_id, [row_number(answers.get("expense_file"))]),
        organisations=_organisations(tx, facts) if facts.state == ProposalState.SELECTED else {},
    )


def _expenses(tx: Connection, plan: ProjectPlan, numbers: set[int | None]) -> dict[int, NotedExpense]:
    """The named ones, with those that they settle."""
    found: dict[int, NotedExpense] = {}
    while numbers:
        given = {"project": plan.proposal_id, "numbers": sorted(number for number in numbers if number)}
        found |= {row[1]: NotedExpense(*row) for row in tx.execute(_NAMED, given)}
        numbers = {expense.settles for expense in found.values()} - found.keys() - {None}
    return found


def _speaks_for(tx: Connection, plan: ProjectPlan, person: int | None) -> frozenset[int]:
    a, p = Affiliation, Promise
    query = select(p.organisation_id).join(a, a.organisation_id == p.organisation_id)
    return frozenset(
        tx.scalars(query.where(p.proposal_id == plan.proposal_id, a.person_id == person, a.to_on.is_(None)))
    )


def _organisations(tx: Connection, facts: Facts) -> dict[str, int]:
    """Where several have one name, the first that was recorded."""
    names = names_in_sheet(facts)
    if not names:
        return {}
    o = Organisation
    query = select(o.search, func.min(o.id)).where(o.search.in_(sorted(names)), o.merged_into_id.is_(None))
    return {row[0]: row[1] for row in tx.execute(query.group_by(o.search))}
