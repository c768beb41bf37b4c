"""Changes of people by the office, merged accounts, and lists of participants that were sent in."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0048"
down_revision = "0039"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("person", sa.Column("merged_into_id", Key, nullable=True))
    _create_person_change()
    _create_participant_list()


def _create_person_change() -> None:
    op.create_table(
        "person_change",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("before", sa.String(400), nullable=False, server_default=EMPTY),
        sa.Column("after", sa.String(400), nullable=False, server_default=EMPTY),
        sa.Column("changed_by_id", Key, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        _refers("person_change", "person_id", "person"),
        _refers("person_change", "edition_id", "edition"),
        _refers("person_change", "changed_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change")),
    )
    op.create_index(op.f("ix_person_change_person_id"), "person_change", ["person_id"])


def _create_participant_list() -> None:
    op.create_table(
        "participant_list",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("owner_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("storage_key", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("chosen", Json, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("accepted_digest", sa.String(64), nullable=False, server_default=EMPTY),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("job_id", Key, nullable=True),
        sa.Column("loaded_at", UtcDateTime(), nullable=True),
        sa.Column("result", Json, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        _refers("participant_list", "edition_id", "edition"),
        _refers("participant_list", "owner_id", "person"),
        _refers("participant_list", "job_id", "job"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_list")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_participant_list_storage_key")),
    )
    op.create_index(op.f("ix_participant_list_owner_id"), "participant_list", ["owner_id"])


def downgrade() -> None:
    op.drop_table("participant_list")
    op.drop_table("person_change")
    op.drop_column("person", "merged_into_id")
