"""`partnerstwo result`: verifies a result from its file alone, and writes the file of a counted vote."""

import sys
from pathlib import Path

import click
from sqlalchemy import select

from web.commands.installation import edition_named, snapshot
from workflow.base import clock
from workflow.engine.result_reader import result_file
from workflow.models import Edition
from workflow.selection.list_files import result_of_list
from workflow.voting.results.verification import verify_result

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("result")
def command_result() -> None:
    """Write the results of votes, and verify published ones."""


@command_result.command("verify")
@click.argument("file", type=FILE)
@click.option("--quick", is_flag=True, help="Of budget increases count only the kept run and the next one.")
def verify(file: Path, *, quick: bool) -> None:
    """Count the result in FILE again; exit 1 and say what differs first where it does not hold."""
    content = verify_result(file.read_bytes(), quick=quick)
    ballots = sum(ballot.get("count", 1) for ballot in content["ballots"])
    click.echo(f"The result holds: {ballots} ballots, {len(content['options'])} options, digest {content['digest']}.")


@command_result.command("export")
@click.argument("poll_id", type=click.IntRange(min=1))
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Instead of the standard output.")
def export(poll_id: int, output: Path | None) -> None:
    """Write the result file of the counted vote POLL_ID: the bytes that its page offers, announced or not.

    Exit 1 where there is no such vote, where it is not counted, or where its rows were changed since the count.
    """
    with snapshot() as connection:
        data = result_file(connection, poll_id)
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


@command_result.command("list")
@click.argument("edition")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Instead of the standard output.")
def write_list(edition: str, output: Path | None) -> None:
    """Write the result file of the rule of EDITION on the ballots of its hall, as costs and projects are now.

    Exit 1 without such ballots, where a tie is not broken, or where the rule has no outcome.
    """
    with snapshot() as connection:
        query = select(Edition.__table__).where(Edition.id == edition_named(connection, edition))
        data = result_of_list(connection, dict(connection.execute(query).mappings().one()), at=clock.now())
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
