"""`partnerstwo history`: recomputes every chain of the record, and prints it for auditors."""

import json

import click

from web.commands.installation import edition_named, snapshot
from workflow.engine import audit, history


@click.group("history")
def command_history() -> None:
    """Verify and dump the record."""


@command_history.command("verify")
@click.option("--edition", "key", help="Only the chains of this edition; all of them where left out.")
def verify(key: str | None) -> None:
    """Recompute every hash chain; exit 1 and name the first broken entry when one does not hold."""
    with snapshot() as connection:
        known = audit.heads(connection, edition_named(connection, key) if key else None)
        verdict = history.verify(connection, known)
        broken = verdict.broken or (None if key else audit.stray(connection, known))
    if broken:
        where = f"{broken.subject}, entry {broken.version}" + (f" (number {broken.seq})" if broken.seq else "")
        raise click.ClickException(f"the record is broken at {where}: {broken.why}.")
    click.echo(f"Every chain holds: {verdict.entries} entries of {verdict.subjects} subjects.")


@command_history.command("dump")
def dump() -> None:
    """Print every entry as a JSON line, in the order of writing."""
    with snapshot() as connection:
        for entry in history.dump(connection):
            click.echo(json.dumps(entry, ensure_ascii=False))
