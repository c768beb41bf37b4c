"""Registration for conferences, passes and who was there; the hours, theme and places of a conference."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0049"
down_revision = "0038"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
IN_FORCE = sa.text("state <> 'cancelled'")
VALID = sa.text("revoked_at IS NULL")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("conference", sa.Column("ends_at", UtcDateTime(), nullable=True))
    op.add_column("conference", sa.Column("theme", sa.String(200), nullable=False, server_default=EMPTY))
    op.add_column("conference", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("conference", sa.Column("registration_until", UtcDateTime(), nullable=True))
    _create_registration()
    _create_conference_pass()
    _create_presence()


def _create_registration() -> None:
    op.create_table(
        "registration",
        sa.Column("id", Key, nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("organisation_id", Key, nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("contact_email", sa.String(254), nullable=False, server_default=EMPTY),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("clause_version", sa.String(40), nullable=False, server_default=EMPTY),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("registered_by_id", Key, nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_by_id", Key, nullable=True),
        _refers("registration", "conference_id", "conference"),
        _refers("registration", "person_id", "person"),
        _refers("registration", "organisation_id", "organisation"),
        _refers("registration", "registered_by_id", "person"),
        _refers("registration", "cancelled_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("code", name=op.f("uq_registration_code")),
    )
    op.create_index("uq_registration_person", "registration", ["conference_id", "person_id"], unique=True,
                    postgresql_where=IN_FORCE, sqlite_where=IN_FORCE)  # fmt: skip
    op.create_index("ix_registration_conference_state", "registration", ["conference_id", "state"])
    op.create_index(op.f("ix_registration_person_id"), "registration", ["person_id"])
    op.create_index(op.f("ix_registration_organisation_id"), "registration", ["organisation_id"])


def _create_conference_pass() -> None:
    op.create_table(
        "conference_pass",
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("registration_id", Key, nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by_id", Key, nullable=True),
        sa.Column("bound_to", sa.String(64), nullable=False, server_default=EMPTY),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        _refers("conference_pass", "conference_id", "conference"),
        _refers("conference_pass", "registration_id", "registration"),
        _refers("conference_pass", "issued_by_id", "person"),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_conference_pass")),
    )
    op.create_index("uq_conference_pass_valid", "conference_pass", ["registration_id"], unique=True,
                    postgresql_where=VALID, sqlite_where=VALID)  # fmt: skip
    op.create_index(op.f("ix_conference_pass_conference_id"), "conference_pass", ["conference_id"])


def _create_presence() -> None:
    op.create_table(
        "presence",
        sa.Column("id", Key, nullable=False),
        sa.Column("conference_id", Key, nullable=False),
        sa.Column("registration_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("checked_in_by_id", Key, nullable=False),
        _refers("presence", "conference_id", "conference"),
        _refers("presence", "registration_id", "registration"),
        _refers("presence", "person_id", "person"),
        _refers("presence", "checked_in_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("conference_id", "person_id", name=op.f("uq_presence_conference_id_person_id")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_presence_registration_id")),
    )
    op.create_index(op.f("ix_presence_person_id"), "presence", ["person_id"])


def downgrade() -> None:
    for table in ("presence", "conference_pass", "registration"):
        op.drop_table(table)
    for column in ("registration_until", "capacity", "theme", "ends_at"):
        op.drop_column("conference", column)
