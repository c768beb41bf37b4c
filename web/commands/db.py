"""`partnerstwo db`: brings the tables up to date, and compares them with the models."""

import click

from workflow.database import Database
from workflow.settings import load_settings


@click.group("db")
def command_db() -> None:
    """The tables of the database."""


@command_db.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date; does nothing when they are."""
    from workflow import schema

    database = opened()
    schema.upgrade(database)
    database.close()
    click.echo("The database is up to date.")


@command_db.command("check")
def check() -> int:
    """Compare the tables with the models; exit 1 and name each difference when there is one."""
    from workflow import schema

    database = opened()
    with database.reading() as connection:
        current = schema.is_current(connection)
        found = schema.differences(connection)
    database.close()
    for difference in found:
        click.echo(str(difference))
    if found or not current:
        raise click.ClickException("the database differs from the models: run `partnerstwo db upgrade`.")
    click.echo("The database agrees with the models.")
    return 0


def opened() -> Database:
    """The database of the settings; a file's folder is made, for SQLite would not."""
    settings = load_settings()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(settings.database_url)
