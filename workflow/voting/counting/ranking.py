"""Ranking by score: equal scores share a place, and the next place skips."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from workflow.voting.counting.election import NO_ORDER, Outcome, Score, Tie, TieKind, TieOrder, Undecided


@dataclass(frozen=True, slots=True)
class Ranked:
    """An option, its place from 1, and its score."""

    place: int
    key: str
    score: Score


def rank(scores: Mapping[str, Score]) -> tuple[Ranked, ...]:
    """All options, best first; those that are ex aequo by key."""
    ranked: list[Ranked] = []
    for score, keys in classes(scores, scores):
        place = len(ranked) + 1
        ranked += [Ranked(place, key, score) for key in keys]
    return tuple(ranked)


def classes(keys: Iterable[str], scores: Mapping[str, Score]) -> list[tuple[Score, list[str]]]:
    """The options by equal score, best first, each class by key."""
    ordered = sorted(keys, key=lambda key: (-scores.get(key, 0), key))
    return [(score, list(equal)) for score, equal in groupby(ordered, key=lambda key: scores.get(key, 0))]


def reserve(keys: Iterable[str], scores: Mapping[str, Score], order: TieOrder = NO_ORDER) -> Outcome:
    """The reserve list by score; its ties are never decisive for the selection, and the key orders what stays tied."""
    listed: list[str] = []
    ties: list[Tie] = []
    for _score, equal in classes(keys, scores):
        if len(equal) > 1:
            ties.append(Tie(TieKind.RESERVE, tuple(equal), decisive=False))
        listed.extend(order.sort(equal) if order.breaks(equal) else equal)
    return Outcome(tuple(listed), 0, tuple(ties))


def winner(scores: Mapping[str, Score], order: TieOrder = NO_ORDER) -> Outcome | Undecided:
    """The one option with the highest score above zero; nobody where there is none."""
    best = [equal for score, equal in classes(scores, scores) if score > 0][:1]
    if not best:
        return Outcome((), 0)
    if len(best[0]) == 1:
        return Outcome(tuple(best[0]), 0)
    tie = Tie(TieKind.WINNER, tuple(best[0]))
    return Outcome((order.sort(best[0])[0],), 0, (tie,)) if order.breaks(best[0]) else Undecided(tie)
