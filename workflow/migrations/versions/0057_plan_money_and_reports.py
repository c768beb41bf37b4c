"""Plan, money, reports and changes of projects under way."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0057"
down_revision = "0052"
branch_labels = None
depends_on = None

EMPTY, NO, NOTHING, ZERO = sa.text("''"), sa.text("false"), sa.text("'{}'"), sa.text("0")
STANDS = sa.text("struck_at IS NULL")
COLUMNS = ("plan_accepted_at", "report_due_at", "report_days")
TABLES = (
    "promise",
    "milestone_evidence",
    "milestone_dependency",
    "change_request",
    "report_part",
    "milestone",
    "expense",
    "risk",
    "progress_report",
    "budget_line",
)


def upgrade() -> None:
    _create_budget_line()
    _create_progress_report()
    _create_risk()
    _create_expense()
    _create_milestone()
    _create_report_part()
    _create_change_request()
    _create_milestone_dependency()
    _create_milestone_evidence()
    _create_promise()
    _add_columns()


def _create_budget_line() -> None:
    op.create_table(
        "budget_line",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), server_default=EMPTY, nullable=False),
        sa.Column("organisation_id", Key, nullable=True),
        sa.Column("own", sa.Boolean(), server_default=NO, nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("agreed", sa.BigInteger(), nullable=False),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("planned >= 0 AND agreed >= 0", name=op.f("ck_budget_line_not_negative")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_budget_line_organisation_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_budget_line_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_budget_line_proposal_id_number")),
    )
    op.create_index(op.f("ix_budget_line_organisation_id"), "budget_line", ["organisation_id"])


def _create_progress_report() -> None:
    op.create_table(
        "progress_report",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("light", sa.String(length=8), server_default=EMPTY, nullable=False),
        sa.Column("light_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("text", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("figures", Json, server_default=NOTHING, nullable=False),
        sa.Column("digest", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.Column("handed_in_by_id", Key, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", Key, nullable=True),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_progress_report_decided_by_id")),
        sa.ForeignKeyConstraint(["handed_in_by_id"], ["person.id"], name=op.f("fk_progress_report_handed_in_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_progress_report_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_progress_report_proposal_id_number")),
    )
    op.create_index("ix_progress_report_due", "progress_report", ["state", "due_at"])


def _create_risk() -> None:
    op.create_table(
        "risk",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("owner_id", Key, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by_id", Key, nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", Key, nullable=True),
        sa.Column("result", sa.Text(), server_default=EMPTY, nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_risk_closed_by_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["person.id"], name=op.f("fk_risk_noted_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_risk_owner_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_risk_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_risk_proposal_id_number")),
    )
    op.create_index(op.f("ix_risk_owner_id"), "risk", ["owner_id"])


def _create_expense() -> None:
    op.create_table(
        "expense",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("line_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("paper", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("file_id", Key, nullable=True),
        sa.Column("settles_id", Key, nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by_id", Key, nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by_id", Key, nullable=True),
        sa.Column("struck_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_positive")),
        sa.ForeignKeyConstraint(["file_id"], ["proposal_file.id"], name=op.f("fk_expense_file_id")),
        sa.ForeignKeyConstraint(["line_id"], ["budget_line.id"], name=op.f("fk_expense_line_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["person.id"], name=op.f("fk_expense_noted_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_expense_proposal_id")),
        sa.ForeignKeyConstraint(["settles_id"], ["expense.id"], name=op.f("fk_expense_settles_id")),
        sa.ForeignKeyConstraint(["struck_by_id"], ["person.id"], name=op.f("fk_expense_struck_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_expense_proposal_id_number")),
    )
    op.create_index(
        "ix_expense_line", "expense", ["line_id"], unique=False, postgresql_where=STANDS, sqlite_where=STANDS
    )
    op.create_index(op.f("ix_expense_settles_id"), "expense", ["settles_id"])


def _create_milestone() -> None:
    op.create_table(
        "milestone",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("owner_id", Key, nullable=True),
        sa.Column("organisation_id", Key, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("baseline_due_at", UtcDateTime(), nullable=True),
        sa.Column("budget_line_id", Key, nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=ZERO, nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=NOTHING, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_milestone_budget_line_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_milestone_edition_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_milestone_organisation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_milestone_owner_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_milestone_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_milestone_proposal_id_number")),
    )
    op.create_index("ix_milestone_edition_due", "milestone", ["edition_id", "state", "due_at"])
    op.create_index(op.f("ix_milestone_organisation_id"), "milestone", ["organisation_id"])
    op.create_index(op.f("ix_milestone_owner_id"), "milestone", ["owner_id"])


def _create_report_part() -> None:
    op.create_table(
        "report_part",
        sa.Column("id", Key, nullable=False),
        sa.Column("report_id", Key, nullable=False),
        sa.Column("organisation_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_report_part_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_part_person_id")),
        sa.ForeignKeyConstraint(["report_id"], ["progress_report.id"], name=op.f("fk_report_part_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_part")),
        sa.UniqueConstraint("report_id", "organisation_id", name=op.f("uq_report_part_report_id_organisation_id")),
    )
    op.create_index(op.f("ix_report_part_organisation_id"), "report_part", ["organisation_id"])


def _create_change_request() -> None:
    op.create_table(
        "change_request",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("milestone_id", Key, nullable=True),
        sa.Column("budget_line_id", Key, nullable=True),
        sa.Column("from_line_id", Key, nullable=True),
        sa.Column("new_due_at", UtcDateTime(), nullable=True),
        sa.Column("new_text", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("new_amount", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", Json, server_default=NOTHING, nullable=False),
        sa.Column("requested_by_id", Key, nullable=False),
        sa.Column("decided_by_id", Key, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=ZERO, nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=NOTHING, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_change_request_budget_line_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_change_request_decided_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_change_request_edition_id")),
        sa.ForeignKeyConstraint(["from_line_id"], ["budget_line.id"], name=op.f("fk_change_request_from_line_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_change_request_milestone_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_change_request_proposal_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_change_request_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_change_request_proposal_id_number")),
    )
    op.create_index(op.f("ix_change_request_edition_id"), "change_request", ["edition_id"])
    op.create_index(op.f("ix_change_request_milestone_id"), "change_request", ["milestone_id"])


def _create_milestone_dependency() -> None:
    op.create_table(
        "milestone_dependency",
        sa.Column("milestone_id", Key, nullable=False),
        sa.Column("after_id", Key, nullable=False),
        sa.CheckConstraint("milestone_id <> after_id", name=op.f("ck_milestone_dependency_never_itself")),
        sa.ForeignKeyConstraint(["after_id"], ["milestone.id"], name=op.f("fk_milestone_dependency_after_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_dependency_milestone_id")),
        sa.PrimaryKeyConstraint("milestone_id", "after_id", name=op.f("pk_milestone_dependency")),
    )
    op.create_index(op.f("ix_milestone_dependency_after_id"), "milestone_dependency", ["after_id"])


def _create_milestone_evidence() -> None:
    op.create_table(
        "milestone_evidence",
        sa.Column("milestone_id", Key, nullable=False),
        sa.Column("file_id", Key, nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by_id", Key, nullable=True),
        sa.Column("public", sa.Boolean(), server_default=NO, nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_milestone_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["proposal_file.id"], name=op.f("fk_milestone_evidence_file_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_evidence_milestone_id")),
        sa.PrimaryKeyConstraint("milestone_id", "file_id", name=op.f("pk_milestone_evidence")),
    )


def _create_promise() -> None:
    op.create_table(
        "promise",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("organisation_id", Key, nullable=True),
        sa.Column("partner", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("milestone_id", Key, nullable=True),
        sa.Column("budget_line_id", Key, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("judged_by_id", Key, nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_promise_budget_line_id")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["person.id"], name=op.f("fk_promise_judged_by_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_promise_milestone_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_promise_organisation_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_promise_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(op.f("ix_promise_organisation_id"), "promise", ["organisation_id"])
    op.create_index("ix_promise_proposal", "promise", ["proposal_id", "id"])


def _add_columns() -> None:
    op.add_column("proposal", sa.Column("plan_accepted_at", UtcDateTime(), nullable=True))
    op.add_column("proposal", sa.Column("report_due_at", UtcDateTime(), nullable=True))
    op.add_column("proposal", sa.Column("report_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for column in COLUMNS:
        op.drop_column("proposal", column)
