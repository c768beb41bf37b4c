"""`partnerstwo selection`: counts a Pabulib file by a rule, without any database; writes the ballots of an edition."""

import json
from pathlib import Path

import click
from sqlalchemy import select

from web.commands.installation import edition_named, snapshot
from workflow.models import Edition
from workflow.voting.counting.election import NO_ORDER, CountError, Outcome, Tie, TieOrder, Undecided, lexical
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.rules import Rule, RuleName
from workflow.voting.counting.rules import count as count_by
from workflow.voting.pabulib.election_file import ElectionFile
from workflow.voting.pabulib.numbers import zloty
from workflow.voting.pabulib.reader import read

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
RULES = [rule.value for rule in RuleName if rule is not RuleName.PLACES]
LEXICAL = "lexico"


@click.group("selection")
def command_selection() -> None:
    """Count ballots by a selection rule; write those of an edition."""


@command_selection.command("count")
@click.argument("file", type=FILE)
@click.option("--rule", type=click.Choice(RULES), required=True, help="The rule.")
@click.option("--ties", metavar="lexico|ID,ID,...", help="The order of tied projects: by id as a string, or as listed.")
@click.option(
    "--utility",
    type=click.Choice([utility.value for utility in Utility]),
    default="cost",
    show_default=True,
    help="Of Equal Shares.",
)
@click.option("--completion", type=click.Choice(["utilitarian"]), help="Spend what is left by votes.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def count(file: Path, rule: str, ties: str | None, utility: str, completion: str | None, *, as_json: bool) -> None:
    """Count the Pabulib FILE; exit 1 where a decisive tie stays undecided, or with the line that is malformed.

    A threshold of the file applies to every rule, and a project that costs 999999999 takes no part. With a greedy
    rule the utilities cardinality and points order by score for each zloty. Nothing is read or written but FILE.
    """
    election = read(file.read_bytes())
    parameters = Rule(RuleName(rule), Utility(utility), completion is not None, election.threshold)
    outcome = decided(election, parameters, tie_order(ties, election))
    for warning in election.warnings:
        click.echo(f"partnerstwo: warning: {warning.say('en')}", err=True)
    click.echo(json.dumps(as_object(outcome), ensure_ascii=False) if as_json else as_text(outcome, election))


def tie_order(ties: str | None, election: ElectionFile) -> TieOrder:
    """The order that an option gives; an unknown or repeated id is wrong usage."""
    if ties is None:
        return NO_ORDER
    if ties == LEXICAL:
        return lexical(election.election)
    keys = tuple(key.strip() for key in ties.split(","))
    unknown = [key for key in keys if key not in election.election.by_key]
    if unknown or len(set(keys)) != len(keys):
        problem = f"there is no project {unknown[0]!r}" if unknown else "a project is listed twice"
        raise click.BadParameter(f"{problem}.", param_hint="--ties")
    return TieOrder(keys)


def decided(election: ElectionFile, rule: Rule, order: TieOrder) -> Outcome:
    """The outcome; an undecided tie and a count without an outcome are findings."""
    try:
        outcome = count_by(election.election, election.profile, rule, order)
    except CountError as error:
        figures = ", ".join(f"{name} {value}" for name, value in error.figures.items())
        raise click.ClickException(f"there is no outcome: {error.reason.replace('_', ' ')} ({figures}).") from None
    if isinstance(outcome, Undecided):
        raise click.ClickException(f"undecided {described(outcome.tie)}: give an order with --ties.")
    return outcome


def described(tie: Tie) -> str:
    return f"{tie.kind} tie between {', '.join(tie.members)}"


def effect(tie: Tie) -> str:
    return "broken by the given order" if tie.decisive else "changes nothing"


def as_object(outcome: Outcome) -> dict[str, object]:
    """Selected projects in the order of selection, zloty spent, and the decisive ties that the order has broken."""
    ties = [list(tie.members) for tie in outcome.decisive]
    return {"selected": list(outcome.selected), "spent": zloty(outcome.spent), "ties": ties}


def as_text(outcome: Outcome, election: ElectionFile) -> str:
    projects = {project.id: project for project in election.projects}
    lines = [f"{key}\t{zloty(projects[key].cost)}\t{projects[key].name}".rstrip() for key in outcome.selected]
    lines += [f"{described(tie)}: {effect(tie)}" for tie in outcome.ties]
    kept = "" if outcome.increment is None else f"; run {outcome.increment + 1} was kept"
    lines.append(f"{len(outcome.selected)} selected, {zloty(outcome.spent)} of {zloty(election.budget)} spent{kept}.")
    return "\n".join(lines)


@command_selection.command("export")
@click.argument("edition")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Instead of the standard output.")
def export(edition: str, output: Path | None) -> None:
    """Write the ballots of the hall of EDITION as a Pabulib file; exit 1 where none were imported.

    Voters are numbered; no age, sex or channel is written. A project is marked as selected once that was announced.
    """
    from workflow.selection.hall_votes import exported

    with snapshot() as connection:
        query = select(Edition.__table__).where(Edition.id == edition_named(connection, edition))
        text = exported(connection, dict(connection.execute(query).mappings().one()))
    if text is None:
        raise click.ClickException("no ballots were imported for this edition.")
    if output:
        output.write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)
