"""The reserve list after the announcement: its order, places that became free and by whom, offers and their terms."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, or_, select

from workflow.engine import machine
from workflow.engine.effective_decisions import effective_decisions
from workflow.models import Decision, Edition, Proposal
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.session import ActiveDecision, Outcome, room_left
from workflow.rules.states import DECIDED_AGAIN, FUNDED, EditionState, ProposalState
from workflow.rules.totals import Part, Scope, Totals

# While results are announced and something can still be promoted.
AFTER_RESULTS = frozenset({
    EditionState.SELECTION, EditionState.APPEALS, EditionState.AGREEMENT, EditionState.IMPLEMENTATION,
})  # fmt: skip
# What the list needs to know of its edition.
SCOPE = Scope(frozenset(FUNDED), frozenset({Part.RESERVE}))


class ReserveLine(Struct, frozen=True):
    """A project of the reserve list; the cost is in grosze."""

    id: int
    number: int
    title: str
    cost: int
    position: int | None
    # The end of the term of a running offer.
    offered_until: datetime | None
    # The number of the adopted resolution that promotes it.
    resolution: str


class FormerProject(Struct, frozen=True):
    """A project that made room: how it left is "withdrawn", "cancelled", "annulled", "declined" or "lapsed"."""

    id: int
    number: int
    title: str
    how: str


class ReserveList(Struct, frozen=True):
    """The reserve list of an edition, in its order. Money in grosze; None where the edition sets no limit."""

    lines: tuple[ReserveLine, ...]
    left: tuple[FormerProject, ...]
    places: int | None
    money: int | None
    # Places that became free and were neither taken nor offered, where the edition has no number of places.
    freed: int
    # Presented projects that have no decision; as long as there is one, no place is free for the reserve list.
    undecided: int
    may_skip: bool

    @property
    def has_room(self) -> bool:
        """Whether every project has its decision, and a place is free that is neither taken nor offered to anybody."""
        if self.undecided:
            return False
        if self.places is not None:
            return self.places > 0
        return self.freed > 0 if self.money is None else self.money > 0

    @property
    def next(self) -> ReserveLine | None:
        """The first project of the list that has no offer; None where no place is free."""
        waiting = (line for line in self.lines if line.offered_until is None)
        return next(waiting, None) if self.has_room else None

    def fits(self, line: ReserveLine) -> bool:
        """Whether the project fits the money that is left."""
        return self.money is None or line.cost <= self.money


def reserve_list(tx: Connection, edition: Facts, *, may_skip: bool) -> ReserveList:
    """The list of an edition whose facts were read with `SCOPE`; four statements, nothing is locked.

    Places and money are what effective decisions leave, announced or not, so it is for insiders alone.
    """
    totals, decisions = edition.totals or Totals(), effective_decisions(tx, edition.ref.id)
    places, money = room_left(edition["places"], edition["budget"], decisions)
    return ReserveList(
        _lines(tx, edition.ref.id), _left(tx, edition.ref.id), places, money,
        totals.freed - totals.offers, _undecided(tx, edition.ref.id, decisions), may_skip,
    )  # fmt: skip


def _undecided(tx: Connection, edition_id: int, decisions: Collection[ActiveDecision]) -> int:
    """How many presented projects have no effective decision."""
    p = Proposal
    presented = select(p.id).where(p.edition_id == edition_id, p.state == ProposalState.PRESENTED)
    return len(set(tx.execute(presented).scalars()) - {decision.proposal_id for decision in decisions})


def _lines(tx: Connection, edition_id: int) -> tuple[ReserveLine, ...]:
    p, d = Proposal, Decision
    promoted = and_(d.proposal_id == p.id, d.pending.is_(True), d.outcome == Outcome.SELECT)
    query = select(p.id, p.number, p.title, p.cost, p.reserve_position, p.due_at, d.resolution_number, d.year)
    query = query.outerjoin(d, promoted).where(p.edition_id == edition_id, p.state == ProposalState.RESERVE)
    return tuple(
        ReserveLine(row.id, row.number, row.title, row.cost or 0, row.reserve_position, row.due_at,
                    f"{row.resolution_number}/{row.year}" if row.resolution_number else "")
        for row in tx.execute(query.order_by(p.reserve_position, p.number))
    )  # fmt: skip


def _left(tx: Connection, edition_id: int) -> tuple[FormerProject, ...]:
    p = Proposal
    ways: dict[str, ColumnElement[bool]] = {
        "cancelled": p.state == ProposalState.CANCELLED,
        "withdrawn": and_(p.state == ProposalState.WITHDRAWN,
                          p.recorded["withdrawal"]["left"].as_string() == ProposalState.SELECTED),
        "declined": p.recorded["offer"]["answer"].as_string() == "declined",
        "lapsed": p.recorded["offer"]["answer"].as_string() == "lapsed",
        "annulled": and_(p.state.in_(sorted(DECIDED_AGAIN)),
                         p.recorded["annulment"]["left"].as_string() == ProposalState.SELECTED),
    }  # fmt: skip
    how = case(*((condition, name) for name, condition in ways.items()), else_="")
    query = select(p.id, p.number, p.title, how).where(p.edition_id == edition_id, or_(*ways.values()))
    return tuple(FormerProject(*row) for row in tx.execute(query.order_by(p.number)))


class PendingPlace(Struct, frozen=True):
    """A place that became free in an edition, and the project that is next on its reserve list."""

    edition_key: str
    edition: str
    next_title: str
    until: datetime | None


_WITH_RESERVE = (
    select(Proposal.edition_id).distinct().join(Edition, Edition.id == Proposal.edition_id)
    .where(
        Proposal.edition_id.in_(bindparam("editions", expanding=True)), Proposal.state == ProposalState.RESERVE,
        Proposal.due_at.is_(None), ~exists().where(Decision.proposal_id == Proposal.id, Decision.pending.is_(True)),
        Edition.historical.is_(False), Edition.state.in_(sorted(AFTER_RESULTS)),
    )
    .order_by(Proposal.edition_id)
)  # fmt: skip


def pending_places(tx: Connection, editions: Collection[int], *, actor: Actor) -> tuple[PendingPlace, ...]:
    """The editions of these in which a place is free, while somebody on the reserve list has neither an offer nor a
    resolution that promotes it, once every project has its decision; one statement, and ten more for such a project.
    """
    numbers = tx.execute(_WITH_RESERVE, {"editions": sorted(editions)}).scalars()
    refs = [Ref("edition", number) for number in numbers]
    found = []
    for facts in machine.facts_of(tx, refs, actor=actor, scope=SCOPE).values() if refs else ():
        reserve = reserve_list(tx, facts, may_skip=False)
        if reserve.next and not reserve.next.resolution:
            found.append(PendingPlace(facts["key"], facts["title"], reserve.next.title, facts["reserve_valid_until"]))
    return tuple(found)
