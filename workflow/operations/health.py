"""Asks a database what a doctor wants to know of it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from workflow.models import Person

# What keeps the record append-only, by the kind of the database.
TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'history'::regclass AND NOT tgisinternal",
}


def keeps_record(connection: Connection) -> bool:
    """Whether the database itself refuses to change or delete entries of the record."""
    return bool(connection.execute(text(TRIGGERS[connection.dialect.name])).scalar_one())


def clock(connection: Connection) -> datetime | None:
    """The moment by the database's own clock; SQLite has none."""
    if connection.dialect.name == "sqlite":
        return None
    value: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return value


def password_hashes(connection: Connection, emails: Iterable[str]) -> list[str]:
    """What is kept of the passwords of these accounts."""
    query = select(Person.password_hash).where(Person.email.in_(tuple(emails)), Person.active.is_(True))
    return [number for number in connection.execute(query).scalars() if number]
