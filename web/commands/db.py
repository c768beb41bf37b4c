"""`partnerstwo db`: brings the tables up to date, and compares them with the models."""

from typing import Any

import click

from workflow.base.settings import load_settings
from workflow.db.database import Database
from workflow.db.revision import is_current


@click.group("db")
def command_db() -> None:
    """The tables of the database."""


@command_db.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date; does nothing when they are."""
    from workflow.db import schema

    database = opened()
    schema.upgrade(database)
    database.close()
    click.echo("The database is up to date.")


@command_db.command("check")
def check() -> int:
    """Compare the tables with the models; exit 1 and name each difference when there is one."""
    from workflow.db import schema

    database = opened()
    with database.reading() as connection:
        current = is_current(connection)
        differences = schema.differences(connection) if current else []
    database.close()
    if not current:
        raise click.ClickException("the database is behind this version: run `partnerstwo db upgrade`.")
    for difference in differences:
        click.echo(named(difference))
    if differences:
        raise click.ClickException("the database differs from the models: a migration is missing.")
    click.echo("The database agrees with the models.")
    return 0


def named(difference: Any) -> str:
    """One difference as a line: what is to be done to which table, index or column."""
    if isinstance(difference, list):
        return "; ".join(named(part) for part in difference)
    kind, *rest = difference
    names = [str(getattr(part, "name", part)) for part in rest if isinstance(getattr(part, "name", part), str)]
    return f"{kind} {' '.join(names)}"


def opened() -> Database:
    """The database of the settings; a file's folder is made, for SQLite would not."""
    settings = load_settings()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(settings.database_url)
