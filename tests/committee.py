"""What the committee decides in tests: at a meeting of its own, by legal steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from workflow.demo.meetings import Item, List, hold_meeting
from workflow.demo.seats import seat_members
from workflow.models import Seat
from workflow.rules.facts import Actor, Ref
from workflow.rules.session import Choice

REASON = "Projekt odpowiada na potrzeby mieszkańców."


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


def _seat(tx: Connection, edition: Ref, at: datetime) -> None:
    """Give the members of the committee their seats where nobody has one."""
    if not tx.execute(select(Seat.id).where(Seat.edition_id == edition.id).limit(1)).first():
        seat_members(tx, edition.id, at=at - timedelta(days=30))
