"""One row of the clock for each subject, not one for each date: what there is to do is worked out when it is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("proposal", "edition", "conference", "agreement")
WAITING = sa.text("done_at IS NULL")
AHEAD = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    waiting = list(_waiting(op.get_bind()))
    op.drop_table("timer")
    timer = op.create_table(
        "timer",
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Key, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("reminded_until", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_timer")),
    )
    op.create_index("ix_timer_due", "timer", ["due_at"], postgresql_where=AHEAD, sqlite_where=AHEAD)
    op.bulk_insert(timer, waiting)


def _waiting(connection: sa.Connection) -> Any:
    """A row for each subject with dates that wait in its present state.

    Reminders that wait still do, and those before them are over; so none is sent twice and none is lost.
    """
    t = _old_timer()
    reminder = sa.case((t.c.name.like("remind:%"), t.c.due_at))
    for kind in KINDS:
        subject = sa.table(
            kind, sa.column("id", Key), sa.column("state", sa.String), sa.column("updated_at", UtcDateTime())
        )
        query = (
            sa.select(t.c.subject_id, subject.c.state, sa.func.min(t.c.due_at), sa.func.min(reminder),
                      sa.func.max(_entered(kind, t.c.subject_id)), sa.func.max(subject.c.updated_at))
            .join(subject, sa.and_(subject.c.id == t.c.subject_id, subject.c.state == t.c.state))
            .where(t.c.subject_kind == kind, t.c.done_at.is_(None))
            .group_by(t.c.subject_id, subject.c.state)
        )  # fmt: skip
        for number, state, due_at, first_reminder, entered_at, updated_at in connection.execute(query).all():
            yield {
                "subject_kind": kind, "subject_id": number, "state": state, "since": entered_at or updated_at,
                "reminded_until": first_reminder - timedelta(seconds=1) if first_reminder else datetime.now(UTC),
                "due_at": due_at,
            }  # fmt: skip


def _old_timer() -> sa.TableClause:
    moments = (sa.column(name, UtcDateTime()) for name in ("due_at", "done_at"))
    return sa.table("timer", sa.column("subject_kind", sa.String), sa.column("subject_id", Key),
                    sa.column("name", sa.String), sa.column("state", sa.String), *moments)  # fmt: skip


def _entered(kind: str, number: sa.ColumnElement[int]) -> sa.ScalarSelect[Any]:
    """When a subject entered its state: its last entry that is a step; the row of a record is called as the record."""
    h = sa.table(
        "history", *map(sa.column, ("subject_kind", "subject_id", "row", "step")), sa.column("at", UtcDateTime())
    )
    mine = (h.c.subject_kind == kind, h.c.subject_id == number)
    is_step = sa.or_(h.c.row != h.c.step, h.c.row == "undo")
    return sa.select(sa.func.max(h.c.at)).where(*mine, is_step).scalar_subquery()


def downgrade() -> None:
    op.drop_table("timer")
    op.create_table(
        "timer",
        sa.Column("id", Key, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("subject_kind", "subject_id", "name", "due_at",
                            name=op.f("uq_timer_subject_kind_subject_id_name_due_at")),
    )  # fmt: skip
    op.create_index("ix_timer_due", "timer", ["due_at"], postgresql_where=WAITING, sqlite_where=WAITING)
