"""`partnerstwo backup` and `partnerstwo restore`: a copy of the whole installation, and back."""

from pathlib import Path

import click

from web.commands.installation import database
from workflow.base import clock
from workflow.base.settings import load_settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=FILE)
def command_backup(file: Path) -> None:
    """Write a consistent copy of database and uploads to FILE, while everything goes on.

    FILE holds people's data and is readable by its owner only. SECRET_KEY is not in it: keep it elsewhere, because
    second factors cannot be read without it.
    """
    from workflow.operations.backup import write_copy

    settings = load_settings()
    with database(settings) as opened:
        copied = write_copy(opened, settings.uploads, file.absolute(), at=clock.now())
    click.echo(f"{file}: {copied.rows} rows and {copied.files} files.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rehearsal", "is_rehearsal", is_flag=True, help="Mark it as a copy whose clock may be moved.")
def command_restore(file: Path, *, is_rehearsal: bool) -> None:
    """Restore a copy from FILE into an empty installation; all mail stays paused until you release it."""
    from workflow.db import schema
    from workflow.engine import audit
    from workflow.operations.backup import read_copy

    settings = load_settings()
    with database(settings, migrated=False) as opened:
        schema.upgrade(opened)
        copied = read_copy(opened, settings.uploads, file, at=clock.now(), is_rehearsal=is_rehearsal)
        with opened.snapshot() as connection:
            verdict = audit.verify(connection)
    click.echo(f"Restored {copied.rows} rows and {copied.files} files.")
    if verdict.broken:
        raise click.ClickException(f"restored, but the history is broken at {verdict.broken}.")
    click.echo(f"Every chain of the history holds: {verdict.entries} entries.")
    click.echo("Mail is paused. When everything is in order: partnerstwo outbox release")
