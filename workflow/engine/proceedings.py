"""What happened in a meeting beside its session: agenda, votes, resolutions, attendance; read without a lock.

How people vote is hidden while a vote is open: a choice leaves the database for its own elector alone until the count.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import BigInteger, BindParameter, Connection, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from workflow.base.grouping import grouped
from workflow.db.statements import Query, query_together
from workflow.engine.cards_reader import cards_of
from workflow.engine.hands_reader import hands_of
from workflow.engine.proxy_reader import LINES as PROXY_LINES
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


class AgendaLine(Struct, frozen=True):
    """A point of the agenda; with the number of the project that it is about."""

    number: int
    title: str
    project: int | None
    proposal_id: int | None


class VoteLine(Struct, frozen=True):
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


class PollLine(Struct, frozen=True):
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
    # The case file of the poll.
    recorded: Mapping[str, Any]
    laid_out: LaidOut | None = None
    votes: tuple[VoteLine, ...] = ()
    counts: tuple[HandsCounted, ...] = ()
    # Who has counted hands, whatever the reader may know of the figures.
    counted_by: tuple[str, ...] = ()
    # The cards of a secret vote, as far as the reader may know what was typed.
    cards: CardBatch | None = None

    @property
    def annulment(self) -> Mapping[str, Any]:
        """Who proposed to annul the counted vote, when and why; empty where nobody did."""
        return self.recorded.get("propose_annulment") or {}

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


class AttendanceLine(Struct, frozen=True):
    """One person in one seat, from arrival to leaving."""

    seat: int
    name: str
    capacity: str
    arrived_at: datetime
    left_at: datetime | None
    seat_id: int
    person_id: int
    function: str


class ResolutionLine(Struct, frozen=True):
    """A resolution of the meeting."""

    number: int
    year: int
    motion_number: int
    title: str
    adopted_on: date


class Proceedings(Struct, frozen=True):
    """Everything of a meeting that its session leaves out; polls, figures and resolutions by the motion's number."""

    agenda: tuple[AgendaLine, ...]
    polls: Mapping[int, PollLine]
    figures: Mapping[int, Mapping[str, Any]]
    resolutions: Mapping[int, ResolutionLine]
    attendance: tuple[AttendanceLine, ...]
    minute_taker: str
    proxies: tuple[ProxyLine, ...] = ()


def proceedings(tx: Connection, meeting_id: int, *, reader_id: int | None) -> Proceedings:
    """What a page shows of a meeting, for one reader; one round trip, and more where hands or cards were counted."""
    here = {"meeting": meeting_id, "reader": reader_id or 0}
    asked = (_POLLS, _VOTES, _AGENDA, _RESOLUTIONS, _ATTENDANCE, _MINUTE_TAKER, PROXY_LINES)
    rows, votes, agenda, resolutions, attendance, minute_taker, proxies = query_together(
        tx, [(query, here) for query in asked]
    )
    return Proceedings(
        agenda=tuple(AgendaLine(*row) for row in agenda), polls=_polls(tx, rows, votes, reader_id),
        figures={row.number: row.figures for row in rows if row.figures},
        resolutions={row.motion_number: ResolutionLine(*row) for row in resolutions},
        attendance=tuple(AttendanceLine(*row) for row in attendance),
        minute_taker=minute_taker[0].name if minute_taker else "", proxies=proxy_lines(proxies),
    )  # fmt: skip


