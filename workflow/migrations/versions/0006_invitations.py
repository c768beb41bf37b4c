"""Invitations into groups, requests to join, tasks in a group; letters to an address that belongs to nobody yet."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
UNDONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "group_invitation",
        sa.Column("id", Key, primary_key=True),
        sa.Column(
            "proposal_id", Key, sa.ForeignKey("proposal.id", name="fk_group_invitation_proposal_id"), nullable=False
        ),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), server_default=sa.text("'pl'"), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column(
            "invited_by_id", Key, sa.ForeignKey("person.id", name="fk_group_invitation_invited_by_id"), nullable=False
        ),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(20), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "accepted_by_id", Key, sa.ForeignKey("person.id", name="fk_group_invitation_accepted_by_id"), nullable=True
        ),
        sa.Column("is_fresh", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.UniqueConstraint("token_digest", name="uq_group_invitation_token_digest"),
    )
    for column in ("proposal_id", "email", "accepted_by_id"):
        op.create_index(f"ix_group_invitation_{column}", "group_invitation", [column])
    _only_one_open("group_invitation", "email")
    op.create_table(
        "join_request",
        sa.Column("id", Key, primary_key=True),
        sa.Column("proposal_id", Key, sa.ForeignKey("proposal.id", name="fk_join_request_proposal_id"), nullable=False),
        sa.Column("person_id", Key, sa.ForeignKey("person.id", name="fk_join_request_person_id"), nullable=False),
        sa.Column("word", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(20), server_default=sa.text("''"), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "answered_by_id", Key, sa.ForeignKey("person.id", name="fk_join_request_answered_by_id"), nullable=True
        ),
    )
    for column in ("proposal_id", "person_id"):
        op.create_index(f"ix_join_request_{column}", "join_request", [column])
    _only_one_open("join_request", "person_id")
    op.create_table(
        "group_task",
        sa.Column("id", Key, primary_key=True),
        sa.Column("proposal_id", Key, sa.ForeignKey("proposal.id", name="fk_group_task_proposal_id"), nullable=False),
        sa.Column("person_id", Key, sa.ForeignKey("person.id", name="fk_group_task_person_id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("added_by_id", Key, sa.ForeignKey("person.id", name="fk_group_task_added_by_id"), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by_id", Key, sa.ForeignKey("person.id", name="fk_group_task_done_by_id"), nullable=True),
    )
    op.create_index("ix_group_task_proposal_id", "group_task", ["proposal_id"])
    op.create_index(
        "ix_group_task_open", "group_task", ["person_id", "due_on"], postgresql_where=UNDONE, sqlite_where=UNDONE
    )
    with op.batch_alter_table("delivery") as table:
        table.alter_column("recipient_id", existing_type=Key, nullable=True)


def _only_one_open(table: str, column: str) -> None:
    op.create_index(
        f"uq_{table}_open", table, ["proposal_id", column], unique=True, postgresql_where=OPEN, sqlite_where=OPEN
    )


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE recipient_id IS NULL")
    with op.batch_alter_table("delivery") as table:
        table.alter_column("recipient_id", existing_type=Key, nullable=False)
    for name in ("group_task", "join_request", "group_invitation"):
        op.drop_table(name)
