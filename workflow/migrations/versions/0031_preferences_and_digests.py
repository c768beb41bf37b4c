"""How often each person wants letters, and the digest that a delivery went out with."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None

GATHERED, IN_DIGEST = sa.text("state = 'gathered'"), sa.text("digest_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("person_id", Key, nullable=False),
        sa.Column("topic_group", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", "topic_group", "channel", name=op.f("pk_preference")),
    )
    op.add_column("delivery", sa.Column("digest_id", Key, nullable=True))
    op.create_index("ix_delivery_gathered", "delivery", ["recipient_id", "next_try_at"], postgresql_where=GATHERED,
                    sqlite_where=GATHERED)  # fmt: skip
    op.create_index("ix_delivery_digest", "delivery", ["digest_id"], postgresql_where=IN_DIGEST, sqlite_where=IN_DIGEST)


def downgrade() -> None:
    op.drop_index("ix_delivery_digest", "delivery")
    op.drop_index("ix_delivery_gathered", "delivery")
    op.drop_column("delivery", "digest_id")
    op.drop_table("preference")
