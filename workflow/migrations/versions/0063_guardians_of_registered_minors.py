"""Who consents that a minor comes to a conference, as it was written when the minor was registered."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0054"
branch_labels = None
depends_on = None

COLUMNS = {"guardian": 200, "guardian_kind": 20}


def upgrade() -> None:
    for name, length in COLUMNS.items():
        op.add_column("registration", sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("registration", name)
