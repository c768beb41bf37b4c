"""`partnerstwo lifecycle`: checks, draws and prints the tables that everything lives by."""

from pathlib import Path

import click

from workflow.lifecycle.definition import FOLDER, PREVIOUS, Lifecycle, LifecycleError, Step, load
from workflow.lifecycle.diagram import mermaid
from workflow.lifecycle.markdown import page
from workflow.rules.registry import NAMES, tables

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NAME = click.option("--name", default="local_partnership", show_default=True, help="Which table.")
LANGUAGE = click.option("--language", type=click.Choice(["pl", "en"]), default="pl", show_default=True)


@click.group("lifecycle")
def command_lifecycle() -> None:
    """Check, draw and print the lifecycle tables."""


@command_lifecycle.command("check")
@click.argument("file", type=FILE, required=False)
def check(file: Path | None) -> None:
    """Check FILE, or every table of the product; each mistake is printed with its line."""
    files = [file] if file else sorted(FOLDER.glob("*.toml"))
    wrong = 0
    for path in files:
        try:
            table = load(path, NAMES)
        except LifecycleError as error:
            wrong += len(error.mistakes)
            for mistake in error.mistakes:
                click.echo(str(mistake), err=True)
        else:
            click.echo(f"{path.name}: {summary(table)}")
    if wrong:
        raise click.ClickException(f"{wrong} {'mistake' if wrong == 1 else 'mistakes'} found.")


@command_lifecycle.command("diagram")
@NAME
@LANGUAGE
def diagram(name: str, language: str) -> None:
    """Draw a table as Mermaid text."""
    click.echo(mermaid(named(name), language), nl=False)


@command_lifecycle.command("show")
@NAME
@LANGUAGE
@click.option("--markdown", is_flag=True, help="All tables as docs/lifecycle.md.")
def show(name: str, language: str, *, markdown: bool) -> None:
    """Print a table: its states, then what may be done in each."""
    if markdown:
        click.echo(page(tables().values()), nl=False)
        return
    table = named(name)
    click.echo(f"{table.label.say(language)} ({table.name} {table.version}): {summary(table)}")
    for step in table.steps_from(None):
        click.echo(f"  {line_of(step, language)}")
    for state in table.states.values():
        click.echo(f"\n{state.key}: {state.label.say(language)} ({state.kind})")
        for step in table.steps_from(state.key):
            click.echo(f"  {line_of(step, language)}")


def named(name: str) -> Lifecycle:
    versions = [table for table in tables().values() if table.name == name]
    if not versions:
        known = ", ".join(sorted({table.name for table in tables().values()}))
        raise click.UsageError(f"there is no table `{name}`; there are: {known}.")
    return max(versions, key=lambda table: table.version)


def summary(table: Lifecycle) -> str:
    return f"{len(table.states)} states, {len(table.steps)} steps, {len(table.records)} records"


def line_of(step: Step, language: str) -> str:
    """A step with its target, who may take it, and its guards."""
    target = "the state before" if step.target == PREVIOUS else step.target or "(stays)"
    came_from = f" when come from {', '.join(step.came_from)}" if step.came_from else ""
    guards = f", only if {', '.join(step.guards)}" if step.guards else ""
    arrow = f"{step.name} -> {target}{came_from}"
    return f"{arrow}: {step.label.say(language)}; {' or '.join(step.who)}{guards}"
