"""The installation that a command works on: its settings and its database, opened for as long as the command needs."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from web.ops import garbage
from workflow.base.errors import NotFound
from workflow.base.i18n import _
from workflow.base.settings import Settings, load_settings
from workflow.db.database import Database
from workflow.db.revision import is_current
from workflow.proposals.api_rows import edition_number


@contextmanager
def database(settings: Settings | None = None, *, migrated: bool = True) -> Iterator[Database]:
    """The database of this installation; a database behind this version is refused with the remedy.

    The process goes by the clock of the settings from then on.
    """
    from workflow.operations.clock import start_clock

    chosen = settings or load_settings()
    start_clock(chosen)
    if chosen.is_sqlite:
        chosen.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = Database(chosen.database_url, poll_keys=chosen.poll_keys)
    try:
        if migrated:
            with opened.reading() as connection:
                if not is_current(connection):
                    raise click.ClickException("the database is behind this version: run `partnerstwo db upgrade`.")
        garbage.collect()
        yield opened
    finally:
        opened.close()


@contextmanager
def snapshot() -> Iterator[Connection]:
    """One unchanging view of the database, however long the reading takes."""
    with database() as opened, opened.snapshot() as connection:
        yield connection


def edition_named(connection: Connection, key: str) -> int:
    """The number of an edition; an unknown key is refused."""
    number = edition_number(connection, key)
    if number is None:
        raise NotFound(_("There is no edition {key}.", key=key))
    return number
