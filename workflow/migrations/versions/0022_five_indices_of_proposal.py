"""Five indices of a proposal instead of twelve; its people in a table that only a change of them writes.

PostgreSQL writes into every index of a row whose indexed columns change, and each step changes state and date. What
each index is read for, and the figures: docs/decisions/0037.
"""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PEOPLE = ("author_id", "leader_id", "coordinator_id")
KEPT = {
    "ix_proposal_title": ["edition_id", "sort_key", "id", "state"],
    "ix_proposal_work": ["edition_id", "due_at", "updated_at", "id", "state"],
}
# Those of the version before, with their columns.
GONE = {
    "ix_proposal_board": ["edition_id", "state", "sort_key", "id"],
    "ix_proposal_recent": ["edition_id", "updated_at", "id", "state"],
    "ix_proposal_title": ["edition_id", "sort_key", "id"],
    "ix_proposal_cost": ["edition_id", "cost", "id"],
    "ix_proposal_due": ["edition_id", "due_at", "id", "state"],
    "ix_proposal_public": ["edition_id", "sort_key", "id"],
    **{f"ix_proposal_{column}": [column] for column in PEOPLE},
}
PUBLIC = sa.text(
    "state IN ('cancelled', 'completed', 'in_implementation', 'reserve', 'selected', 'settled', 'suspended')"
)
# Each person once, whatever that person is.
_PEOPLE_OF = "INSERT INTO proposal_person (person_id, proposal_id) " + " UNION ".join(
    f"SELECT {{row}}.{column}, {{row}}.id {{source}}WHERE {{row}}.{column} IS NOT NULL" for column in PEOPLE
)
_NEW, _EVERY = _PEOPLE_OF.format(row="NEW", source=""), _PEOPLE_OF.format(row="proposal", source="FROM proposal ")
_OF = f"AFTER UPDATE OF {', '.join(PEOPLE)} ON proposal"
_CHANGED = " OR ".join(f"NEW.{column} IS {{distinct}} OLD.{column}" for column in PEOPLE)
_SQLITE = (
    f"CREATE TRIGGER people_of_new AFTER INSERT ON proposal BEGIN {_NEW}; END",
    f"""
    CREATE TRIGGER people_of_changed {_OF} WHEN {_CHANGED.format(distinct="NOT")}
    BEGIN DELETE FROM proposal_person WHERE proposal_id = OLD.id; {_NEW}; END
    """,  # noqa: S608 - words of our own
)
_POSTGRESQL = (
    f"""
    CREATE FUNCTION keep_proposal_people() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM proposal_person WHERE proposal_id = OLD.id;
        END IF;
        {_NEW};
        RETURN NULL;
    END $$
    """,  # noqa: S608 - words of our own
    "CREATE TRIGGER people_of_new AFTER INSERT ON proposal FOR EACH ROW EXECUTE FUNCTION keep_proposal_people()",
    f"""
    CREATE TRIGGER people_of_changed {_OF}
    FOR EACH ROW WHEN ({_CHANGED.format(distinct="DISTINCT FROM")}) EXECUTE FUNCTION keep_proposal_people()
    """,
)


def upgrade() -> None:
    for name in GONE:
        op.drop_index(name, "proposal")
    for name, columns in KEPT.items():
        op.create_index(name, "proposal", columns)
    op.create_table(
        "proposal_person",
        sa.Column("person_id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_person_person_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_person_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "proposal_id", name=op.f("pk_proposal_person")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_proposal_person_proposal_id"), "proposal_person", ["proposal_id"])
    for statement in (*(_SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL), _EVERY):
        op.execute(statement)


def downgrade() -> None:
    for name in ("people_of_new", "people_of_changed"):
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON proposal"
        op.execute(f"DROP TRIGGER {name}{on}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_proposal_people()")
    op.drop_table("proposal_person")
    for name in KEPT:
        op.drop_index(name, "proposal")
    for name, columns in GONE.items():
        here = PUBLIC if name == "ix_proposal_public" else None
        op.create_index(name, "proposal", columns, postgresql_where=here, sqlite_where=here)
