"""Criteria, score cards with their points, and the opening of scores."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
SUBMITTED = sa.text("state = 'submitted'")


def upgrade() -> None:
    _create_criterion()
    _create_score_card()
    _create_score()
    _create_score_opening()


def _create_criterion() -> None:
    op.create_table(
        "criterion",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("description", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("weight", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("scale_min", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("scale_max", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("step", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", Key, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("weight >= 1", name=op.f("ck_criterion_weight")),
        sa.CheckConstraint("scale_min >= 0 AND scale_max > scale_min AND step >= 1", name=op.f("ck_criterion_scale")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_criterion_edition_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_criterion_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_criterion_edition_id_number")),
    )


def _create_score_card() -> None:
    op.create_table(
        "score_card",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("seat_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("comment", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("sheet_digest", sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("void_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_score_card_proposal_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_score_card_seat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_card_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_card")),
        sa.UniqueConstraint(
            "proposal_id", "seat_id", "person_id", name=op.f("uq_score_card_proposal_id_seat_id_person_id")
        ),
    )
    op.create_index(op.f("ix_score_card_person_id"), "score_card", ["person_id"])
    op.create_index(
        "uq_score_card_seat", "score_card", ["proposal_id", "seat_id"], unique=True, postgresql_where=SUBMITTED,
        sqlite_where=SUBMITTED,
    )  # fmt: skip


def _create_score() -> None:
    op.create_table(
        "score",
        sa.Column("card_id", Key, nullable=False),
        sa.Column("criterion_id", Key, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["score_card.id"], name=op.f("fk_score_card_id")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id")),
        sa.PrimaryKeyConstraint("card_id", "criterion_id", name=op.f("pk_score")),
    )


def _create_score_opening() -> None:
    op.create_table(
        "score_opening",
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_score_opening_proposal_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_score_opening_opened_by_id")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_score_opening")),
    )


def downgrade() -> None:
    for table in ("score_opening", "score", "score_card", "criterion"):
        op.drop_table(table)
