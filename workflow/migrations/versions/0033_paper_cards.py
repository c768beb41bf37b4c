"""Cards of secret votes on paper: who has one, what two people typed from them, and the scan."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=sa.text("''"), nullable=False)


def upgrade() -> None:
    issued: sa.Column[bool] = sa.Column("card_issued", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("elector", issued)
    op.create_table(
        "paper_batch",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("scan_name", 200),
        _text("scan_type", 100),
        sa.Column("scan_size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _text("scan_sha256", 64),
        sa.Column("scan_key", sa.String(length=64), nullable=True),
        sa.Column("scanned_by_id", Key, nullable=True),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("voided_by_id", Key, nullable=True),
        sa.Column("void_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_batch_poll_id")),
        sa.ForeignKeyConstraint(["scanned_by_id"], ["person.id"], name=op.f("fk_paper_batch_scanned_by_id")),
        sa.ForeignKeyConstraint(["voided_by_id"], ["person.id"], name=op.f("fk_paper_batch_voided_by_id")),
        sa.PrimaryKeyConstraint("poll_id", "number", name=op.f("pk_paper_batch")),
        sa.UniqueConstraint("scan_key", name=op.f("uq_paper_batch_scan_key")),
    )
    op.create_table(
        "paper_count",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("clerk", sa.Integer(), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("in_box", sa.Integer(), nullable=False),
        sa.Column("spoiled", sa.Integer(), nullable=False),
        sa.Column("typed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("clerk IN (1, 2)", name=op.f("ck_paper_count_two_clerks")),
        sa.CheckConstraint("in_box >= 0 AND spoiled >= 0", name=op.f("ck_paper_count_figures")),
        sa.ForeignKeyConstraint(
            ["poll_id", "batch"],
            ["paper_batch.poll_id", "paper_batch.number"],
            name=op.f("fk_paper_count_poll_id_batch"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_count_person_id")),
        sa.PrimaryKeyConstraint("poll_id", "batch", "clerk", name=op.f("pk_paper_count")),
        sa.UniqueConstraint("poll_id", "batch", "person_id", name=op.f("uq_paper_count_poll_id_batch_person_id")),
    )
    op.create_table(
        "paper_line",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("clerk", sa.Integer(), nullable=False),
        sa.Column("card", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id", "batch", "clerk"],
            ["paper_count.poll_id", "paper_count.batch", "paper_count.clerk"],
            name=op.f("fk_paper_line_poll_id_batch_clerk"),
        ),
        sa.PrimaryKeyConstraint("poll_id", "batch", "clerk", "card", name=op.f("pk_paper_line")),
    )


def downgrade() -> None:
    for table in ("paper_line", "paper_count", "paper_batch"):
        op.drop_table(table)
    op.drop_column("elector", "card_issued")
