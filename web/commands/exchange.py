"""`partnerstwo import` and `partnerstwo export`: lists of people in, editions out."""

import sys
from pathlib import Path

import click

from web.commands.installation import database, edition_named, snapshot
from web.views.spreadsheet import FORMATS, Unreadable, read_rows
from workflow.base import clock
from workflow.rules.facts import SYSTEM

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Undone(Exception):
    """Ends a transaction whose work is not to be kept."""


@click.group("import")
def command_import() -> None:
    """Read participants from a file."""


@command_import.command("participants")
@click.argument("file", type=FILE)
@click.option("--edition", "key", required=True, help="The edition's key.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def participants(file: Path, key: str, *, dry_run: bool) -> None:
    """Add the people of FILE (CSV or XLSX) to an edition: all of them or, where a line is wrong, nobody.

    The first line names the columns: name and email, and where wanted organisation, role, sector and language. The same
    file again changes nothing. Nobody is sent a letter.
    """
    from workflow.people.import_participants import Line, import_participants

    try:
        rows = read_rows(file)
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    lines: list[Line] = []
    try:
        with database() as opened, opened.transaction() as tx:
            edition = edition_named(tx, key)
            lines = import_participants(tx, rows, edition_id=edition, actor=SYSTEM, at=clock.now())
            if dry_run or any(line.wrong for line in lines):
                raise Undone
    except Undone:
        pass
    for line in lines:
        click.echo(f"line {line.number}: {line.sentence.say('en')}", err=line.wrong)
    wrong, changed = sum(line.wrong for line in lines), sum(line.changed for line in lines)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(lines)} lines are wrong: nothing was changed.")
    click.echo(f"{len(lines)} lines, {changed} {'would be new; nothing was changed' if dry_run else 'new'}.")


@click.command("export")
@click.argument("edition")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Instead of the standard output.")
def command_export(edition: str, form: str, output: Path | None) -> None:
    """Write the proposals of EDITION to a file; XLSX and JSON hold its conferences and its agreement as well."""
    from workflow.editions.export import export_edition

    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("an XLSX is not for the screen: add --output FILE.")
    with snapshot() as connection:
        content = FORMATS[form](export_edition(connection, edition_named(connection, edition)))
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
