"""Contents of result files for tests: polls of every kind, as the rows of a poll would give them."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.voting.counting.ballots import Method
from workflow.voting.counting.draw import commitment
from workflow.voting.counting.election import Election
from workflow.voting.counting.profile import Profile
from workflow.voting.results.content import written

SEED, WORD = "5eed", "jabłko"


def content(
    election: Election, profile: Profile, parameters: Mapping[str, Any], *, numbered: bool = True, **more: Any
) -> dict[str, Any]:
    """Everything that a result needs except what is computed."""
    ballots = [written(profile.method, equal.choice) for equal in profile.groups for _ in range(equal.count)]
    rows: list[dict[str, Any]] = [{"number": f"B{place:03}", "choice": made} for place, made in enumerate(ballots)]
    if not numbered:
        rows = [{"choice": written(profile.method, equal.choice), "count": equal.count} for equal in profile.groups]
    return {
        "schema": "result/1",
        "poll": "poll-7",
        "question": "Które projekty?",
        "opened": "2026-11-28T10:00:00Z",
        "closed": "2026-11-28T10:15:00Z",
        "rules": {"method": profile.method.value, "parameters": dict(parameters), "version": "1"},
        "electorate": electorate(len(ballots)),
        "options": [
            {"key": option.key, "project_number": None, "cost": option.cost, "withdrawn": option.withdrawn}
            | ({"exclusive_group": option.exclusive_group} if option.exclusive_group else {})
            for option in election.options
        ],
        "budget": election.budget,
        "places": election.places,
        "ballots": rows,
        "spoiled": 1,
        "missing": 1,
        "invalid": 1,
        "draw": {"commitment": commitment(SEED, "poll-7"), "seed": SEED, "word": WORD},
        "made": {"product_version": "0.1.0", "at": "2026-11-28T10:16:00Z"},
        **more,
    }


def electorate(ballots: int) -> dict[str, Any]:
    """Everybody voted on a screen, three more on cards."""
    return {"size": ballots + 5, "recused": 1, "voted": {"screen": ballots, "card": 3, "hands": 0}}


def motion(ayes: int, noes: int, abstentions: int, sectors: Iterable[int], **rules: Any) -> dict[str, Any]:
    """A vote by name of a committee of nine with one recused member."""
    votes = ["for"] * ayes + ["against"] * noes + ["abstain"] * abstentions
    options = [
        {"key": key, "project_number": None, "cost": 0, "withdrawn": False} for key in ("for", "against", "abstain")
    ]
    parameters = {
        "rule": "motion",
        "quorum": {"share": "1/2", "strict": True, "recusal": "recused leave", "floor": 3},
        "majority": {"kind": "simple", "share": "2/3", "casting_vote": False},
        "parity": 49,
        **rules,
    }
    present = len(votes)
    made = content(Election(()), Profile(Method.AYES, ()), parameters, spoiled=0, missing=0, invalid=0, draw=None)
    return made | {
        "options": options,
        "ballots": [{"number": f"N{place}", "choice": [vote]} for place, vote in enumerate(votes)],
        "electorate": {
            "size": 9, "recused": 1, "voted": {"screen": present, "card": 0, "hands": 0}, "seats": 9,
            "present": present, "present_recused": present + 1,
            "by_sector": dict(zip("abc", sectors, strict=False)),
        },
    }  # fmt: skip
