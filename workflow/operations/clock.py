"""Starts the clock of a process as its settings say; only a rehearsal may go by a moved clock in production."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, inspect, select

from workflow.base import clock
from workflow.base.settings import Settings, SettingsError
from workflow.db.database import Database
from workflow.models import Switch
from workflow.notifications.mail_pause import ON, Name

REFUSED = (
    "PARTNERSTWO_CLOCK moves the clock, which production refuses: unset it, "
    "or restore a copy with `partnerstwo restore --rehearsal` and move the clock there."
)


def start_clock(settings: Settings) -> None:
    """Let this process go by the clock of its settings.

    Asks the database only where a clock is moved in production. Raises SettingsError where it is no rehearsal.
    """
    chosen = clock.read_clock(settings.clock, data=settings.data)
    if chosen.is_moved and settings.is_production and not _is_rehearsal_at(settings.database_url):
        raise SettingsError(REFUSED)
    clock.set_clock(chosen)


def _is_rehearsal_at(url: str) -> bool:
    database = Database(url)
    try:
        with database.reading() as connection:
            return is_rehearsal(connection)
    finally:
        database.close()


def is_rehearsal(connection: Connection) -> bool:
    """Whether this database says that it is a copy to rehearse with."""
    if not inspect(connection).has_table(Switch.__tablename__):
        return False
    query = select(Switch.value).where(Switch.name == Name.REHEARSAL)
    return connection.execute(query).scalar_one_or_none() == ON


def mark_rehearsal(tx: Connection, *, at: datetime, is_rehearsal: bool) -> None:
    """Write whether this database is a copy to rehearse with; done once, when a copy is restored."""
    tx.execute(delete(Switch).where(Switch.name == Name.REHEARSAL))
    if is_rehearsal:
        tx.execute(insert(Switch).values(name=Name.REHEARSAL, value=ON, changed_at=at))
