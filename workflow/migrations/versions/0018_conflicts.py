"""Declarations of impartiality and conflicts of interest as rows; what was declared on proposals is carried over.

A record `declare_conflict` of a proposal becomes a conflict that its person declared; the record stays in the history.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OPEN = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    _create_declaration()
    _create_conflict()
    op.add_column("ballot", sa.Column("valid", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("motion", sa.Column("split_from", sa.Integer(), nullable=True))
    if not op.get_context().as_sql:
        _carry(op.get_bind())


def _create_declaration() -> None:
    op.create_table(
        "declaration",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("text_digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("basis", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_declaration_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_declaration_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
    )
    op.create_index(op.f("ix_declaration_proposal_id"), "declaration", ["proposal_id"])
    op.create_index("uq_declaration_open", "declaration", ["person_id", "proposal_id"], unique=True,
                    postgresql_where=OPEN, sqlite_where=OPEN)  # fmt: skip


def _create_conflict() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("basis", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state <> 'cleared' OR decided_by_id <> person_id", name=op.f("ck_conflict_never_own")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_conflict_decided_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_conflict_edition_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conflict_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_conflict_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_edition_id"), "conflict", ["edition_id"])
    op.create_index(op.f("ix_conflict_proposal_id"), "conflict", ["proposal_id"])
    op.create_index("uq_conflict_open", "conflict", ["person_id", "proposal_id", "source"], unique=True,
                    postgresql_where=OPEN, sqlite_where=OPEN)  # fmt: skip


def _carry(connection: sa.Connection) -> None:
    """The last conflict that each person recorded on a proposal, as a row of its own."""
    rows = list(_declared(connection))
    if rows:
        connection.execute(sa.insert(_CONFLICT), rows)


def _declared(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    proposals = connection.execute(sa.select(_PROPOSAL).order_by(_PROPOSAL.c.id))
    for row in proposals:
        entries = row.recorded.get("declare_conflict") or []
        latest = {entry["by"]: entry for entry in entries if entry.get("by")}
        for person, entry in latest.items():
            yield {
                "edition_id": row.edition_id, "person_id": person, "proposal_id": row.id, "source": "declared",
                "basis": [], "state": "confirmed", "reason": entry.get("reason") or "-", "decided_by_id": person,
                "at": datetime.fromisoformat(entry["at"]),
            }  # fmt: skip


_PROPOSAL = sa.Table("proposal", sa.MetaData(), sa.Column("id", Key, primary_key=True), sa.Column("edition_id", Key),
                     sa.Column("recorded", Json))  # fmt: skip
_CONFLICT = sa.Table(
    "conflict", sa.MetaData(), sa.Column("id", Key, primary_key=True), sa.Column("edition_id", Key),
    sa.Column("person_id", Key), sa.Column("proposal_id", Key), sa.Column("source", sa.String()),
    sa.Column("basis", Json), sa.Column("state", sa.String()), sa.Column("reason", sa.Text()),
    sa.Column("decided_by_id", Key), sa.Column("at", UtcDateTime()),
)  # fmt: skip


def downgrade() -> None:
    op.drop_column("motion", "split_from")
    op.drop_column("ballot", "valid")
    for name in ("conflict", "declaration"):
        op.drop_table(name)
