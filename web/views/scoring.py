"""A score card as its page shows it, and scores in words and as small pictures."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from msgspec import Struct

from web.http import identity
from workflow.selection.score_rules import CardLine, CriterionLine, ProjectLine, RankedLine, Scoring, is_handed_in
from workflow.voting.counting.score_cards import two_decimals


def scores_annex(scoring: Scoring, projects: Collection[int], person: int | None) -> list[RankedLine]:
    """What the cards say of these projects, by number, as far as a person may know it."""
    lines = (line for line in scoring.ranking(person) if line.project.id in projects and line.assessment.cards)
    return sorted(lines, key=lambda line: line.project.number)


def score_text(score: Fraction | None) -> str:
    """A score rounded half up to two decimals, as the reader's language writes it."""
    if score is None:
        return "–"
    return two_decimals(score).replace(".", "," if identity.language() == "pl" else ".")


class CriterionView(Struct, frozen=True):
    """A criterion on the card: its words, the points to choose from, and what was chosen."""

    id: int
    name: str
    description: str
    weight: int
    scale: tuple[int, ...]
    required: bool
    chosen: str

    @property
    def points(self) -> int | None:
        """The chosen points where they lie on the scale."""
        return next((points for points in self.scale if str(points) == self.chosen), None)

    @property
    def product(self) -> int | None:
        """The points with their weight."""
        return None if self.points is None else self.points * self.weight


class CardView(Struct, frozen=True):
    """A card to be filled in: what was typed or saved, its sum, and what is missing before it is handed in."""

    criteria: tuple[CriterionView, ...]
    comment: str
    revision: int
    card: CardLine | None

    @property
    def handed_in(self) -> bool:
        """Whether it was handed in."""
        return is_handed_in(self.card)

    @property
    def sum(self) -> int:
        """All points with their weights."""
        return sum(criterion.product or 0 for criterion in self.criteria)

    @property
    def most(self) -> int:
        """The highest sum that a card can have."""
        return sum(criterion.scale[-1] * criterion.weight for criterion in self.criteria)

    @property
    def given(self) -> int:
        """For how many criteria points were chosen."""
        return sum(criterion.points is not None for criterion in self.criteria)

    @property
    def missing(self) -> tuple[str, ...]:
        """The required criteria without points."""
        return tuple(criterion.name for criterion in self.criteria if criterion.required and criterion.points is None)


class Strip(Struct, frozen=True):
    """The scores of a project on the scale, in percent of its width."""

    dots: tuple[str, ...]
    mean: str


def text_of(words: Mapping[str, str]) -> str:
    """A text of the edition in the reader's language, or in Polish where there is no other."""
    return words.get(identity.language()) or words.get("pl", "")


def card_view(scoring: Scoring, card: CardLine | None, typed: Mapping[str, str] | None = None) -> CardView:
    """The card as it was saved, or as it was typed where a form came back."""
    saved = card.points if card else {}
    criteria = tuple(
        CriterionView(
            line.id, text_of(line.name), text_of(line.description), line.weight, tuple(line.scale), line.required,
            str(saved.get(line.id, "")) if typed is None else typed.get(f"points-{line.id}", ""),
        )
        for line in scoring.criteria
    )  # fmt: skip
    comment = (card.comment if card else "") if typed is None else typed.get("comment", "")
    return CardView(criteria, comment, card.revision if card else 0, card)


def scale_of(criteria: tuple[CriterionLine, ...]) -> tuple[Fraction, Fraction]:
    """The lowest and the highest value that a card can have."""
    weight = sum(criterion.weight for criterion in criteria) or 1
    lowest = sum(criterion.weight * criterion.scale_min for criterion in criteria)
    return Fraction(lowest, weight), Fraction(sum(line.weight * line.scale[-1] for line in criteria), weight)


def strip(scoring: Scoring, project: ProjectLine, mean: Fraction | None) -> Strip:
    """The values of a project's cards and their mean as places on the scale."""
    lowest, highest = scale_of(scoring.criteria)
    width = (highest - lowest) or Fraction(1)

    def at(score: Fraction) -> str:
        # The ends of the axis leave room for half a dot.
        return two_decimals(3 + 94 * (score - lowest) / width)

    values = sorted(scoring.value(card) for card in project.counted)
    return Strip(tuple(at(score) for score in values), "" if mean is None else at(mean))
