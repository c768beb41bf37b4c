"""What the options of a vote in the hall received, in all and by sector, and which of them share a place; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.voting.counting.profile import natural
from workflow.voting.results import content as parts
from workflow.voting.results.canonical import Content


@dataclass(frozen=True, slots=True)
class Placed:
    """An option with its score and its place; others may share the place."""

    key: str
    score: int
    place: int
    tied: bool


def placed(scores: Mapping[str, int]) -> list[Placed]:
    """The options, best first; those with the same score share a place and stay in the order given."""
    values = list(scores.values())
    return [
        Placed(key, score, 1 + sum(other > score for other in values), values.count(score) > 1)
        for key, score in sorted(scores.items(), key=lambda item: -item[1])
    ]


def scores_of(content: Content) -> dict[str, int]:
    """What each option received, by the natural scores of the method; of the content only rules, options and ballots
    are looked at."""
    received = parts.profile(content).scores(natural(parts.method(content)))
    return {option["key"]: received.get(option["key"], 0) for option in content["options"]}


def by_stratum(content: Content) -> Mapping[str, Mapping[str, int]]:
    """Sector or sectors -> what each option received there; empty where ballots are not told apart by sector."""
    strata = sorted({ballot["stratum"] for ballot in content["ballots"] if ballot.get("stratum")})
    return {
        stratum: scores_of({**content, "ballots": [of for of in content["ballots"] if of.get("stratum") == stratum]})
        for stratum in strata
    }
