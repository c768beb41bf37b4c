"""What happened in a meeting beside its session: agenda, votes, resolutions, attendance; read without a lock.

How people vote is hidden while a vote is open: a choice leaves the database for its own elector alone until the count.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, func, or_, select
from sqlalchemy.orm import aliased

from workflow.engine.cards_reader import cards_of
from workflow.engine.hands_reader import hands_of
from workflow.engine.proxy_reader import ProxyLine, proxy_lines
from workflow.engine.secret_ballot_reader import laid_out_in
from workflow.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Elector,
    Meeting,
    Motion,
    Person,
    Poll,
    Proposal,
    Resolution,
    Seat,
)
from workflow.rules.cards import CardBatch
from workflow.rules.electors import LaidOut
from workflow.rules.hands import CLERKS, HandsCounted, agreed
from workflow.rules.session import Channel
from workflow.rules.states import PollState


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """A point of the agenda; with the number of the project that it is about."""

    number: int
    title: str
    project: int | None
    proposal_id: int | None


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A seat that votes: for whom, whether recused and why, and what came in, as far as the reader may know it."""

    seat_id: int
    person_id: int
    name: str
    sector: str
    recused: bool
    reason: str
    voted: bool
    choice: str
    channel: str
    cast_at: datetime | None
    card_issued: bool = False
    # Who casts the vote by proxy.
    cast_by_id: int | None = None
    cast_by: str = ""


@dataclass(frozen=True, slots=True)
class PollLine:
    """The valid poll of a motion, with its seats."""

    id: int
    version: int
    state: str
    opened_at: datetime | None
    closed_at: datetime | None
    rules: Mapping[str, Any]
    # SHA-256 of the figures and conditions as counted.
    result_digest: str
    # Whether hands are counted by two people, and their counts as far as the reader may know them.
    by_hands: bool
    # Whether nobody learns how anybody voted; then the ballots, once they are laid out.
    secret: bool
    laid_out: LaidOut | None = None
    votes: tuple[VoteLine, ...] = ()
    counts: tuple[HandsCounted, ...] = ()
    # Who has counted hands, whatever the reader may know of the figures.
    counted_by: tuple[str, ...] = ()
    # The cards of a secret vote, as far as the reader may know what was typed.
    cards: CardBatch | None = None

    @property
    def cards_dropped(self) -> int:
        """How many members cast a card."""
        return sum(vote.voted and vote.channel == Channel.CARD for vote in self.votes)

    @property
    def has_cards(self) -> bool:
        """Whether a member holds or has cast a card."""
        return any(vote.card_issued for vote in self.votes)

    @property
    def electors(self) -> tuple[VoteLine, ...]:
        """The seats that may vote."""
        return tuple(vote for vote in self.votes if not vote.recused)

    @property
    def waiting_for(self) -> tuple[VoteLine, ...]:
        """The seats whose vote has not come in."""
        return tuple(vote for vote in self.electors if not vote.voted)

    @property
    def hands_agree(self) -> bool:
        """Whether two people counted the same hands."""
        return agreed(self.counts) is not None

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors of those who vote, in alphabetical order."""
        return tuple(sorted({vote.sector for vote in self.electors}))

    def of_person(self, person_id: int | None) -> VoteLine | None:
        """The seat for which a person votes as its own."""
        return next((vote for vote in self.electors if vote.person_id == person_id and not vote.cast_by_id), None)

    def by_proxy(self, person_id: int | None) -> list[VoteLine]:
        """The seats for which a person votes by proxy."""
        return [vote for vote in self.electors if person_id and vote.cast_by_id == person_id]


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    """One person in one seat, from arrival to leaving."""

    seat: int
    name: str
    capacity: str
    arrived_at: datetime
    left_at: datetime | None
    seat_id: int
    person_id: int
    function: str


@dataclass(frozen=True, slots=True)
class ResolutionLine:
    """A resolution of the meeting."""

    number: int
    year: int
    motion_number: int
    title: str
    adopted_on: date


@dataclass(frozen=True, slots=True)
class Proceedings:
    """Everything of a meeting that its session leaves out; polls, figures and resolutions by the motion's number."""

    agenda: tuple[AgendaLine, ...]
    polls: Mapping[int, PollLine]
    figures: Mapping[int, Mapping[str, Any]]
    resolutions: Mapping[int, ResolutionLine]
    attendance: tuple[AttendanceLine, ...]
    minute_taker: str
    proxies: tuple[ProxyLine, ...] = ()


def proceedings(tx: Connection, meeting_id: int, *, reader_id: int | None) -> Proceedings:
    """What a page shows of a meeting, for one reader; seven statements, and more where hands or cards were counted."""
    polls, figures = _polls(tx, meeting_id, reader_id)
    return Proceedings(
        agenda=_agenda(tx, meeting_id), polls=polls, figures=figures, resolutions=_resolutions(tx, meeting_id),
        attendance=_attendance(tx, meeting_id), minute_taker=_minute_taker(tx, meeting_id),
        proxies=proxy_lines(tx, meeting_id),
    )  # fmt: skip


