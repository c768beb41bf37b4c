"""`partnerstwo outbox`: look at letters, try failed ones again, hold all mail back and let it go."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from web.commands.installation import database, snapshot
from workflow.base import clock
from workflow.notifications import deliveries, mail_pause
from workflow.notifications import delivery_log as queries

FINDING = 1


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction on the database of this installation."""
    with database() as opened, opened.transaction() as tx:
        yield tx


@click.group("outbox")
def command_outbox() -> None:
    """Look at, retry, pause and release letters."""


@command_outbox.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def status(*, as_json: bool) -> int:
    """Say what waits, what went out and what failed; exit 1 when letters failed."""
    with snapshot() as connection:
        now = queries.status(connection, at=clock.now())
        failed = queries.dead_letters(connection)
    if as_json:
        click.echo(json.dumps(now.as_json()))
        return FINDING if now.failed else 0
    click.echo(f"mail:        {'PAUSED, release it with: partnerstwo outbox release' if now.paused else 'flows'}")
    click.echo(f"not relayed: {now.not_relayed}")
    click.echo(f"waiting:     {now.created}" + (f" (the longest since {now.oldest_due:%Y-%m-%d %H:%M} UTC)"
                                                if now.oldest_due else ""))  # fmt: skip
    click.echo(f"sending:     {now.sending}\nsent:        {now.sent}\nfailed:      {now.failed}")
    for letter in failed:
        about = f"{letter.topic} of {letter.subject_kind}:{letter.subject_id}"
        click.echo(f"  {letter.id}  {letter.email}  {about}  after {letter.attempts} tries: {letter.error}")
    return FINDING if now.failed else 0


@command_outbox.command("retry")
@click.argument("numbers", nargs=-1, type=int)
def retry(numbers: tuple[int, ...]) -> None:
    """Put failed letters back into the queue: all of them, or those with the given numbers."""
    with writing() as tx:
        count = deliveries.retry(tx, at=clock.now(), ids=numbers or None)
    click.echo(f"{count} letters wait again.")


@command_outbox.command("pause")
def pause() -> None:
    """Hold back all letters until they are released."""
    with writing() as tx:
        mail_pause.pause_mail(tx, at=clock.now())
    click.echo("Mail is paused.")


@command_outbox.command("release")
def release() -> None:
    """Let letters go out again."""
    with writing() as tx:
        mail_pause.release_mail(tx)
    click.echo("Mail flows.")


@command_outbox.command("dump")
def dump() -> None:
    """Print every delivery as a JSON line, for auditors."""
    with snapshot() as connection:
        for line in queries.dump(connection):
            click.echo(json.dumps(line, ensure_ascii=False))
