"""Reads what a list is drawn up from, for one reader: projects, ballots or score cards, limits, rule, broken ties.

A member with a conflict of interest gets everything computed without that project, and scores of projects only once
they are open.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec import Struct, field, structs
from sqlalchemy import Connection, or_, select

from workflow.engine.effective_decisions import effective_decisions
from workflow.engine.exclusions_reader import exclusive_projects
from workflow.models import Proposal
from workflow.rules.later_decisions import Exclusive
from workflow.rules.selection_rules import EditionRule, SelectionRule
from workflow.rules.session import ActiveDecision, Outcome, room_left
from workflow.rules.states import ProposalState
from workflow.selection.edition_rule import rule_of
from workflow.selection.hall_votes import ballots_of, is_out
from workflow.selection.proposed_list import Ballots, CardScores
from workflow.selection.score_queries import before_committee, scoring_of
from workflow.selection.score_rules import Scoring
from workflow.selection.tie_breaks import DrawLine, TieLine, draw_of, recorded, ties_of
from workflow.voting.counting.election import Election, Option, RecordedOrders
from workflow.voting.counting.profile import Profile
from workflow.voting.pabulib.election_file import ElectionFile

# Why a project has no place as long as the committee does not see its scores.
CLOSED = "scores_closed"


class ListProject(Struct, frozen=True):
    """A project as lists name it; the cost is in grosze."""

    id: int
    number: int
    title: str
    sector: str
    cost: int
    state: str


class Selection(Struct, frozen=True):
    """What a list is drawn up from, as one reader may know it; projects by number as text, which is their key."""

    rule: EditionRule
    election: Election
    ballots: Ballots
    projects: Mapping[str, ListProject]
    order: RecordedOrders
    ties: tuple[TieLine, ...] = ()
    draw: DrawLine | None = None
    # Projects that the reader does not get because of a conflict of interest, and those that have a decision.
    left_out: tuple[ListProject, ...] = ()
    decided: frozenset[str] = frozenset()
    # Why a project is not ranked, by its key.
    unranked: Mapping[str, str] = field(default_factory=dict)
    # Whether ballots of a hall were imported, counted by this rule or not.
    has_hall: bool = False
    # Whether a tie may be known: scores are open, or ballots were imported.
    is_known: bool = False

    @property
    def is_of_hall(self) -> bool:
        """Whether ballots of a hall are counted, and not score cards."""
        return isinstance(self.ballots, Profile)


def selection_of(
    tx: Connection, edition: Mapping[str, Any], *, reader_id: int | None, at: datetime, on_hall: bool = False,
    whole: bool = False,
) -> Selection:  # fmt: skip
    """The selection of an edition for one reader; about twenty statements, nothing is locked.

    With `on_hall` ballots of a hall are looked at, if there are any, also where the rule counts score cards. Only
    projects that wait for a decision can be taken, with the places and the money that decisions have left; with `whole`
    it is the whole edition, as if nothing had been decided.
    """
    scoring, hall, rule = scoring_of(tx, edition, at=at), ballots_of(tx, edition["id"]), rule_of(edition)
    of_hall = hall is not None and (on_hall or rule.rule is not SelectionRule.AVERAGE)
    recused = {number for number, line in scoring.projects.items() if reader_id in line.recused}
    known = _projects(tx, edition["id"], hall)
    decisions = () if whole else effective_decisions(tx, edition["id"])
    places, budget = room_left(edition["places"], edition["budget"], decisions)
    projects = {str(row.number): row for row in known if row.id not in recused}
    ids = {decision.proposal_id for decision in decisions}
    decided = {key for key, row in projects.items() if not whole and _is_decided(row, ids)}
    if hall and of_hall:
        ballots: Ballots = _without(hall, projects)
        rule = structs.replace(rule, threshold=max(rule.threshold, hall.threshold))
        projects = {key: project for key, project in projects.items() if key in {option.id for option in hall.projects}}
    else:
        projects = {key: project for key, project in projects.items() if key not in decided}
        ballots = _means(scoring, reader_id, projects)
    options = _options(projects, decided, decisions, exclusive_projects(tx, edition["id"]))
    hidden = {str(row.number) for row in known if row.id in recused}
    ties = tuple(tie for tie in ties_of(tx, edition["id"]) if hidden.isdisjoint(tie.members))
    return Selection(
        rule, Election(options, budget, places), ballots, projects, recorded(ties), ties, draw_of(tx, edition["id"]),
        tuple(row for row in known if row.id in recused), frozenset(decided),
        {} if of_hall else _unranked(scoring, reader_id), hall is not None,
        hall is not None or scoring.any_open,
    )  # fmt: skip


def _options(
    projects: Mapping[str, ListProject], decided: Collection[str], decisions: Sequence[ActiveDecision],
    exclusive: Sequence[Exclusive],
) -> tuple[Option, ...]:  # fmt: skip
    """What a rule chooses from: without those that are decided or out, and those that a selected project excludes."""
    groups = {project.proposal_id: str(project.group) for project in exclusive}
    selected = {decision.proposal_id for decision in decisions if decision.outcome == Outcome.SELECT}
    taken = {groups[proposal] for proposal in selected if proposal in groups}
    return tuple(
        Option(key, row.cost, groups.get(row.id), key in decided or is_out(row.state) or groups.get(row.id) in taken)
        for key, row in projects.items()
    )


def _is_decided(project: ListProject, decided: set[int]) -> bool:
    """Whether a project does not wait for a decision any more, other than by leaving."""
    return project.id in decided or (project.state != ProposalState.PRESENTED and not is_out(project.state))


def _projects(tx: Connection, edition_id: int, hall: ElectionFile | None) -> list[ListProject]:
    """The projects that the committee has or had before it, and those on the ballots."""
    p = Proposal
    numbers = [int(project.id) for project in hall.projects] if hall else []
    query = select(p.id, p.number, p.title, p.sector, p.cost, p.state).order_by(p.number)
    rows = tx.execute(query.where(p.edition_id == edition_id, or_(before_committee(), p.number.in_(numbers))))
    return [ListProject(row.id, row.number, row.title, row.sector, row.cost or 0, row.state) for row in rows]


def _without(hall: ElectionFile, projects: Mapping[str, Any]) -> Profile:
    """The ballots with the marks of the reader's projects alone."""
    profile = hall.profile
    if all(project.id in projects for project in hall.projects):
        return profile
    groups = tuple(
        replace(group, choice=tuple(mark for mark in group.choice if mark[0] in projects)) for group in profile.groups
    )
    return replace(profile, groups=groups)


def _means(scoring: Scoring, reader_id: int | None, projects: Collection[str]) -> CardScores:
    ranking = scoring.ranking(reader_id)
    return CardScores({
        str(line.project.number): line.assessment.mean
        for line in ranking if line.assessment.unranked is None and line.assessment.mean is not None
        and str(line.project.number) in projects
    })  # fmt: skip


def _unranked(scoring: Scoring, reader_id: int | None) -> dict[str, str]:
    """Why a project has no place, of those that the reader may know: its scores are closed, or what its cards say."""
    closed = {
        str(project.number): CLOSED for project in scoring.projects.values() if not scoring.is_open(project)
    }  # fmt: skip
    lines = scoring.ranking(reader_id)
    return closed | {
        str(line.project.number): line.assessment.unranked.value for line in lines if line.assessment.unranked
    }
