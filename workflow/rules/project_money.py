"""The money of a project as its sheet gives it, and what may be noted of it; pure, in grosze."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from workflow.base.collation import fold
from workflow.rules.facts import Facts
from workflow.rules.plan import NotedExpense, PlannedLine, ProjectPlan
from workflow.rules.roles import Role
from workflow.rules.sheet_sections import as_rows, values_of
from workflow.rules.states import ExpenseKind

# What a project costs as a whole, where its sheet has a sum and no rows. Polish, as the sheet itself.
WHOLE = "Całość projektu"
LONGEST = 200


class SheetLine(Struct, frozen=True):
    """A line of the budget as the sheet gives it."""

    number: int
    label: str
    source: str
    organisation_id: int | None
    own: bool
    planned: int
    # The row of the sheet's budget, counted from 1; None for the whole sum.
    sheet_row: int | None


# Who reads expenses with their documents, and reports; besides them the people of the project.
READS_ACCOUNTS = frozenset({
    Role.STAFF, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.ANIMATOR, Role.INITIATOR,
})  # fmt: skip


def may_see_accounts(facts: Facts) -> bool:
    """Whether the actor reads single expenses and reports of a project, not only the sums that the public reads."""
    rights, own = facts.rights, facts.own
    of_project = rights.id is not None and rights.id in {own.get("leader_id"), own.get("coordinator_id")}
    return rights.is_admin or rights.in_group or of_project or bool(rights.roles & READS_ACCOUNTS)


def plan_of(facts: Facts) -> ProjectPlan:
    """The plan that was read with the facts; LookupError where none was."""
    if facts.plan is None:
        raise LookupError(f"{facts.ref} has no plan")
    return facts.plan


def lines_from_sheet(facts: Facts) -> tuple[SheetLine, ...]:
    """The lines of the budget that the sheet offers: one for each of its rows, else one for its sum, else none.

    Who pays is an organisation where the name is the same but for marks, letters' case and punctuation.
    """
    values, known = values_of(facts.own), facts.plan.organisations if facts.plan else {}
    rows = as_rows("budget", values.get("budget_lines"))
    if rows:
        return tuple(_line(place, row, known) for place, row in enumerate(rows, start=1))
    if not values.get("cost"):
        return ()
    source = " ".join(str(values.get("funding") or "").split())[:LONGEST]
    return (SheetLine(1, WHOLE, source, known.get(fold(source)), own=False, planned=values["cost"], sheet_row=None),)


def _line(place: int, row: Mapping[str, Any], known: Mapping[str, int]) -> SheetLine:
    source = row.get("source") or ""
    return SheetLine(
        place, row["what"][:LONGEST], source, known.get(fold(source)), own=bool(row.get("own")),
        planned=int(row["amount"]), sheet_row=place,
    )  # fmt: skip


def names_in_sheet(facts: Facts) -> frozenset[str]:
    """The folded names of those who pay and of partners in the sheet."""
    values = values_of(facts.own)
    paying = {row.get("source") or "" for row in as_rows("budget", values.get("budget_lines"))}
    partners = {row.get("partner") or "" for row in as_rows("partners", values.get("partners"))}
    return frozenset(fold(name) for name in paying | partners | {values.get("funding") or ""}) - {""}


def room_for(line: PlannedLine, kind: str, settled: NotedExpense | None) -> int:
    """How much may be noted on a line: what is free, and what a payment takes over from an unpaid commitment."""
    takes_over = settled is not None and kind == ExpenseKind.SPENT and not settled.payments
    return line.free + (settled.amount if settled and takes_over else 0)


def comes_back(expense: NotedExpense, settled: NotedExpense | None) -> int:
    """How much more a line carries when an expense is struck out; below zero where it becomes free.

    A commitment stands again when the last payment on it is struck out.
    """
    if expense.kind == ExpenseKind.COMMITTED:
        return 0 if expense.payments else -expense.amount
    stands_again = settled is not None and not settled.struck and settled.payments == 1
    return (settled.amount if settled and stands_again else 0) - expense.amount
