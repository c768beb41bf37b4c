"""What a meeting and its votes amount to: seats with who is present, motions, electors and ballots; all from rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.rules.bodies import Function
from workflow.rules.cards import CardBatch
from workflow.rules.documents import MinutesFacts
from workflow.rules.electors import LaidOut, SessionElector
from workflow.rules.hands import HandsCounted, agreed, by_choice, by_sector
from workflow.rules.later_decisions import AnnouncedProject, Exclusive
from workflow.rules.proxies import Proxy, Represented, represented
from workflow.rules.seats import SessionSeat
from workflow.rules.vote import Figures


class MotionKind(StrEnum):
    """What a motion is about."""

    DECIDE = "decide"
    # Takes back decisions, announced or not.
    ANNUL = "annul"
    # Offers places that became free to projects of the reserve list, in its order.
    PROMOTE = "promote"
    # Gives up projects that were selected.
    CANCEL = "cancel"
    # Upholds or dismisses appeals; of the appeal body alone.
    APPEAL = "appeal"
    PROCEDURAL = "procedural"


# Motions that become a resolution once they are carried.
RESOLVED = frozenset(MotionKind) - {MotionKind.PROCEDURAL}


class MotionOutcome(StrEnum):
    """What became of a motion; carried and lost are computed."""

    OPEN = "open"
    CARRIED = "carried"
    LOST = "lost"
    ADOPTED = "adopted"
    WITHDRAWN = "withdrawn"
    SPLIT = "split"


class Outcome(StrEnum):
    """What a resolution decides about a project; each is the step that announces it."""

    SELECT = "select"
    PLACE_ON_RESERVE = "place_on_reserve"
    REJECT = "reject"


class Choice(StrEnum):
    """What a vote on a motion may be."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Channel(StrEnum):
    """How a vote came in."""

    SCREEN = "screen"
    HANDS = "hands"
    CARD = "card"


class MotionItem(Struct, frozen=True):
    """What a motion proposes for a project, and how that project stands now."""

    proposal_id: int
    outcome: str
    position: int | None
    justification: str
    number: int
    title: str
    state: str
    cost: int
    sheet_digest: str
    # Person -> why this person does not vote about the project.
    conflicts: Mapping[int, str] = field(default_factory=dict)
    # Why the motion departs from what the rule proposes about it.
    departure: str = ""
    # Whether another resolution about it waits to be carried out.
    waits: bool = False
    # Who has declared to be impartial about it, about its group and partners as they are now.
    impartial: frozenset[int] = frozenset()


class SessionMotion(Struct, frozen=True):
    """A motion of the meeting with its valid poll, if there is one."""

    number: int
    kind: str
    wording: str
    outcome: str
    items: tuple[MotionItem, ...] = ()
    poll_id: int | None = None
    poll_state: str = ""
    secret: bool = False

    @property
    def is_carried(self) -> bool:
        """Whether it was carried and waits to be adopted as a resolution."""
        return self.outcome == MotionOutcome.CARRIED and self.kind in RESOLVED

    def conflict_of(self, *people: int) -> str:
        """Why a person, or one of several, does not vote about this motion; empty where nothing bars it."""
        reasons = (item.conflicts[person] for item in self.items for person in people if person in item.conflicts)
        return next(reasons, "")


class ActiveDecision(Struct, frozen=True):
    """An effective decision about a project of the edition."""

    proposal_id: int
    outcome: str
    position: int | None
    cost: int
    announced: bool


