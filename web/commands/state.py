"""`partnerstwo state`: where every subject is, for auditors."""

import json

import click

from web.commands.installation import snapshot
from workflow.engine import audit


@click.group("state")
def command_state() -> None:
    """Dump the state of every subject."""


@command_state.command("dump")
def dump() -> None:
    """Print kind, id, state and version of every proposal, edition, conference and agreement as JSON lines."""
    with snapshot() as connection:
        for line in audit.states(connection):
            click.echo(json.dumps(line, ensure_ascii=False))
