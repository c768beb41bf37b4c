"""Jobs: work longer than a second, done by a worker."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0030"
down_revision = "0024"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("owner_id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=True),
        sa.Column("asked", Json, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("state", sa.String(10), nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("done", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("total", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("message", Json, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("result", Json, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("lease_owner", sa.String(80), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_job_owner_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_job_edition_id")),
    )
    op.create_index("ix_job_unfinished", "job", ["id"], postgresql_where=UNFINISHED, sqlite_where=UNFINISHED)
    op.create_index("ix_job_owner", "job", ["owner_id", "id"])


def downgrade() -> None:
    op.drop_table("job")
