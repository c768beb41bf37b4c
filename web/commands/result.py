"""`partnerstwo result`: verifies a published result from its file alone, without database or network."""

from pathlib import Path

import click

from workflow.voting.results.verification import verify_result

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("result")
def command_result() -> None:
    """Verify published results."""


@command_result.command("verify")
@click.argument("file", type=FILE)
@click.option("--quick", is_flag=True, help="Of budget increases count only the kept run and the next one.")
def verify(file: Path, *, quick: bool) -> None:
    """Count the result in FILE again; exit 1 and say what differs first where it does not hold."""
    content = verify_result(file.read_bytes(), quick=quick)
    ballots = sum(ballot.get("count", 1) for ballot in content["ballots"])
    click.echo(f"The result holds: {ballots} ballots, {len(content['options'])} options, digest {content['digest']}.")
