"""Who withdrew a batch of letters, beside who approved it; and who changed a letter to a list while it waited."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key, UtcDateTime

revision = "0047"
down_revision = "0049"
branch_labels = None
depends_on = None

PEOPLE, MOMENTS = ("withdrawn_by_id", "changed_by_id"), ("withdrawn_at", "changed_at")
WITHDRAWN = (
    "UPDATE letter_batch SET withdrawn_by_id = decided_by_id, withdrawn_at = decided_at WHERE state = 'withdrawn'"
)
# Whether somebody had approved them was not kept.
UNKNOWN = "UPDATE letter_batch SET decided_by_id = NULL, decided_at = NULL WHERE state = 'withdrawn'"
DECIDED = "UPDATE letter_batch SET decided_by_id = withdrawn_by_id, decided_at = withdrawn_at WHERE state = 'withdrawn'"


def upgrade() -> None:
    with op.batch_alter_table("letter_batch") as table:
        for name in PEOPLE:
            table.add_column(sa.Column(name, Key, nullable=True))
            table.create_foreign_key(op.f(f"fk_letter_batch_{name}"), "person", [name], ["id"])
        for name in MOMENTS:
            table.add_column(sa.Column(name, UtcDateTime(), nullable=True))
    op.execute(WITHDRAWN)
    op.execute(UNKNOWN)


def downgrade() -> None:
    op.execute(DECIDED)
    with op.batch_alter_table("letter_batch") as table:
        for name in PEOPLE:
            table.drop_constraint(op.f(f"fk_letter_batch_{name}"), type_="foreignkey")
        for name in (*PEOPLE, *MOMENTS):
            table.drop_column(name)
