"""Pages of slides that the screen in the hall shows, and the hours of the office."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("proposal_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pages", sa.Integer(), nullable=True))
    with op.batch_alter_table("screen", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slide", sa.Integer(), server_default=sa.text("0"), nullable=False))
    with op.batch_alter_table("office_contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.String(200), server_default=sa.text("''"), nullable=False))
    # Pictures are one page each; a PDF of before has to be added again, since a migration opens no files.
    op.execute("UPDATE proposal_file SET pages = 1 WHERE kind = 'slides' AND has_small")


def downgrade() -> None:
    with op.batch_alter_table("office_contact", schema=None) as batch_op:
        batch_op.drop_column("hours")
    with op.batch_alter_table("screen", schema=None) as batch_op:
        batch_op.drop_column("slide")
    with op.batch_alter_table("proposal_file", schema=None) as batch_op:
        batch_op.drop_column("pages")
