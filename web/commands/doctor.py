"""`partnerstwo doctor`: checks what an installation needs, and names the remedy for what is wrong."""

import click

from workflow.base.settings import load_settings


@click.command("doctor")
def command_doctor() -> None:
    """Check settings, database, broker, mail, clock and rights; exit 1 with the remedy for each finding."""
    from web.ops.doctor import examine

    wrong = 0
    for finding in examine(load_settings()):
        wrong += bool(finding.remedy)
        mark = "!!" if finding.remedy else "ok"
        click.echo(f"{mark}  {finding.about:12} {finding.text}")
        if finding.remedy:
            click.echo(f"    {'':12} remedy: {finding.remedy}")
    if wrong:
        raise click.ClickException(f"{wrong} {'thing needs' if wrong == 1 else 'things need'} mending.")