# Statements are constants: each step of a meeting that is over, and each page of one, asks them.
_MEETING: BindParameter[Any] = bindparam("meeting", None, BigInteger)
_AGENDA = Query(
    select(AgendaItem.number, AgendaItem.title, Proposal.number, AgendaItem.proposal_id)
    .outerjoin(Proposal, Proposal.id == AgendaItem.proposal_id)
    .where(AgendaItem.meeting_id == _MEETING).order_by(AgendaItem.number)
)  # fmt: skip
_POLLS = Query(
    select(Motion.number, Motion.figures, Poll.id, Poll.version, Poll.state, Poll.opened_at, Poll.closed_at,
           Poll.rules, Poll.result_digest, Poll.by_hands, Poll.secret, Poll.recorded)
    .outerjoin(Poll, (Poll.meeting_id == Motion.meeting_id) & (Poll.motion_number == Motion.number)
               & (Poll.state != PollState.ANNULLED))
    .where(Motion.meeting_id == _MEETING).order_by(Motion.number)
)  # fmt: skip
_PROXY = aliased(Person)
_IS_KNOWN = or_(
    Poll.state == PollState.COUNTED,
    func.coalesce(Elector.cast_by_id, Elector.person_id) == bindparam("reader", None, BigInteger),
)
_VOTES = Query(
    select(Elector.poll_id, Elector.seat_id, Elector.person_id, Person.name, Elector.sector, Elector.recused,
           Elector.recusal_reason, Elector.voted, case((_IS_KNOWN, func.coalesce(Ballot.choice, "")), else_=""),
           func.coalesce(Ballot.channel, Elector.channel), Ballot.cast_at, Elector.card_issued, Elector.cast_by_id,
           func.coalesce(_PROXY.name, ""))
    .join(Poll, Poll.id == Elector.poll_id).join(Person, Person.id == Elector.person_id)
    .join(Seat, Seat.id == Elector.seat_id).outerjoin(_PROXY, _PROXY.id == Elector.cast_by_id)
    .outerjoin(Ballot, (Ballot.poll_id == Elector.poll_id) & (Ballot.seat_id == Elector.seat_id)
               & Ballot.valid.is_(True))
    .where(Poll.meeting_id == _MEETING).order_by(Elector.poll_id, Seat.number)
)  # fmt: skip
_RESOLUTIONS = Query(
    select(Resolution.number, Resolution.year, Resolution.motion_number, Resolution.title, Resolution.adopted_on)
    .where(Resolution.meeting_id == _MEETING).order_by(Resolution.number)
)  # fmt: skip
_ATTENDANCE = Query(
    select(Seat.number, Person.name, Attendance.capacity, Attendance.arrived_at, Attendance.left_at, Seat.id,
           Person.id, Seat.function)
    .join(Seat, Seat.id == Attendance.seat_id).join(Person, Person.id == Attendance.person_id)
    .where(Attendance.meeting_id == _MEETING).order_by(Seat.number, Attendance.arrived_at)
)  # fmt: skip
_MINUTE_TAKER = Query(
    select(Person.name).join(Meeting, Meeting.minute_taker_id == Person.id).where(Meeting.id == _MEETING)
)


def _polls(
    tx: Connection, rows: Sequence[Any], cast: Sequence[Any], reader_id: int | None
) -> dict[int, PollLine]:  # fmt: skip
    """The valid polls by motion, with the choices that the reader may know."""
    votes = grouped((row.poll_id, VoteLine(*row[1:])) for row in cast)
    hands = hands_of(tx, [row.id for row in rows if row.id is not None and row.by_hands])
    cards = cards_of(tx, [row.id for row in rows if row.state in {PollState.CLOSED, PollState.COUNTED} and row.secret])
    laid_out = laid_out_in(tx, [row.id for row in rows if row.id is not None and row.secret])
    return {
        row.number: replace(
            PollLine(*row[2:]), votes=tuple(votes[row.id]), counts=known_counts(hands.get(row.id, ()), reader_id),
            laid_out=laid_out.get(row.id),
            counted_by=tuple(count.name for count in hands.get(row.id, ())),
            cards=known_cards(cards.get(row.id), reader_id),
        )
        for row in rows if row.id is not None
    }  # fmt: skip


def known_counts(counts: Sequence[HandsCounted], reader_id: int | None) -> tuple[HandsCounted, ...]:
    """The counts that a reader may know: one's own, and both once two people have handed theirs in."""
    return tuple(count for count in counts if len(counts) == CLERKS or count.person_id == reader_id)


def known_cards(batch: CardBatch | None, reader_id: int | None) -> CardBatch | None:
    """What a reader may know of typed cards: one's own lines, and both once two people have handed theirs in."""
    if batch is None or len(batch.typed) == CLERKS:
        return batch
    return replace(batch, typed=tuple(typed for typed in batch.typed if typed.person_id == reader_id))
