"""Takes the tables back to what they were before a migration."""

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from workflow.db.schema import _config


def downgrade_before(tx: Connection, revision: str) -> None:
    """Undo this migration and all that follow it, in the caller's transaction."""
    config = _config(tx)
    command.downgrade(config, str(ScriptDirectory.from_config(config).get_revision(revision).down_revision))
