"""The committee's room as its page shows it: a row for each project, what is taken of places and budget, the quorum."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from web.http import identity
from web.views.scoring import Strip, score_text, strip
from workflow.base.i18n import Sentence, _, format_number
from workflow.rules.facts import Facts
from workflow.rules.reckoning import needed
from workflow.rules.session import Outcome
from workflow.rules.states import FUNDED, MeetingState, ProposalState
from workflow.rules.vote_settings import vote_rules
from workflow.selection.room_queries import NextMeeting, RoomDecision, RoomVote
from workflow.selection.score_rules import CardLine, ProjectLine, RankedLine, Scoring, is_handed_in
from workflow.voting.counting.score_cards import Assessment


class Mine(StrEnum):
    """What a project is to the reader as one who scores."""

    NONE = "none"
    RECUSED = "recused"
    TO_DO = "to_do"
    DRAFT = "draft"
    HANDED_IN = "handed_in"


class Show(StrEnum):
    """Which projects the table shows."""

    ALL = ""
    TO_DO = "do-oceny"
    SCORED = "ocenione"
    MISSING = "brak-kart"
    UNDECIDED = "nierozstrzygniete"


class Order(StrEnum):
    """By what the table is sorted."""

    NUMBER = ""
    MEAN = "srednia"
    COST = "koszt"


RESULTS: Mapping[str, tuple[Sentence, str, str]] = {
    Outcome.SELECT: (_("Selected"), "good", "star"),
    Outcome.PLACE_ON_RESERVE: (_("On the reserve list"), "wait", "hourglass"),
    Outcome.REJECT: (_("Not selected"), "shut", "circle-x"),
    ProposalState.APPEALED: (_("Under appeal"), "wait", "scale"),
}
STATES: Mapping[str, str] = {
    ProposalState.RESERVE: Outcome.PLACE_ON_RESERVE, ProposalState.NOT_SELECTED: Outcome.REJECT,
}  # fmt: skip


class Row(Struct, frozen=True):
    """A project in the table; scores are absent where the reader may not know them."""

    project: ProjectLine
    mine: Mine
    my_score: str
    recused: tuple[str, ...]
    strip: Strip | None
    mean: Fraction | None
    # How many cards are awaited; None for whoever may not know it.
    missing: int | None
    vote: RoomVote | None
    decision: RoomDecision | None

    @property
    def mean_text(self) -> str:
        """The mean as it is shown."""
        return score_text(self.mean)

    @property
    def result(self) -> tuple[Sentence, str, str] | None:
        """What was decided about it, announced or not, in words with tone and picture."""
        state = self.project.state
        by_state = Outcome.SELECT.value if state in FUNDED else STATES.get(state, state)
        return RESULTS.get(self.decision.outcome if self.decision else by_state)

    @property
    def is_undecided(self) -> bool:
        """Whether nothing has been decided about it."""
        return self.project.waits


class Taken(Struct, frozen=True):
    """What decisions take, announced or not; limits are None where the edition sets none. Money in grosze."""

    places: int
    places_all: int | None
    money: int
    money_all: int | None

    @property
    def share(self) -> str:
        """The share of the budget in per cent, at most the whole."""
        return "0" if not self.money_all else str(min(100, round(Fraction(100 * self.money, self.money_all))))


class Body(Struct, frozen=True):
    """The committee on this day: seats that are filled, how many make a quorum, the largest sector beside its limit."""

    filled: int
    needed: int
    present: int | None
    sector: str
    share: str
    limit: int | None
    holds: bool


class Room(Struct, frozen=True):
    """Everything that the page shows."""

    rows: tuple[Row, ...]
    taken: Taken
    body: Body
    meeting: NextMeeting | None
    to_do: tuple[ProjectLine, ...]
    scored: int
    recused: int
    # The member's own seat; scores are given from one.
    has_seat: bool

    @property
    def mine(self) -> int:
        """How many projects the reader scores or has scored."""
        return self.scored + len(self.to_do)

    @property
    def until(self) -> datetime | None:
        """Until when cards are awaited."""
        return self.meeting.until if self.meeting else None

    def count(self, show: Show) -> int:
        """How many projects a choice shows."""
        return sum(shows(row, show) for row in self.rows)

    def table(self, show: Show, order: Order) -> list[Row]:
        """The rows of a choice in an order; means that are not open come last."""
        chosen = [row for row in self.rows if shows(row, show)]
        if order is Order.MEAN:
            return sorted(chosen, key=lambda row: (row.mean is None, -(row.mean or 0)))
        return sorted(chosen, key=lambda row: -row.project.cost) if order is Order.COST else chosen


def shows(row: Row, show: Show) -> bool:
    """Whether a choice shows a row."""
    return {
        Show.ALL: True, Show.TO_DO: row.mine in {Mine.TO_DO, Mine.DRAFT}, Show.SCORED: row.mine is Mine.HANDED_IN,
        Show.MISSING: bool(row.missing), Show.UNDECIDED: row.is_undecided,
    }[show]  # fmt: skip


def room_view(
    facts: Facts, scoring: Scoring, decisions: Mapping[int, RoomDecision], votes: Mapping[int, RoomVote],
    meeting: NextMeeting | None, *, sees_missing: bool,
) -> Room:  # fmt: skip
    """The room for whoever looks; pure, of what was read."""
    person = identity.actor().id
    names = names_of(scoring)
    rows = tuple(
        _row(scoring, project, names, decisions.get(project.id), votes.get(project.id), sees_missing=sees_missing)
        for project in scoring.projects.values()
    )
    mine = Counter(row.mine for row in rows)
    return Room(
        rows, _taken(facts, rows), _body(facts, scoring, meeting), meeting, scoring.to_do(person),
        scored=mine[Mine.HANDED_IN], recused=mine[Mine.RECUSED], has_seat=scoring.seat_of(person) is not None,
    )  # fmt: skip


def names_of(scoring: Scoring) -> dict[int, str]:
    """The people of the seats by number."""
    return {line.person_id: line.name for seat in scoring.seats for line in seat.people}


def _row(
    scoring: Scoring, project: ProjectLine, names: Mapping[int, str], decision: RoomDecision | None,
    vote: RoomVote | None, *, sees_missing: bool,
) -> Row:  # fmt: skip
    person = identity.actor().id
    card, known = project.card_of(person), scoring.shows_scores(project, person)
    mean = scoring.assess(project).mean if known else None
    mine = _mine(scoring, project, person, card)
    awaited = sees_missing and person not in project.recused and project.waits
    return Row(
        project, mine, score_text(scoring.value(card)) if card and card.points and mine is not Mine.RECUSED else "",
        tuple(names[one] for one in project.recused if one in names), strip(scoring, project, mean) if known else None,
        mean, len(scoring.missing(project)) if awaited and not known else None, vote, decision,
    )  # fmt: skip


def _mine(scoring: Scoring, project: ProjectLine, person: int | None, card: CardLine | None) -> Mine:
    if scoring.seat_of(person) is None:
        return Mine.NONE
    if person in project.recused:
        return Mine.RECUSED
    if is_handed_in(card):
        return Mine.HANDED_IN
    if scoring.obstacle(project, person):
        return Mine.NONE
    return Mine.DRAFT if card else Mine.TO_DO


def _taken(facts: Facts, rows: Sequence[Row]) -> Taken:
    chosen = [row for row in rows if row.project.state in FUNDED
              or (row.decision and row.decision.outcome == Outcome.SELECT and not row.decision.announced)]  # fmt: skip
    money = sum(row.project.cost for row in chosen)
    return Taken(len(chosen), facts.edition["places"], money, facts.edition["budget"])


def _body(facts: Facts, scoring: Scoring, meeting: NextMeeting | None) -> Body:
    rules = vote_rules(facts.edition)
    filled = [seat for seat in scoring.seats if seat.holder_on(scoring.day)]
    sectors = Counter(seat.sector for seat in filled)
    sector, seats = max(sorted(sectors.items()), key=lambda pair: pair[1], default=("", 0))
    share = Fraction(100 * seats, len(filled) or 1)
    in_session = meeting is not None and meeting.state == MeetingState.IN_SESSION
    least = needed(rules.quorum, len(filled))
    present = meeting.present if meeting and in_session else None
    return Body(
        len(filled), least, present, sector, format_number(Decimal(round(share * 10)) / 10, identity.language()),
        rules.parity, (len(filled) if present is None else present) >= least,
    )  # fmt: skip


class RankingRow(Struct, frozen=True):
    """A line of the ranking list with its picture, and everybody's values for the table behind it."""

    line: RankedLine
    strip: Strip
    shared: bool
    values: tuple[str, ...]

    @property
    def assessment(self) -> Assessment:
        """Mean, median and spread."""
        return self.line.assessment


def ranking_rows(scoring: Scoring, person: int | None) -> list[RankingRow]:
    """The ranking for whoever looks, with a value for each seat."""
    lines = scoring.ranking(person)
    places = Counter(line.place for line in lines)
    return [
        RankingRow(line, strip(scoring, line.project, line.assessment.mean), line.place is not None
                   and places[line.place] > 1, tuple(_values(scoring, line.project)))
        for line in lines
    ]  # fmt: skip


def _values(scoring: Scoring, project: ProjectLine) -> list[str]:
    by_seat = {card.seat_id: card for card in project.counted}
    return [score_text(scoring.value(card)) if (card := by_seat.get(seat.id)) else "–" for seat in scoring.seats]


def tied_at_the_end(rows: Sequence[RankingRow], free: int | None) -> tuple[ProjectLine, ...]:
    """The projects that wait for a decision and share the last place that is left, where not all of them fit."""
    waiting = [row.line for row in rows if row.line.place and row.line.project.waits]
    if not free or free < 1 or len(waiting) <= free or waiting[free - 1].place != waiting[free].place:
        return ()
    return tuple(line.project for line in waiting if line.place == waiting[free].place)
