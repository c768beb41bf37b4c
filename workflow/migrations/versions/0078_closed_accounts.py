"""An index of the accounts that are closed: they are few, and each worklist asks what they answered for."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_person_closed", "person", ["id"], postgresql_where=sa.text("NOT active"), sqlite_where=sa.text("active = 0")
    )


def downgrade() -> None:
    op.drop_index("ix_person_closed", "person")
