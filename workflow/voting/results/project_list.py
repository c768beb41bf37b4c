"""The result file of a list that was drawn up from ballots of a hall: ballots by choice, rule, ties and the list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.voting.counting.election import Election, Undecided
from workflow.voting.counting.profile import Profile
from workflow.voting.counting.rules import Rule
from workflow.voting.results.canonical import SCHEMA
from workflow.voting.results.content import written
from workflow.voting.results.motion import moment
from workflow.voting.results.writing import RecordedBreaks, write_result


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw that took place."""

    commitment: str
    seed: str
    word: str


@dataclass(frozen=True, slots=True)
class CountedList:
    """What a list is counted from; `at` is when the ballots were imported, the reference that of the edition."""

    reference: str
    question: str
    at: datetime
    rules_version: str
    product_version: str
    rule: Rule
    election: Election
    ballots: Profile
    breaks: RecordedBreaks
    draw: Draw | None = None


def list_file(counted: CountedList) -> bytes | Undecided:
    """The bytes of the result file; a decisive tie that nobody has broken is returned as undecided.

    Raises CountError where the rule has no outcome.
    """
    return write_result(list_content(counted), counted.breaks)


def list_content(counted: CountedList) -> dict[str, Any]:
    """Everything of the file that is not computed; equal ballots are counted together and have no number."""
    voters, draw = counted.ballots.voters, counted.draw
    return {
        "schema": SCHEMA, "edition": counted.reference, "question": counted.question,
        "opened": moment(counted.at), "closed": moment(counted.at),
        "rules": {"method": counted.ballots.method.value, "parameters": _parameters(counted.rule, counted.ballots),
                  "version": counted.rules_version},
        "electorate": {"size": voters, "recused": 0, "voted": {"screen": 0, "card": voters, "hands": 0}},
        "options": [
            {"key": option.key, "project_number": option.key, "cost": option.cost, "withdrawn": option.withdrawn}
            | ({"exclusive_group": option.exclusive_group} if option.exclusive_group else {})
            for option in counted.election.options
        ],
        "budget": counted.election.budget, "places": counted.election.places,
        "ballots": [{"choice": written(counted.ballots.method, group.choice), "count": group.count}
                    for group in counted.ballots.groups],
        "spoiled": 0, "missing": 0, "invalid": 0,
        "draw": None if draw is None else {"commitment": draw.commitment, "seed": draw.seed, "word": draw.word},
        "made": {"product_version": counted.product_version, "at": moment(counted.at)},
    }  # fmt: skip


def _parameters(rule: Rule, ballots: Profile) -> dict[str, Any]:
    weighing = {"weighing": rule.weighing.value} if rule.weighing else {}
    limit = {"max_choices": ballots.longest} if ballots.longest else {}
    return {
        "rule": rule.name.value, "utility": rule.utility.value, "utilitarian": rule.utilitarian,
        "threshold": rule.threshold, "needs_vote": rule.needs_vote, "step": rule.step, **weighing, **limit,
    }  # fmt: skip
