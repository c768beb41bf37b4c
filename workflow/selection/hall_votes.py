"""The ballots of a hall: imported from a `.pb` file for an edition, matched by project number, and written out again.

Nothing here writes a row of a proposal or of the edition.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.errors import not_ready
from workflow.base.i18n import Money, Sentence, _
from workflow.db.dialect import upsert
from workflow.engine.draws import commit_once
from workflow.models import Edition, HallVote, Proposal, Tie
from workflow.models.base import table_of
from workflow.rules.facts import Actor
from workflow.rules.states import FUNDED, ProposalState
from workflow.voting.pabulib.election_file import WITHDRAWN_COST, ElectionFile, MalformedFile, Project
from workflow.voting.pabulib.lines import sections_of
from workflow.voting.pabulib.reader import read
from workflow.voting.pabulib.writer import write


def import_ballots(
    tx: Connection, edition: Mapping[str, Any], content: bytes, *, actor: Actor, at: datetime
) -> tuple[Sentence, ...]:
    """Take the ballots of a file for an edition in place of those before; returns what is worth a look.

    Voters are numbered anew in the order of their ballots' content: neither an order nor anything about them is kept.
    Costs and budget of the edition count, not those of the file. An edition without a seed for its draw gets one first.
    Raises MalformedFile with the line, NotReady where a tie on the ballots before was broken already.
    """
    election = read(content)
    projects = _projects(tx, edition["id"])
    _refuse_unknown(content, election, projects)
    tx.execute(select(Edition.id).where(Edition.id == edition["id"]).with_for_update(key_share=True))
    if tx.execute(select(Tie.kind).where(Tie.edition_id == edition["id"]).limit(1)).first():
        sentence = _("A tie on the present ballots was broken already. They are not replaced any more.")
        raise not_ready("ties_broken", sentence)
    stored = replace(election, ballots=tuple(sorted(election.ballots)), warnings=())
    values = {
        "content": write(stored), "file_digest": sha256(content).hexdigest(), "imported_at": at,
        "imported_by_id": actor.id,
    }  # fmt: skip
    commit_once(tx, edition["id"], actor.id or 0, at=at)
    statement = upsert(tx)(table_of(HallVote)).values(edition_id=edition["id"], **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["edition_id"], set_=values))
    return (*election.warnings, *_differences(election, projects, edition))


def ballots_of(tx: Connection, edition_id: int) -> ElectionFile | None:
    """The imported ballots of an edition, if there are any; one statement."""
    query = select(HallVote.content).where(HallVote.edition_id == edition_id)
    content = tx.execute(query).scalar()
    return None if content is None else read(content.encode("utf-8"))


def exported(tx: Connection, edition: Mapping[str, Any]) -> str | None:
    """The ballots of an edition as a `.pb` file, with the titles, costs and budget of the edition; None without any.

    No age, sex or channel of anybody; a project is marked as selected once that was announced. Two statements.
    """
    election = ballots_of(tx, edition["id"])
    if election is None:
        return None
    projects = _projects(tx, edition["id"])
    limits = {name: election.meta[name] for name in ("max_sum_points", "max_points") if name in election.meta}
    meta = {
        "description": edition["title"], "country": "Poland", "unit": edition["county"],
        "instance": str(edition["year"]), **limits,
    }  # fmt: skip
    budget = election.budget if edition["budget"] is None else edition["budget"]
    options = tuple(_exported(project, projects[project.id]) for project in election.projects)
    return write(replace(election, projects=options, budget=budget, meta=meta))


def _exported(option: Project, row: Any) -> Project:
    cost = WITHDRAWN_COST * 100 if is_out(row.state) else row.cost
    decided = row.state in DECIDED
    return Project(option.id, cost, row.title, row.sector, str(int(row.state in FUNDED)) if decided else "")


P = ProposalState
OUT = frozenset({P.WITHDRAWN, P.MERGED, P.CANCELLED, P.NOT_ADMITTED})
DECIDED = frozenset({*FUNDED, P.RESERVE, P.NOT_SELECTED, P.APPEALED})


def is_out(state: str) -> bool:
    """Whether a project of this state takes no part any more; its votes stay on the ballots."""
    return state in OUT


def _projects(tx: Connection, edition_id: int) -> dict[str, Any]:
    p = Proposal
    query = select(p.number, p.title, p.sector, p.cost, p.state).where(p.edition_id == edition_id)
    return {str(row.number): row for row in tx.execute(query)}


def _refuse_unknown(content: bytes, election: ElectionFile, projects: Mapping[str, Any]) -> None:
    """Refuse the first project that the edition does not have, with its line."""
    unknown = {project.id for project in election.projects} - projects.keys()
    for row in sections_of(content)["PROJECTS"] if unknown else ():
        number = row.values["project_id"].strip()
        if number in unknown:
            raise MalformedFile(row.line, _("this edition has no project with the number {number}.", number=number))


def _differences(
    election: ElectionFile, projects: Mapping[str, Any], edition: Mapping[str, Any]
) -> tuple[Sentence, ...]:
    """What the file says otherwise than the edition."""
    named = {project.id for project in election.projects}
    found = [
        _("Project no. {number} costs {own} here and {given} in the file. The amount of the edition counts.",
          number=project.id, own=Money(projects[project.id].cost or 0), given=Money(project.cost))
        for project in election.projects
        if not project.withdrawn and project.cost != (projects[project.id].cost or 0)
    ]  # fmt: skip
    waiting = (number for number, row in projects.items() if row.state == P.PRESENTED and number not in named)
    found += [
        _("Project no. {number} waits for the decision, but nobody could vote for it.", number=number)
        for number in sorted(waiting, key=int)
    ]
    if edition["budget"] is not None and edition["budget"] != election.budget:
        sentence = _("The budget is {own} here and {given} in the file. That of the edition counts.",
                     own=Money(edition["budget"]), given=Money(election.budget))  # fmt: skip
        found.append(sentence)
    return tuple(found)
