"""A draft for each window or device in which a person writes a section, so that none is written over by another."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0071"
branch_labels = None
depends_on = None

_TABLE, _UNIQUE = "section_draft", "uq_section_draft_proposal_id_section_person_id"
_OF_WINDOWS = f"{_UNIQUE}_window"
_PERSON = ["proposal_id", "section", "person_id"]


def upgrade() -> None:
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        batch_op.add_column(sa.Column("window", sa.String(16), server_default=sa.text("''"), nullable=False))
        batch_op.drop_constraint(_UNIQUE, type_="unique")
        batch_op.create_unique_constraint(_OF_WINDOWS, [*_PERSON, "window"])


def downgrade() -> None:
    """Drafts of windows go: without them only one a person fits."""
    op.execute("DELETE FROM section_draft WHERE \"window\" <> ''")
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(_OF_WINDOWS, type_="unique")
        batch_op.create_unique_constraint(_UNIQUE, _PERSON)
        batch_op.drop_column("window")
