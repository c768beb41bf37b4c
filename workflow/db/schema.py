"""The tables of the database: brought up to date, and compared with the models."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from workflow.db.database import Database
from workflow.db.revision import FOLDER
from workflow.models import Base

LOCK = 7_266_001


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Bring the tables up to date; several processes may ask at once, one does it and the others wait."""
    with database.transaction() as tx:
        if not database.is_sqlite:
            tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        command.upgrade(_config(tx), "head")


def differences(connection: Connection) -> list[Any]:
    """What the models say and the database does not, or the reverse; empty when they agree."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))