class Session(Struct, frozen=True):
    """A meeting as its guards and effects look at it."""

    meeting_id: int
    body: str
    state: str
    agenda: int = 0
    seats: tuple[SessionSeat, ...] = ()
    motions: tuple[SessionMotion, ...] = ()
    decisions: tuple[ActiveDecision, ...] = ()
    # The number of the last resolution of the body in the year of the meeting.
    last_resolution: int = 0
    # Number of a presented project in the edition -> its id.
    presented: Mapping[int, int] = field(default_factory=dict)
    # Number of a project whose decision was announced -> how it stands.
    announced: Mapping[int, AnnouncedProject] = field(default_factory=dict)
    # Number of a project under appeal -> how it stands.
    appealed: Mapping[int, AnnouncedProject] = field(default_factory=dict)
    # Read where motions name projects.
    exclusive: tuple[Exclusive, ...] = ()
    # The electors of the poll at hand; empty for a meeting itself.
    electors: tuple[SessionElector, ...] = ()
    poll_motion: int | None = None
    # By circulation everybody who holds a seat takes part, and whoever does not answer is not present.
    by_circulation: bool = False
    answer_until: datetime | None = None
    # What people counted where the poll at hand is by hands.
    by_hands: bool = False
    counts: tuple[HandsCounted, ...] = ()
    # Whether the poll at hand is secret, and its ballots once they are laid out.
    secret: bool = False
    laid_out: LaidOut | None = None
    # Its cards as two people typed them, and the ballots that are made of them when it is counted.
    cards: CardBatch | None = None
    card_ballots: LaidOut = field(default_factory=LaidOut)
    # Which absent seats let others vote for them.
    proxies: tuple[Proxy, ...] = ()
    # The motion that the poll or the answers of a step are about.
    at_hand: int | None = None
    # The minutes of a meeting that is over.
    minutes: MinutesFacts | None = None

    @property
    def present(self) -> tuple[SessionSeat, ...]:
        """The seats in which somebody is present."""
        return tuple(seat for seat in self.seats if seat.present is not None)

    @property
    def filled(self) -> int:
        """How many seats have a holder on the day of the meeting."""
        return sum(seat.holder is not None for seat in self.seats)

    def seat(self, seat_id: int) -> SessionSeat | None:
        """A seat of the body by its id."""
        return next((seat for seat in self.seats if seat.id == seat_id), None)

    def motion(self, number: int | None) -> SessionMotion | None:
        """A motion of the meeting by its number."""
        return next((motion for motion in self.motions if motion.number == number), None)

    def conflicted(self, motion: SessionMotion) -> dict[int, list[str]]:
        """Project of a motion -> the names of those present who have a conflict about it; others are left out."""
        names = {
            item.proposal_id: [seat.names.get(seat.present or 0, "") for seat in self.present
                               if seat.present in item.conflicts]
            for item in motion.items
        }  # fmt: skip
        return {proposal: people for proposal, people in names.items() if people}

    def undeclared(self, motion: SessionMotion) -> list[str]:
        """Who votes, also by proxy, has not declared about a project of the motion and is not recused, by name."""
        voters = [*((seat, seat.present) for seat in self.present),
                  *((proxy.seat, proxy.giver) for proxy in self.represented(motion))]  # fmt: skip
        return sorted({seat.names.get(person or 0, "") for seat, person in voters for item in motion.items
                       if person not in item.conflicts and person not in item.impartial})  # fmt: skip

    @property
    def cards_dropped(self) -> int:
        """How many members cast a card in the poll at hand."""
        return sum(elector.voted and elector.channel == Channel.CARD for elector in self.electors)

    def chair(self) -> SessionSeat | None:
        """Who presides: the chair where present, else the first deputy, else nobody.

        Whoever has a conflict about the motion at hand does not preside over it.
        """
        motion = self.motion(self.at_hand)
        here = [
            seat for seat in self.present if seat.has_own and not (self.by_circulation and seat.absence is not None)
        ]
        free = [seat for seat in here if not (motion and motion.conflict_of(seat.holder or 0))]
        by_function = {seat.function: seat for seat in reversed(free)}
        return by_function.get(Function.CHAIR) or by_function.get(Function.DEPUTY)

    def recused_names(self) -> list[str]:
        """Who was recused in the poll at hand, by name."""
        names = {person: name for seat in self.seats for person, name in seat.names.items()}
        return sorted(names.get(elector.person_id, "") for elector in self.electors if elector.recused)

    def recuse(self, motion: SessionMotion | None) -> "Session":
        """The session in which every elector of the poll at hand who has a conflict about its motion is recused."""
        return replace(self, electors=tuple(
            replace(elector, recused=elector.recused or bool(motion and motion.conflict_of(*elector.people)))
            for elector in self.electors
        ))  # fmt: skip

    def figures(self, chair_seat: int | None = None) -> Figures:
        """The figures of the poll at hand, as its rows give them; the chair's vote counts only with its seat."""
        voters = [elector for elector in self.electors if elector.answered and not elector.recused]
        hands = (agreed(self.counts) or {}) if self.by_hands else None
        choices = [("", elector.choice) for elector in voters]
        if self.laid_out:
            choices = [*self.laid_out.ballots, *self.card_ballots.ballots]
        counts = Counter(choice for _code, choice in choices) if hands is None else by_choice(hands)
        sectors = Counter(elector.sector for elector in voters) if hands is None else by_sector(hands)
        recused = sum(elector.recused for elector in self.electors)
        chair = next((elector.choice for elector in voters if elector.seat_id == chair_seat), None)
        present = len(voters) if self.by_circulation else len(self.electors) - recused
        return Figures(
            seats=self.filled, recused=recused, present=present, present_recused=present + recused,
            ayes=counts[Choice.FOR], noes=counts[Choice.AGAINST],
            abstentions=counts[Choice.ABSTAIN], by_sector=sectors,
            chair_voted_for=None if chair is None else chair == Choice.FOR,
        )  # fmt: skip

    def figures_before(self, motion: SessionMotion | None) -> Figures:
        """The figures as they would be if everybody present voted now, for the quorum before a vote."""
        present = [seat.present for seat in self.present if seat.present is not None]
        recused = sum(bool(motion and motion.conflict_of(person)) for person in present)
        here = len(present) + len(self.represented(motion))
        return Figures(seats=self.filled, recused=recused, present=here - recused, present_recused=here, ayes=0, noes=0)

    def represented(self, motion: SessionMotion | None) -> list[Represented]:
        """The seats that would vote by proxy about a motion now."""
        return list(represented(self.proxies, self.seats, lambda person: bool(motion and motion.conflict_of(person))))


def room_left(
    places: int | None, budget: int | None, decisions: Iterable[ActiveDecision]
) -> tuple[int | None, int | None]:
    """Places and money that effective decisions leave, announced or not; None where the edition sets no limit."""
    chosen = [decision for decision in decisions if decision.outcome == Outcome.SELECT]
    spent = sum(decision.cost for decision in chosen)
    return (None if places is None else places - len(chosen)), (None if budget is None else budget - spent)
