"""Since when a proposal has been in its state, and an index that counts, sums and orders the states of an edition."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import UtcDateTime

revision = "0061"
down_revision = "0057"
branch_labels = None
depends_on = None

FILL = """
UPDATE proposal SET state_since = coalesce((
    SELECT h.at FROM history h
    WHERE h.subject_kind = 'proposal' AND h.subject_id = proposal.id AND h.row <> 'undo'
      AND h.to_state = proposal.state AND (h.from_state IS NULL OR h.from_state <> h.to_state)
    ORDER BY h.version DESC LIMIT 1
), created_at)
"""


def upgrade() -> None:
    op.add_column("proposal", sa.Column("state_since", UtcDateTime(), nullable=True))
    op.execute(FILL)
    op.create_index("ix_proposal_state", "proposal", ["edition_id", "state", "state_since", "id", "cost"])


def downgrade() -> None:
    op.drop_index("ix_proposal_state", "proposal")
    op.drop_column("proposal", "state_since")
