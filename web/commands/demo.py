"""`partnerstwo demo`: fills an installation with something to look at."""

import click

from web.commands.installation import database
from workflow.base import clock
from workflow.base.settings import Settings, load_settings


@click.group("demo")
def command_demo() -> None:
    """Load the demo editions and accounts."""


@command_demo.command("load")
def load() -> None:
    """Load five editions and their accounts; what is there already stays as it is.

    The accounts get the password of PARTNERSTWO_DEMO_PASSWORD, or "demo" where only this machine can reach them.
    """
    from workflow.demo import load as demo

    settings = load_settings()
    require_password(settings)
    with database(settings) as opened:
        loaded = demo.load(opened, password=settings.demo_password, at=clock.now(), uploads=settings.uploads)
    if not loaded.editions and not loaded.accounts:
        click.echo("The demo is there already.")
        return
    click.echo(f"The demo is loaded: {', '.join(loaded.editions) or 'no new edition'}; {loaded.accounts} new people.")


def require_password(settings: Settings) -> None:
    """Refuse a password that everybody knows where others can reach the sign-in page."""
    if settings.own_demo_password or (settings.is_local and not settings.is_production):
        return
    where = "in production" if settings.is_local else f"while HOST is {settings.host}, which others can reach"
    raise click.ClickException(
        f"the demo accounts would have a password that everybody knows {where}: set PARTNERSTWO_DEMO_PASSWORD."
    )
