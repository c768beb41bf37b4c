"""On PostgreSQL both rows of the tally of a changed proposal are written by one INSERT: a twentieth of a step."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

INTO = "INSERT INTO state_tally (edition_id, state, projects, cost) VALUES"
LEFT = "(OLD.edition_id, OLD.state, -1, -coalesce(OLD.cost, 0))"
CAME = "(NEW.edition_id, NEW.state, 1, coalesce(NEW.cost, 0))"
_AT_ONCE = f"""
    IF TG_OP = 'UPDATE' THEN {INTO} {LEFT}, {CAME};
    ELSIF TG_OP = 'INSERT' THEN {INTO} {CAME};
    ELSE {INTO} {LEFT}; END IF;
"""
_ONE_BY_ONE = f"""
    IF TG_OP <> 'INSERT' THEN {INTO} {LEFT}; END IF;
    IF TG_OP <> 'DELETE' THEN {INTO} {CAME}; END IF;
"""


def _replace(body: str) -> None:
    # SQLite's trigger is compiled into the UPDATE itself and stays as it is.
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE OR REPLACE FUNCTION keep_state_tally() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {body} RETURN NULL; END $$"
        )


def upgrade() -> None:
    _replace(_AT_ONCE)


def downgrade() -> None:
    _replace(_ONE_BY_ONE)
