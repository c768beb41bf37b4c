"""The talk about proposals: comments, mentions, suggested texts."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("parent_id", Key, nullable=True),
        sa.Column("section", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("circle", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", Key, nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by_id", Key, nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by_id", Key, nullable=True),
        _to("comment", "proposal_id", "proposal"),
        _to("comment", "parent_id", "comment"),
        _to("comment", "author_id", "person"),
        _to("comment", "resolved_by_id", "person"),
        _to("comment", "removed_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_thread", "comment", ["proposal_id", "parent_id", "id"])
    op.create_index("ix_comment_parent", "comment", ["parent_id"])
    op.create_table(
        "mention",
        sa.Column("id", Key, nullable=False),
        sa.Column("comment_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        _to("mention", "comment_id", "comment"),
        _to("mention", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("comment_id", "person_id", name=op.f("uq_mention_comment_id_person_id")),
    )
    op.create_index(op.f("ix_mention_person_id"), "mention", ["person_id"])
    op.create_table(
        "suggestion",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("circle", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("base", sa.String(length=16), nullable=False),
        sa.Column("author_id", Key, nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), server_default=sa.text("''"), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", Key, nullable=True),
        _to("suggestion", "proposal_id", "proposal"),
        _to("suggestion", "author_id", "person"),
        _to("suggestion", "answered_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index("ix_suggestion_proposal", "suggestion", ["proposal_id", "id"])


def downgrade() -> None:
    for table in ("suggestion", "mention", "comment"):
        op.drop_table(table)
