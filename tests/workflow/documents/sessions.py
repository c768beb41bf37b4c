"""Meetings that are over, with what minutes can say of them: votes, a resolution, a departure, somebody away."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests import prepared
from tests.workflow.selection.test_meetings import MEMBERS, Session
from tests.world import SECTORS, World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.models import Document
from workflow.rules.facts import Ref
from workflow.selection.seats import fill_seat

GENERATE, SIGN, APPROVE = "generate_minutes", "sign_minutes", "approve_minutes"


class WithDeputy(Session):
    """A committee of four: a deputy of the same sector sits in the place of whoever is away."""

    def __init__(self, world: World, away: str, sector: str) -> None:
        super().__init__(world)
        self.away = away
        given = {"body": "committee", "function": "deputy", "sector": sector, "organisation": "Gmina Łąck",
                 "person": world["participant"].id, "appointed_by": "2/2026", "to_on": None,
                 "from_on": warsaw_date(world.at - timedelta(days=20))}  # fmt: skip
        with world.database.transaction() as tx:
            fill_seat(tx, self.edition.id, given, actor=world["staff"], at=world.at)

    @property
    def present(self) -> tuple[str, ...]:
        return tuple(name for name in (*MEMBERS, "participant") if name != self.away)

    @property
    def seats(self) -> dict[str, int]:
        session = self.world.facts(self.meeting, "secretary").session
        assert session is not None
        return {name: seat.id for name in (*MEMBERS, "participant") for seat in session.seats
                if seat.holder == self.world[name].id}  # fmt: skip


def ended(database: Database, *, away: str = "", world: World | None = None) -> Session:
    """A meeting of three that adopted a resolution, lost a procedural motion, and ended.

    With `away` one of the three is away and a deputy sits; the minute-taker conducts.
    """
    world = world or World(database)
    refs = prepared.first_call(world, f"ended {away}", lambda one: _ended(one, away))
    if not away:
        return Session.known(world, refs)
    session = WithDeputy.known(world, refs)
    session.away = away
    return session


def _ended(world: World, away: str) -> tuple[Ref, Ref, Ref]:
    sectors = dict(zip(MEMBERS, SECTORS, strict=True))
    session = WithDeputy(world, away, sectors[away]) if away else Session(world)
    here = session.present if isinstance(session, WithDeputy) else MEMBERS
    session.arrive(*here)
    world.take(session.meeting, "begin", "secretary")
    poll = session.open_vote(session.move())
    session.vote(poll, **dict(zip(here, ("for", "for", "against"), strict=True)))
    world.take(poll, "count", "secretary")
    world.take(session.meeting, "adopt", "secretary", motion=1)
    world.take(session.meeting, "put_motion", "secretary", motion_kind="procedural", wording="Przerwa.")
    poll = session.open_vote(2)
    session.vote(poll, **dict(zip(here, ("against", "against", "abstain"), strict=True)))
    world.take(poll, "count", "secretary")
    world.take(session.meeting, "note_departure", "secretary", seat=session.seats[here[-1]])
    world.take(session.meeting, "end", "secretary")
    return session.project, session.edition, session.meeting


def document_of(session: Session, kind: str = "minutes") -> Any:
    """The latest row of a document of the meeting."""
    query = select(Document.id, Document.version, Document.data, Document.data_digest, Document.state).where(
        Document.subject_id == session.meeting.id, Document.kind == kind
    )
    with session.world.database.reading() as tx:
        return tx.execute(query.order_by(Document.id.desc())).first()
