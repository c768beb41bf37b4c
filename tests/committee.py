"""What the committee decides in tests: at a meeting of its own, by legal steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from workflow.base.calendar import warsaw_date
from workflow.demo.meetings import Item, List, hold_meeting
from workflow.demo.seats import seat_members
from workflow.models import Seat, SeatHolder
from workflow.rules.bodies import Body, Capacity, Function
from workflow.rules.facts import Actor, Ref
from workflow.rules.session import Choice, MotionKind

REASON = "Projekt odpowiada na potrzeby mieszkańców."
REASON_OF_APPEAL = "Zarzuty zostały zbadane."


def adopt(
    tx: Connection, edition: Ref, outcomes: Mapping[Ref, str], positions: Mapping[Ref, int], *, chair: Actor,
    secretary: Actor | None, at: datetime,
) -> Ref:  # fmt: skip
    """One list with these outcomes is adopted by a committee whose members have seats; returns the meeting."""
    _seat(tx, edition, at)
    items = [Item(ref, outcome, REASON, positions.get(ref)) for ref, outcome in outcomes.items()]
    return hold_meeting(tx, edition, [List("Rozstrzygnąć o projektach.", items)], chair=chair, secretary=secretary,
                        at=at)[0]  # fmt: skip


def resolve(
    tx: Connection, edition: Ref, kind: str, refs: Sequence[Ref], *, chair: Actor, at: datetime, carried: bool = True,
    **more: str,
) -> Ref:  # fmt: skip
    """A motion about projects whose decisions were announced; a lost one is not adopted. Returns the meeting."""
    _seat(tx, edition, at)
    items = [Item(ref, **{"outcome": "", "justification": REASON, **more}) for ref in refs]
    choice = Choice.FOR if carried else Choice.AGAINST
    lists = [List("Rozstrzygnąć o ogłoszonych projektach.", items, kind=kind, choice=choice)]
    return hold_meeting(tx, edition, lists, chair=chair, secretary=None, at=at)[0]


def decide_appeal(
    tx: Connection, edition: Ref, ref: Ref, outcome: str, *, chair: Actor, beside: int, at: datetime
) -> Ref:
    """The appeal body, in which somebody else sits beside its only member, votes about an appeal; returns the meeting."""
    _seat(tx, edition, at)
    since, here = warsaw_date(at) - timedelta(days=1), {"edition_id": edition.id, "body": Body.APPEAL, "number": 2}
    if not tx.execute(select(Seat.id).filter_by(**here)).first():
        seat = insert(Seat).values(**here, sector="", appointed_by="8/2026", function=Function.MEMBER, from_on=since)
        seat_id = tx.execute(seat.returning(Seat.id)).scalar_one()
        holder = {"seat_id": seat_id, "person_id": beside, "capacity": Capacity.HOLDER, "from_on": since}
        tx.execute(insert(SeatHolder).values(**holder, recorded_at=at))
    motion = List("Rozpatrzyć odwołanie.", [Item(ref, outcome, REASON_OF_APPEAL)], kind=MotionKind.APPEAL)
    return hold_meeting(tx, edition, [motion], chair=chair, secretary=None, at=at, body=Body.APPEAL)[0]


def _seat(tx: Connection, edition: Ref, at: datetime) -> None:
    """Give the members of the committee their seats where nobody has one."""
    if not tx.execute(select(Seat.id).where(Seat.edition_id == edition.id).limit(1)).first():
        seat_members(tx, edition.id, at=at - timedelta(days=30))
