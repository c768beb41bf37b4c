"""What groups work out at conferences, what conferences leave open, and who follows by e-mail."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0053"
down_revision = "0048"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
NOT_DONE = sa.text("done_at IS NULL")
IN_FORCE = sa.text("ended_at IS NULL")
WHOLE_EDITION = sa.text("ended_at IS NULL AND proposal_id IS NULL")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("conference", sa.Column("outputs", sa.String(24), nullable=False, server_default=EMPTY))
    _create_output()
    _create_open_matter()
    _create_follower()


def _create_output() -> None:
    op.create_table(
        "conference_output",
        sa.Column("id", Key, nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("table_label", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", Key, nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by_id", Key, nullable=True),
        sa.Column("proposal_id", Key, nullable=True),
        sa.Column("key", sa.String(100), nullable=False),
        _refers("conference_output", "conference_id", "conference"),
        _refers("conference_output", "author_id", "person"),
        _refers("conference_output", "struck_by_id", "person"),
        _refers("conference_output", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference_output")),
        sa.UniqueConstraint("key", name=op.f("uq_conference_output_key")),
    )
    op.create_index("ix_conference_output_conference", "conference_output", ["conference_id", "id"])


def _create_open_matter() -> None:
    op.create_table(
        "open_matter",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", Key, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by_id", Key, nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by_id", Key, nullable=True),
        sa.Column("result", sa.Text(), nullable=False, server_default=EMPTY),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("key", sa.String(100), nullable=False),
        _refers("open_matter", "edition_id", "edition"),
        _refers("open_matter", "conference_id", "conference"),
        _refers("open_matter", "owner_id", "person"),
        _refers("open_matter", "noted_by_id", "person"),
        _refers("open_matter", "done_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_matter")),
        sa.UniqueConstraint("key", name=op.f("uq_open_matter_key")),
    )
    op.create_index("ix_open_matter_owner", "open_matter", ["owner_id"], postgresql_where=NOT_DONE,
                    sqlite_where=NOT_DONE)  # fmt: skip
    op.create_index("ix_open_matter_conference", "open_matter", ["conference_id"])
    op.create_index("ix_open_matter_edition", "open_matter", ["edition_id"])


def _create_follower() -> None:
    op.create_table(
        "follower",
        sa.Column("id", Key, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=True),
        sa.Column("clause_version", sa.String(40), nullable=False, server_default=EMPTY),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _refers("follower", "edition_id", "edition"),
        _refers("follower", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
    )
    op.create_index("uq_follower_edition", "follower", ["email", "edition_id"], unique=True,
                    postgresql_where=WHOLE_EDITION, sqlite_where=WHOLE_EDITION)  # fmt: skip
    op.create_index("uq_follower_proposal", "follower", ["email", "proposal_id"], unique=True,
                    postgresql_where=IN_FORCE, sqlite_where=IN_FORCE)  # fmt: skip
    op.create_index("ix_follower_edition", "follower", ["edition_id"])
    op.create_index("ix_follower_proposal", "follower", ["proposal_id"])


def downgrade() -> None:
    for table in ("follower", "open_matter", "conference_output"):
        op.drop_table(table)
    op.drop_column("conference", "outputs")
