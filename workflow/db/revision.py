"""The version of the tables: which one a database has, and which one this program was written for.

Every process asks for it as it starts, and importing Alembic would take as long as all else that a command does.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).parents[1] / "migrations"
TABLE = "alembic_version"
# How a migration names itself and the one before it.
OWN, BEFORE = (re.compile(rf'^{name}\b[^=\n]*= "(\w+)"', re.MULTILINE) for name in ("revision", "down_revision"))


@cache
def newest() -> str:
    """The migration that no other one comes after, read from the files without running them."""
    sources = [path.read_text(encoding="utf-8") for path in (FOLDER / "versions").glob("[0-9]*.py")]
    before = {name for source in sources for name in BEFORE.findall(source)}
    (last,) = (name for source in sources for name in OWN.findall(source) if name not in before)
    return str(last)


def revision(connection: Connection) -> str | None:
    """The version of the tables that the database has; None where it has none yet."""
    if not inspect(connection).has_table(TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {TABLE}")).scalar()  # noqa: S608 - a word of our own


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version of the program."""
    return revision(connection) == newest()
