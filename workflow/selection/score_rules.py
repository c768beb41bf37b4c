"""What score cards amount to: who scores, whose cards are missing, when scores are open, and the ranking; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field

from workflow.base.collation import sort_key
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.bodies import Capacity, Function
from workflow.rules.roles import Role
from workflow.rules.states import CardState, ProposalState
from workflow.selection.seat_queries import HolderLine, SeatLine
from workflow.voting.counting import score_cards
from workflow.voting.counting.score_cards import Assessment


class OpeningRule(StrEnum):
    """When the committee sees everybody's scores of a project."""

    ALL_IN = "all_in"
    CHAIR = "chair"


CONDUCTS = frozenset({Role.STAFF, Role.COMMITTEE_CHAIR, Role.SECRETARY})


class CriterionLine(Struct, frozen=True):
    """A criterion as it stands on the card."""

    id: int
    number: int
    name: Mapping[str, str]
    description: Mapping[str, str]
    weight: int
    scale_min: int
    scale_max: int
    step: int
    required: bool
    minimum: int | None

    @property
    def scale(self) -> range:
        """The points that may be given."""
        return range(self.scale_min, self.scale_max + 1, self.step)

    def counted(self) -> score_cards.Criterion:
        """The criterion as counting knows it; its key is its number."""
        return score_cards.Criterion(str(self.id), self.weight, self.required, self.minimum)


class CardLine(Struct, frozen=True):
    """A card with its points by criterion."""

    id: int
    proposal_id: int
    seat_id: int
    person_id: int
    state: str
    comment: str
    sheet_digest: str
    revision: int
    saved_at: datetime
    submitted_at: datetime | None
    points: Mapping[int, int] = field(default_factory=dict)


class ProjectLine(Struct, frozen=True):
    """A project before the committee, who is recused from it and why, its cards, and since when they are open."""

    id: int
    number: int
    title: str
    state: str
    recused: Mapping[int, str] = field(default_factory=dict)
    cards: tuple[CardLine, ...] = ()
    opened_at: datetime | None = None
    sector: str = ""
    places: tuple[str, ...] = ()
    # In grosze.
    cost: int = 0
    # Whether an effective decision about it was adopted that is not announced yet.
    is_decided: bool = False

    @property
    def waits(self) -> bool:
        """Whether the committee has still to decide about it."""
        return self.state == ProposalState.PRESENTED and not self.is_decided

    @property
    def counted(self) -> tuple[CardLine, ...]:
        """The cards that count: handed in, and of nobody who is recused."""
        return tuple(
            card for card in self.cards if card.state == CardState.SUBMITTED and card.person_id not in self.recused
        )

    @property
    def left_out(self) -> int:
        """How many cards were handed in and do not count, because a conflict of interest came up afterwards."""
        return sum(card.submitted_at is not None for card in self.cards) - len(self.counted)

    def card_of(self, person: int | None) -> CardLine | None:
        """A person's own card."""
        return next((card for card in self.cards if card.person_id == person), None)


