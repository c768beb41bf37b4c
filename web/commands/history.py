"""`partnerstwo history`: verifies the history, prints its head to publish, and prints it for auditors."""

import json
from pathlib import Path

import click

from web.commands.installation import edition_named, snapshot
from workflow.engine import audit, chains, history

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("history")
def command_history() -> None:
    """Verify, publish and dump the history."""


@command_history.command("verify")
@click.option("--edition", "key", help="Only what belongs to this edition; everything where left out.")
@click.option("--head", "file", type=FILE, help="A head that was published before: a line of `history head`.")
def verify(key: str | None, file: Path | None) -> None:
    """Recompute every hash chain and replay it against the subject's row and records.

    Exit 1 and name the first subject that differs: a changed entry, a row that is not what its history led to, a
    subject that is gone, or a chain that is not the one of the published head.
    """
    try:
        published = audit.read_head(file.read_text("utf-8")) if file else chains.NO_HEADS
    except (audit.NotAHead, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    with snapshot() as connection:
        edition_id = edition_named(connection, key) if key else None
        verdict = audit.verify(connection, edition_id=edition_id, published=published)
    if verdict.broken:
        raise click.ClickException(f"the history is broken at {verdict.broken}.")
    click.echo(f"Every chain holds: {verdict.entries} entries of {verdict.subjects} subjects.")
    if verdict.erased:
        click.echo(f"Words were erased from {verdict.erased} of them; of these only chain and state were compared.")


@command_history.command("head")
def head() -> None:
    """Print the head to publish as one line of JSON; `history verify --head` compares with it."""
    with snapshot() as connection:
        click.echo(json.dumps(audit.head(connection)))


@command_history.command("dump")
def dump() -> None:
    """Print every entry as a JSON line, in the order of writing."""
    with snapshot() as connection:
        for entry in history.dump(connection):
            click.echo(json.dumps(entry, ensure_ascii=False))
