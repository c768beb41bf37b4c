"""What a group is called, who may edit in it, who helps it and who will verify its proposal."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PEOPLE = ("next_leader_id", "deputy_id", "reviewer_id")


def upgrade() -> None:
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for name in PEOPLE:
        # In plain SQL: SQLite adds such a column without copying the table, which other tables refer to.
        reference = f"CONSTRAINT fk_proposal_{name} REFERENCES person (id)"
        op.execute(f"ALTER TABLE proposal ADD COLUMN {name} {kind} {reference}")
    for name in ("group_name", "theme"):
        column = sa.Column(name, sa.String(length=200), server_default=sa.text("''"), nullable=False)
        op.add_column("proposal", column)
    with op.batch_alter_table("group_member") as table:
        table.alter_column(
            "role", server_default=sa.text("'edit'"), existing_type=sa.String(20), existing_nullable=False
        )
        table.add_column(sa.Column("came_with_id", Key, nullable=True))
        table.create_foreign_key("fk_group_member_came_with_id", "proposal", ["came_with_id"], ["id"])
    # Whoever worked in a group until now could write in its sheet.
    op.execute("UPDATE group_member SET role = 'edit' WHERE role = 'member'")


def downgrade() -> None:
    op.execute("UPDATE group_member SET role = 'member'")
    with op.batch_alter_table("group_member") as table:
        table.drop_constraint("fk_group_member_came_with_id", type_="foreignkey")
        table.drop_column("came_with_id")
        table.alter_column(
            "role", server_default=sa.text("'member'"), existing_type=sa.String(20), existing_nullable=False
        )
    for name in ("theme", "group_name", *reversed(PEOPLE)):
        op.execute(f"ALTER TABLE proposal DROP COLUMN {name}")
