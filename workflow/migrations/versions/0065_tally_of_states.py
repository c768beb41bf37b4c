"""How many proposals are in each state of an edition, and what they cost: kept by triggers, read without counting."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

INTO = "INSERT INTO state_tally (edition_id, state, projects, cost)"
_LEFT = f"{INTO} VALUES (OLD.edition_id, OLD.state, -1, -coalesce(OLD.cost, 0))"
_CAME = f"{INTO} VALUES (NEW.edition_id, NEW.state, 1, coalesce(NEW.cost, 0))"
_SUMS = "state, sum(projects), sum(cost)"
_LEFT_OVER = "GROUP BY state HAVING sum(projects) <> 0 OR sum(cost) <> 0"
# Each sixty-fourth difference adds up those of its edition.
_SHRINKS = "NEW.id % 64 = 0"
_WATCHED = ("edition_id", "state", "cost")
_OF = f"AFTER UPDATE OF {', '.join(_WATCHED)} ON proposal"
_CHANGED = " OR ".join(f"NEW.{column} IS {{distinct}} OLD.{column}" for column in _WATCHED)
_SQLITE = (
    f"CREATE TRIGGER tally_of_new AFTER INSERT ON proposal BEGIN {_CAME}; END",
    f"CREATE TRIGGER tally_of_changed {_OF} WHEN {_CHANGED.format(distinct='NOT')} BEGIN {_LEFT}; {_CAME}; END",
    f"CREATE TRIGGER tally_of_gone AFTER DELETE ON proposal BEGIN {_LEFT}; END",
    f"""
    CREATE TRIGGER tally_shrinks AFTER INSERT ON state_tally WHEN {_SHRINKS}
    BEGIN
        {INTO} SELECT NEW.edition_id, {_SUMS} FROM state_tally
        WHERE edition_id = NEW.edition_id AND id <= NEW.id {_LEFT_OVER};
        DELETE FROM state_tally WHERE edition_id = NEW.edition_id AND id <= NEW.id;
    END
    """,  # noqa: S608 - words of our own
)
_POSTGRESQL = (
    f"""
    CREATE FUNCTION keep_state_tally() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN {_LEFT}; END IF;
        IF TG_OP <> 'DELETE' THEN {_CAME}; END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION shrink_state_tally() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        WITH gone AS (
            DELETE FROM state_tally WHERE id IN (
                SELECT id FROM state_tally WHERE edition_id = NEW.edition_id AND id <= NEW.id FOR UPDATE SKIP LOCKED
            ) RETURNING state, projects, cost
        )
        {INTO} SELECT NEW.edition_id, {_SUMS} FROM gone {_LEFT_OVER};
        RETURN NULL;
    END $$
    """,  # noqa: S608 - words of our own
    "CREATE TRIGGER tally_of_new AFTER INSERT ON proposal FOR EACH ROW EXECUTE FUNCTION keep_state_tally()",
    f"""
    CREATE TRIGGER tally_of_changed {_OF}
    FOR EACH ROW WHEN ({_CHANGED.format(distinct="DISTINCT FROM")}) EXECUTE FUNCTION keep_state_tally()
    """,
    "CREATE TRIGGER tally_of_gone AFTER DELETE ON proposal FOR EACH ROW EXECUTE FUNCTION keep_state_tally()",
    f"""
    CREATE TRIGGER tally_shrinks AFTER INSERT ON state_tally
    FOR EACH ROW WHEN ({_SHRINKS}) EXECUTE FUNCTION shrink_state_tally()
    """,
)
_EVERY = f"""
{INTO} SELECT edition_id, state, count(*), coalesce(sum(cost), 0) FROM proposal GROUP BY edition_id, state
"""  # noqa: S608 - words of our own


def upgrade() -> None:
    op.create_table(
        "state_tally",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_state_tally_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_tally")),
    )
    op.create_index("ix_state_tally_edition", "state_tally", ["edition_id", "id"])
    op.execute(_EVERY)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    op.drop_index("ix_proposal_state", "proposal")
    op.create_index("ix_proposal_state", "proposal", ["edition_id", "state", "state_since", "id"])


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("tally_of_new", "tally_of_changed", "tally_of_gone"):
        op.execute(f"DROP TRIGGER {name}{'' if is_sqlite else ' ON proposal'}")
    op.drop_table("state_tally")
    if not is_sqlite:
        op.execute("DROP FUNCTION keep_state_tally()")
        op.execute("DROP FUNCTION shrink_state_tally()")
    op.drop_index("ix_proposal_state", "proposal")
    op.create_index("ix_proposal_state", "proposal", ["edition_id", "state", "state_since", "id", "cost"])
