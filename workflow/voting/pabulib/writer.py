"""Writes `.pb` files: projects, votes and totals, with voters numbered and nothing else about them."""

import csv
from collections.abc import Iterable
from io import StringIO

from workflow.voting.counting.ballots import Choice, Method
from workflow.voting.counting.profile import natural
from workflow.voting.pabulib.election_file import ElectionFile
from workflow.voting.pabulib.numbers import zloty

# The entries that every file has, in the order of the format; the rest follows.
FIRST = ("description", "country", "unit", "instance")
LAST = ("rule", "date_begin", "date_end")


def write(election: ElectionFile) -> str:
    """The text of a file. Voters are numbered in the order of the ballots: no age, sex or channel of anybody."""
    out = StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\n")
    for section in (["META"], ["key", "value"], *_meta(election), ["PROJECTS"], *_projects(election), ["VOTES"]):
        lines.writerow(section)
    for row in _votes(election):
        lines.writerow(row)
    return out.getvalue()


def _meta(election: ElectionFile) -> Iterable[list[str]]:
    counted = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(len(election.ballots)),
        "budget": zloty(election.budget),
        "vote_type": election.vote_type,
    }
    optional = {
        "min_project_score_threshold": str(election.threshold) if election.threshold else "",
        "max_length": "" if election.max_length is None else str(election.max_length),
    }
    given = dict(election.meta)
    head = {key: given.pop(key, "") for key in FIRST}
    tail = {key: given.pop(key, "") for key in LAST}
    entries = {**head, **counted, **tail, **{key: value for key, value in optional.items() if value}, **given}
    return [[key, value] for key, value in entries.items()]


def _projects(election: ElectionFile) -> Iterable[list[str]]:
    profile = election.profile
    votes, scores = profile.votes, profile.scores(natural(profile.method))
    scored = election.method in {Method.POINTS, Method.RANK}
    yield ["project_id", "cost", "votes", *(["score"] if scored else []), "name", "category", "selected"]
    for project in election.projects:
        totals = [str(votes.get(project.id, 0)), *([str(scores.get(project.id, 0))] if scored else [])]
        yield [project.id, zloty(project.cost), *totals, project.name, project.category, project.selected]


def _votes(election: ElectionFile) -> Iterable[list[str]]:
    has_points = election.method is Method.POINTS
    yield ["voter_id", "vote", *(["points"] if has_points else [])]
    for number, marked in enumerate(election.ballots, start=1):
        yield [str(number), _joined(marked, 0), *([_joined(marked, 1)] if has_points else [])]


def _joined(marked: Choice, part: int) -> str:
    return ",".join(str(mark[part]) for mark in marked)
