"""An index of the few accounts that are closed; agendas that nobody has ordered say that they stand by number."""

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
    op.execute(
        "UPDATE agenda SET ordered_by = 'number' WHERE ordered_by = 'hand' AND NOT EXISTS (SELECT 1 FROM agenda_change "
        "WHERE agenda_change.conference_id = agenda.conference_id AND agenda_change.kind = 'by_hand')"
    )


def downgrade() -> None:
    op.execute("UPDATE agenda SET ordered_by = 'hand' WHERE ordered_by = 'number'")
    op.drop_index("ix_person_closed", "person")
