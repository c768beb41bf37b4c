"""Score cards: the weighted value of each card, and a proposal's mean, median and spread, exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median

from workflow.voting.counting.ranking import rank


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion with its weight; a required one may have a minimum that the mean of its points must reach."""

    key: str
    weight: int = 1
    required: bool = True
    minimum: int | None = None


class Unranked(StrEnum):
    """Why a proposal has no place in the ranking."""

    TOO_FEW_CARDS = "too_few_cards"
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the submitted cards of one proposal say together."""

    cards: int
    mean: Fraction | None
    median: Fraction | None
    spread: Fraction | None
    unranked: Unranked | None = None
    criterion: str | None = None


Card = Mapping[str, int]


def value(card: Card, criteria: Sequence[Criterion]) -> Fraction:
    """The weighted mean of the points of a card; a criterion left out does not count, nor does its weight."""
    answered = [criterion for criterion in criteria if criterion.key in card]
    weight = sum(criterion.weight for criterion in answered)
    points = sum(criterion.weight * card[criterion.key] for criterion in answered)
    return Fraction(points, weight) if weight else Fraction(0)


def assess(cards: Sequence[Card], criteria: Sequence[Criterion], *, min_cards: int = 1) -> Assessment:
    """Mean, median and spread over submitted cards that are not void."""
    if not cards:
        return Assessment(0, None, None, None, Unranked.TOO_FEW_CARDS)
    values = sorted(value(card, criteria) for card in cards)
    below = _below_minimum(cards, criteria)
    few = Unranked.TOO_FEW_CARDS if len(cards) < min_cards else None
    return Assessment(
        cards=len(cards),
        mean=sum(values, Fraction(0)) * Fraction(1, len(values)),
        median=median(values),
        spread=values[-1] - values[0],
        unranked=few or (Unranked.BELOW_MINIMUM if below else None),
        criterion=None if few else below,
    )


def places(assessments: Mapping[str, Assessment]) -> dict[str, int]:
    """The place of every proposal that has one, by its mean; equal means share a place and the next place skips."""
    means = {
        key: assessment.mean
        for key, assessment in assessments.items()
        if assessment.unranked is None and assessment.mean is not None
    }
    return {ranked.key: ranked.place for ranked in rank(means)}


def _below_minimum(cards: Sequence[Card], criteria: Sequence[Criterion]) -> str | None:
    """The first required criterion whose mean does not reach its minimum."""
    for criterion in criteria:
        if criterion.required and criterion.minimum is not None:
            points = [card[criterion.key] for card in cards if criterion.key in card]
            if sum(points) < criterion.minimum * len(points) or not points:
                return criterion.key
    return None


def two_decimals(score: Fraction) -> str:
    """A score as it is shown, rounded half up: "3.83". Nothing is ever counted with it."""
    hundredths = (2 * 100 * score.numerator + score.denominator) // (2 * score.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
