"""The money of a project: lines of its budget, what was committed and spent on them; all sums in grosze."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import COUNTS, EMPTY, Base, Numbered, partial_index


class BudgetLine(Numbered, Base):
    """What one thing may cost and who pays for it; changed only by a request that was approved."""

    __tablename__ = "budget_line"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("planned >= 0 AND agreed >= 0", name="not_negative"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    # Who pays, in the words of the sheet, and the organisation where it is one of the edition.
    source: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    # Whether it is the group's own contribution.
    own: Mapped[bool] = mapped_column(server_default=text("false"))
    # What it has now, and what it had in the plan that was accepted.
    planned: Mapped[int] = mapped_column(BigInteger)
    agreed: Mapped[int] = mapped_column(BigInteger)
    # The row of the sheet's budget that it came from, counted from 1.
    sheet_row: Mapped[int | None]
    created_at: Mapped[datetime]


class Expense(Numbered, Base):
    """Money of a line that is bound by a contract or spent; struck out with a reason, never changed or deleted."""

    __tablename__ = "expense"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("amount > 0", name="positive"),
        partial_index("ix_expense_line", "line_id", where="struck_at IS NULL"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"))
    number: Mapped[int] = mapped_column(info={COUNTS: "proposal_id"})
    # "committed" or "spent"
    kind: Mapped[str] = mapped_column(String(12))
    # The day of the contract or of the payment.
    day: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(200))
    # The number of the invoice or contract.
    paper: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_file.id"))
    # The commitment that this payment settles.
    settles_id: Mapped[int | None] = mapped_column(ForeignKey("expense.id"), index=True)
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    struck_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