class Scoring(Struct, frozen=True):
    """The scoring of an edition on one day: criteria, seats, and projects with their cards."""

    day: date
    criteria: tuple[CriterionLine, ...]
    seats: tuple[SeatLine, ...]
    projects: Mapping[int, ProjectLine]
    opening: OpeningRule
    min_cards: int

    def seat_of(self, person: int | None) -> tuple[SeatLine, HolderLine] | None:
        """The seat in which a person sits on this day, and as what."""
        sits = ((seat, line) for seat in self.seats for line in seat.people
                if line.person_id == person and line.sits_on(self.day))  # fmt: skip
        return next(sits, None)

    def missing(self, project: ProjectLine) -> tuple[HolderLine, ...]:
        """Whose cards are awaited: holders of seats who are not recused, and for whom nobody has handed one in."""
        there = {card.seat_id for card in project.counted}
        holders = ((seat, seat.holder_on(self.day)) for seat in self.seats)
        return tuple(
            holder for seat, holder in holders
            if holder and seat.id not in there and holder.person_id not in project.recused
        )  # fmt: skip

    def is_open(self, project: ProjectLine) -> bool:
        """Whether the committee sees the scores of a project: opened by the chair, or all cards are in."""
        if project.opened_at is not None:
            return True
        return self.opening is OpeningRule.ALL_IN and bool(project.counted) and not self.missing(project)

    @property
    def any_open(self) -> bool:
        """Whether the committee sees the scores of at least one project."""
        return any(self.is_open(project) for project in self.projects.values())

    def shows_scores(self, project: ProjectLine, person: int | None) -> bool:
        """Whether a person of the committee or the office may know the scores of a project."""
        return self.is_open(project) and person not in project.recused

    def obstacle(self, project: ProjectLine, person: int | None) -> Missing | None:
        """Why a person cannot score a project now; None where nothing is in the way."""
        sits = self.seat_of(person)
        if sits is None:
            return Missing("no_seat", _("Projects are scored from a seat of the committee. You sit in none today."))
        if person in project.recused:
            return Missing("recused", _("You do not score this project: you have a conflict of interest."))
        if not project.waits:
            return Missing("not_presented", _("Only projects that wait for the committee's decision are scored."))
        if not self.criteria:
            by = (Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.STAFF)
            return Missing("no_criteria", _("The criteria of this edition have not been entered yet."), by)
        if self.is_open(project):
            return Missing("scores_open", _("The scores of this project are open. Cards are not changed any more."))
        return self._taken(project, *sits)

    def _taken(self, project: ProjectLine, seat: SeatLine, line: HolderLine) -> Missing | None:
        """A substitute scores where the holder is neither recused nor has handed in; a holder where nobody has."""
        holder = seat.holder_on(self.day)
        if line.capacity == Capacity.SUBSTITUTE and holder and holder.person_id in project.recused:
            return Missing("recused", _("The holder of this seat is recused, so nobody scores this project from it."))
        other = next((card for card in project.counted
                      if card.seat_id == seat.id and card.person_id != line.person_id), None)  # fmt: skip
        if other is None:
            return None
        name = next((person.name for person in seat.people if person.person_id == other.person_id), "")
        return Missing("seat_scored", _("A card was handed in from your seat already: {name}.", name=name))

    def missing_by_person(self, reader: int | None) -> dict[HolderLine, int]:
        """How many cards of projects that wait for a decision are awaited from each member, by name.

        Projects from which the reader is recused are left out, and those whose scores are open.
        """
        waiting = Counter(
            holder for project in self.projects.values()
            if project.waits and reader not in project.recused and not self.is_open(project)
            for holder in self.missing(project)
        )  # fmt: skip
        return dict(sorted(waiting.items(), key=lambda pair: sort_key(pair[0].name)))

    def may_open(self, person: int | None, roles: frozenset[str]) -> bool:
        """Whether a person may open the scores: the chair, or whoever sits in a deputy's seat."""
        sits = self.seat_of(person)
        return Role.COMMITTEE_CHAIR in roles or (sits is not None and sits[0].function == Function.DEPUTY)

    def conducts(self, person: int | None, roles: frozenset[str]) -> bool:
        """Whether a person enters criteria, sees whose cards are missing and reminds them."""
        sits = self.seat_of(person)
        return conducts(sits[0].function if sits else "", roles)

    def to_do(self, person: int | None) -> tuple[ProjectLine, ...]:
        """The projects whose card is awaited from a person, by number."""
        return tuple(
            project for project in self.projects.values()
            if self.obstacle(project, person) is None and not is_handed_in(project.card_of(person))
        )  # fmt: skip

    def value(self, card: CardLine) -> Fraction:
        """The weighted mean of a card's points."""
        return score_cards.value(_keyed(card), self._counted_criteria())

    def assess(self, project: ProjectLine) -> Assessment:
        """Mean, median and spread of a project's cards, and why it has no place where it has none."""
        cards = [_keyed(card) for card in project.counted]
        return score_cards.assess(cards, self._counted_criteria(), min_cards=self.min_cards)

    def ranking(self, person: int | None) -> tuple["RankedLine", ...]:
        """The open projects by mean, then those without a place; without those from which the reader is recused."""
        lines = [(project, self.assess(project)) for project in self.projects.values()
                 if self.shows_scores(project, person)]  # fmt: skip
        places = score_cards.places({str(project.id): assessment for project, assessment in lines})
        ranked = [RankedLine(project, assessment, places.get(str(project.id))) for project, assessment in lines]
        return tuple(sorted(ranked, key=lambda line: (line.place is None, line.place or 0, line.project.number)))

    def _counted_criteria(self) -> Sequence[score_cards.Criterion]:
        return [criterion.counted() for criterion in self.criteria]


def conducts(function: str, roles: frozenset[str]) -> bool:
    """Whether somebody conducts the scoring, by a role or by the function of the seat."""
    return bool(roles & CONDUCTS) or function in {Function.DEPUTY, Function.SECRETARY}


class RankedLine(Struct, frozen=True):
    """A project with what its cards say together, and its place; equal means share one."""

    project: ProjectLine
    assessment: Assessment
    place: int | None


def is_handed_in(card: CardLine | None) -> bool:
    """Whether there is a card and it was handed in."""
    return card is not None and card.state == CardState.SUBMITTED


def _keyed(card: CardLine) -> Mapping[str, int]:
    return {str(criterion): points for criterion, points in card.points.items()}
