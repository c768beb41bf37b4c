"""The money of a project as its page shows it: expenses by line, sums by who pays, choices of its forms."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import aliased

from workflow.base.grouping import grouped
from workflow.base.i18n import format_money
from workflow.implementation.choices import files
from workflow.models import BudgetLine, Expense, Organisation, Person, ProposalFile
from workflow.rules.plan import PlannedLine
from workflow.rules.states import ExpenseKind


class NotedExpense(Struct, frozen=True):
    """A commitment or payment with everything that its row shows; `paid` says that a payment settles it."""

    number: int
    line: int
    kind: str
    day: date
    amount: int
    what: str
    paper: str
    file_id: int | None
    file_name: str | None
    settles: int | None
    paid: bool
    struck_at: datetime | None
    struck_by: str | None
    struck_reason: str


class Payer(Struct, frozen=True):
    """Who pays, with the sums of its lines, in grosze."""

    name: str
    own: bool
    planned: int
    committed: int
    spent: int


def expenses_of(tx: Connection, project: int) -> list[NotedExpense]:
    """All commitments and payments of a project, struck ones too, the newest day first; one statement."""
    e, line, file, settled = Expense, BudgetLine, ProposalFile, aliased(Expense)
    struck_by, payment = aliased(Person), aliased(Expense)
    paid = exists().where(payment.settles_id == e.id, payment.struck_at.is_(None))
    query = (
        select(e.number, line.number, e.kind, e.day, e.amount, e.what, e.paper, file.id, file.name, settled.number,
               paid, e.struck_at, struck_by.name, e.struck_reason)
        .join(line, line.id == e.line_id)
        .outerjoin(file, (file.id == e.file_id) & file.removed_at.is_(None))
        .outerjoin(settled, settled.id == e.settles_id)
        .outerjoin(struck_by, struck_by.id == e.struck_by_id)
        .where(e.proposal_id == project)
        .order_by(e.day.desc(), e.number.desc())
    )  # fmt: skip
    return [NotedExpense(*tuple(row)) for row in tx.execute(query)]


def payers(tx: Connection, lines: Sequence[PlannedLine]) -> list[Payer]:
    """The lines added up by who pays, in the order of the lines; an organisation by its present name."""
    ids = {line.organisation_id for line in lines} - {None}
    o = Organisation
    rows = tx.execute(select(o.id, o.name).where(o.id.in_(ids))).all() if ids else ()
    names = {row.id: row.name for row in rows}
    groups = grouped(((names.get(line.organisation_id or 0, line.source), line.own), line) for line in lines)
    return [
        Payer(
            name, own, *(sum(getattr(line, column) for line in group) for column in ("planned", "committed", "spent"))
        )
        for (name, own), group in groups.items()
    ]


def choices_of(tx: Connection, project: int, name: str) -> list[tuple[Any, str]]:
    """What an answer about money is chosen from: lines, open commitments, expenses that stand, files."""
    if name == "line_number":
        line = BudgetLine
        query = select(line.number, line.label).where(line.proposal_id == project).order_by(line.number)
        return [(number, f"{number}. {label}") for number, label in tx.execute(query)]
    if name == "expense_file":
        return files(tx, project)
    wanted = [one for one in reversed(expenses_of(tx, project)) if one.struck_at is None]
    if name == "settles":
        wanted = [one for one in wanted if one.kind == ExpenseKind.COMMITTED and not one.paid]
    return [(one.number, f"{one.number}. {one.what}, {format_money(one.amount, 'pl')}") for one in wanted]
