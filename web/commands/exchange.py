"""`partnerstwo import` and `partnerstwo export`: lists of people in, editions out."""

import sys
from pathlib import Path

import click

from web.commands.installation import database, edition_named, snapshot
from web.views.edition_file import FORMATS
from workflow.base import clock
from workflow.base.errors import BadInput
from workflow.base.i18n import DEFAULT, LANGUAGES
from workflow.base.settings import load_settings
from workflow.participant_lists.headings import LABELS

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
    """Add the people of FILE (CSV, text or XLSX) to an edition: all of them or, where a line is wrong, nobody.

    The columns are found by their headings in Polish or English: a name is needed; email, organisation, its kind and
    commune, role, sector, position and others may follow. The same file again changes nothing. Nobody is sent a letter.
    """
    from workflow.participant_lists.commands import read_list

    try:
        with database() as opened, opened.transaction() as tx:
            plan = read_list(tx, file, edition_named(tx, key), settings=load_settings(), at=clock.now())
            if dry_run or plan.problems:
                raise Undone
    except Undone:
        pass
    except BadInput as refusal:
        raise click.ClickException(" ".join(text.say("en") for text in refusal.fields.values())) from None
    for problem in plan.problems:
        where = f"line {problem.row}" + (f", {LABELS[problem.column].say('en')}" if problem.column else "")
        click.echo(f"{where}: {problem.sentence.say('en')}", err=True)
    for line in plan.lines:
        click.echo(f"line {line.record.row}: {line.sentence.say('en')}")
    changed, wrong = sum(line.changes for line in plan.lines), len({problem.row for problem in plan.problems})
    if wrong:
        raise click.ClickException(f"{wrong} lines are wrong: nothing was changed.")
    click.echo(f"{len(plan.lines)} lines, {changed} {'would be new; nothing was changed' if dry_run else 'new'}.")


@click.command("export")
@click.argument("edition")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, show_default=True,
              help="Of headings and words in CSV and XLSX.")  # fmt: skip
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Instead of the standard output.")
def command_export(edition: str, form: str, language: str, output: Path | None) -> None:
    """Write the proposals of EDITION to a file; XLSX and JSON hold its conferences and its agreement as well."""
    from workflow.editions.export import export_edition

    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("an XLSX is not for the screen: add --output FILE.")
    with snapshot() as connection:
        content = FORMATS[form](export_edition(connection, edition_named(connection, edition)), language)
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