def _agenda(tx: Connection, meeting_id: int) -> tuple[AgendaLine, ...]:
    a = AgendaItem
    query = select(a.number, a.title, Proposal.number, a.proposal_id)
    query = query.outerjoin(Proposal, Proposal.id == a.proposal_id).where(a.meeting_id == meeting_id)
    return tuple(AgendaLine(*row) for row in tx.execute(query.order_by(a.number)))


def _polls(
    tx: Connection, meeting_id: int, reader_id: int | None
) -> tuple[dict[int, PollLine], dict[int, Mapping[str, Any]]]:
    """The valid polls and the computed figures of the motions."""
    m, p = Motion, Poll
    query = select(m.number, m.figures, p.id, p.version, p.state, p.opened_at, p.closed_at, p.rules, p.result_digest,
                   p.by_hands, p.secret)  # fmt: skip
    query = query.outerjoin(
        p, (p.meeting_id == m.meeting_id) & (p.motion_number == m.number) & (p.state != PollState.ANNULLED)
    )
    rows = tx.execute(query.where(m.meeting_id == meeting_id).order_by(m.number)).all()
    votes = _votes(tx, meeting_id, reader_id)
    hands = hands_of(tx, [row.id for row in rows if row.id is not None and row.by_hands])
    cards = cards_of(tx, [row.id for row in rows if row.state in {PollState.CLOSED, PollState.COUNTED} and row.secret])
    laid_out = laid_out_in(tx, [row.id for row in rows if row.id is not None and row.secret])
    polls = {
        row.number: replace(
            PollLine(*row[2:]), votes=tuple(votes[row.id]), counts=known_counts(hands.get(row.id, ()), reader_id),
            laid_out=laid_out.get(row.id),
            counted_by=tuple(count.name for count in hands.get(row.id, ())),
            cards=known_cards(cards.get(row.id), reader_id),
        )
        for row in rows if row.id is not None
    }  # fmt: skip
    return polls, {row.number: row.figures for row in rows if row.figures}


def known_counts(counts: Sequence[HandsCounted], reader_id: int | None) -> tuple[HandsCounted, ...]:
    """The counts that a reader may know: one's own, and both once two people have handed theirs in."""
    return tuple(count for count in counts if len(counts) == CLERKS or count.person_id == reader_id)


def known_cards(batch: CardBatch | None, reader_id: int | None) -> CardBatch | None:
    """What a reader may know of typed cards: one's own lines, and both once two people have handed theirs in."""
    if batch is None or len(batch.typed) == CLERKS:
        return batch
    return replace(batch, typed=tuple(typed for typed in batch.typed if typed.person_id == reader_id))


def _votes(tx: Connection, meeting_id: int, reader_id: int | None) -> dict[int, list[VoteLine]]:
    """The seats of every poll of the meeting, with the choices that the reader may know."""
    e, b = Elector, Ballot
    proxy = aliased(Person)
    known = or_(Poll.state == PollState.COUNTED, func.coalesce(e.cast_by_id, e.person_id) == (reader_id or 0))
    query = (
        select(e.poll_id, e.seat_id, e.person_id, Person.name, e.sector, e.recused, e.recusal_reason, e.voted,
               case((known, func.coalesce(b.choice, "")), else_=""), func.coalesce(b.channel, e.channel), b.cast_at,
               e.card_issued, e.cast_by_id, func.coalesce(proxy.name, ""))
        .join(Poll, Poll.id == e.poll_id).join(Person, Person.id == e.person_id).join(Seat, Seat.id == e.seat_id)
        .outerjoin(proxy, proxy.id == e.cast_by_id)
        .outerjoin(b, (b.poll_id == e.poll_id) & (b.seat_id == e.seat_id) & b.valid.is_(True))
        .where(Poll.meeting_id == meeting_id).order_by(e.poll_id, Seat.number)
    )  # fmt: skip
    votes: dict[int, list[VoteLine]] = defaultdict(list)
    for row in tx.execute(query):
        votes[row.poll_id].append(VoteLine(*row[1:]))
    return votes


def _resolutions(tx: Connection, meeting_id: int) -> dict[int, ResolutionLine]:
    r = Resolution
    query = select(r.number, r.year, r.motion_number, r.title, r.adopted_on).where(r.meeting_id == meeting_id)
    return {
        row.motion_number: ResolutionLine(row.number, row.year, row.motion_number, row.title, row.adopted_on)
        for row in tx.execute(query.order_by(r.number))
    }


def _attendance(tx: Connection, meeting_id: int) -> tuple[AttendanceLine, ...]:
    a = Attendance
    query = select(Seat.number, Person.name, a.capacity, a.arrived_at, a.left_at, Seat.id, Person.id, Seat.function)
    query = query.join(Seat, Seat.id == a.seat_id).join(Person, Person.id == a.person_id)
    query = query.where(a.meeting_id == meeting_id).order_by(Seat.number, a.arrived_at)
    return tuple(AttendanceLine(*row) for row in tx.execute(query))


def _minute_taker(tx: Connection, meeting_id: int) -> str:
    query = select(Person.name).join(Meeting, Meeting.minute_taker_id == Person.id).where(Meeting.id == meeting_id)
    return tx.execute(query).scalar() or ""
