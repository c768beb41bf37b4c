"""`partnerstwo rehearse`: every letter and timer of an edition on a moved clock, from a throw-away copy."""

import json
from datetime import date, datetime

import click

from web.commands.installation import database, edition_named
from workflow.base import clock
from workflow.base.settings import load_settings


@click.command("rehearse")
@click.argument("edition")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day; else until nothing is due any more.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: each day, then how it ends.")
def command_rehearse(edition: str, until: datetime | None, *, as_json: bool) -> None:
    """Show, day by day, what the clock will do in EDITION and every letter that people will get.

    Nobody does anything in a rehearsal: it shows what happens by itself, and what waits for somebody. It runs on a
    copy that is removed afterwards; nothing is sent, and nothing is changed here.
    """
    from workflow.operations.rehearsal import report
    from workflow.operations.rehearsal.course import Rehearsal

    settings = load_settings()
    with database(settings) as opened:
        with opened.reading() as connection:
            edition_id = edition_named(connection, edition)
        rehearsal = Rehearsal(opened, edition_id, at=clock.now(), base_url=settings.base_url, until=_day(until))
        if not as_json:
            click.echo(report.NOBODY_ACTS.say("en"))
        for day in rehearsal.days():
            click.echo(json.dumps(report.day_as_json(day), ensure_ascii=False) if as_json
                       else f"\n{report.day_as_text(day, 'en')}")  # fmt: skip
        if as_json:
            click.echo(json.dumps(report.ending_as_json(rehearsal), ensure_ascii=False))
        else:
            click.echo(f"\n{report.ending_as_text(rehearsal, 'en')}")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
