"""Secret votes: the sealed box, laid out ballots, receipts; motions and votes say whether they are secret."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0025"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("motion", sa.Column("secret", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("elector", sa.Column("channel", sa.String(length=12), server_default=sa.text("''"), nullable=False))
    op.add_column("poll", sa.Column("secret", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("uq_poll_id_secret", "poll", ["id", "secret"], unique=True)
    op.create_table(
        "ballot_box",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.String(length=120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_ballot_box_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "number", name=op.f("pk_ballot_box")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secret_ballot",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("secret", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.CheckConstraint("secret", name=op.f("ck_secret_ballot_of_a_secret_vote")),
        sa.ForeignKeyConstraint(
            ["poll_id", "secret"], ["poll.id", "poll.secret"], name=op.f("fk_secret_ballot_poll_id_secret")
        ),
        sa.PrimaryKeyConstraint("poll_id", "code", name=op.f("pk_secret_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_receipt",
        sa.Column("poll_id", Key, nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_ballot_receipt_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "number", name=op.f("pk_ballot_receipt")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("ballot_receipt", "secret_ballot", "ballot_box"):
        op.drop_table(table)
    op.drop_index("uq_poll_id_secret", "poll")
    op.drop_column("poll", "secret")
    op.drop_column("elector", "channel")
    op.drop_column("motion", "secret")
