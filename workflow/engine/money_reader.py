"""Reads what a step of a project under way names of its money: expenses, files, organisations of the sheet."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from workflow.engine.references import row_number
from workflow.models import Expense, Organisation, ProposalFile
from workflow.rules.facts import Facts
from workflow.rules.plan import NotedExpense, ProjectPlan
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


def with_named(tx: Connection, facts: Facts, plan: ProjectPlan, answers: Mapping[str, Any]) -> ProjectPlan:
    """The plan with the expenses and files that the answers name, and the organisations that the sheet names as long
    as the plan is not accepted; a statement for each kind that is named, and none for others."""
    expenses = _expenses(tx, plan, {row_number(answers.get(name)) for name in EXPENSES} - {None})
    return replace(
        plan, expenses=expenses, files=_files(tx, plan, row_number(answers.get("expense_file"))),
        organisations=_organisations(tx, facts) if facts.state == ProposalState.SELECTED else {},
    )  # fmt: skip


def _expenses(tx: Connection, plan: ProjectPlan, numbers: set[int | None]) -> dict[int, NotedExpense]:
    """The named ones, with those that they settle."""
    found: dict[int, NotedExpense] = {}
    while numbers:
        given = {"project": plan.proposal_id, "numbers": sorted(number for number in numbers if number)}
        found |= {row[1]: NotedExpense(*row) for row in tx.execute(_NAMED, given)}
        numbers = {expense.settles for expense in found.values()} - found.keys() - {None}
    return found


def _files(tx: Connection, plan: ProjectPlan, number: int | None) -> frozenset[int]:
    if number is None:
        return frozenset()
    f = ProposalFile
    query = select(f.id).where(f.id == number, f.proposal_id == plan.proposal_id, f.removed_at.is_(None))
    return frozenset(tx.scalars(query))


def _organisations(tx: Connection, facts: Facts) -> dict[str, int]:
    """Where several have one name, the first that was recorded."""
    names = names_in_sheet(facts)
    if not names:
        return {}
    o = Organisation
    query = select(o.search, func.min(o.id)).where(o.search.in_(sorted(names)), o.merged_into_id.is_(None))
    return {row[0]: row[1] for row in tx.execute(query.group_by(o.search))}
