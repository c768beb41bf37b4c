"""Reads the seats of an edition with everybody who has held them; two statements in one round trip."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import BigInteger, Connection, bindparam, func, select

from workflow.base.grouping import grouped
from workflow.db.statements import Query, query_together
from workflow.models import Organisation, Person, Seat, SeatHolder
from workflow.rules.bodies import Capacity


class HolderLine(Struct, frozen=True):
    """A person in a seat, with the first and the last day (None: it goes on)."""

    id: int
    person_id: int
    name: str
    capacity: str
    rank: int
    from_on: date
    to_on: date | None

    def sits_on(self, day: date) -> bool:
        """Whether the day is one of this person's in the seat."""
        return self.from_on <= day and (self.to_on is None or self.to_on >= day)


class SeatLine(Struct, frozen=True):
    """A seat and the people in it: holders first, then substitutes by rank, each in the order of days."""

    id: int
    body: str
    number: int
    sector: str
    organisation: str
    function: str
    appointed_by: str
    from_on: date
    to_on: date | None
    people: tuple[HolderLine, ...] = ()

    def holder_on(self, day: date) -> HolderLine | None:
        """Who holds the seat on a day; None where it is vacant."""
        return next((p for p in self.people if p.capacity == Capacity.HOLDER and p.sits_on(day)), None)

    def substitutes_on(self, day: date) -> tuple[HolderLine, ...]:
        """Who may sit in for the holder on a day, in the order in which they are called."""
        return tuple(p for p in self.people if p.capacity == Capacity.SUBSTITUTE and p.sits_on(day))


_EDITION = bindparam("edition", None, BigInteger)
_SEATS = Query(
    select(Seat.id, Seat.body, Seat.number, Seat.sector, func.coalesce(Organisation.name, ""), Seat.function,
           Seat.appointed_by, Seat.from_on, Seat.to_on)
    .outerjoin(Organisation, Organisation.id == Seat.organisation_id)
    .where(Seat.edition_id == _EDITION).order_by(Seat.body.desc(), Seat.number)
)  # fmt: skip
_H = SeatHolder
_PEOPLE = Query(
    select(_H.seat_id, _H.id, _H.person_id, Person.name, _H.capacity, _H.rank, _H.from_on, _H.to_on)
    .join(Person, Person.id == _H.person_id).join(Seat, Seat.id == _H.seat_id)
    .where(Seat.edition_id == _EDITION).order_by(_H.capacity, _H.rank, _H.from_on)
)  # fmt: skip


def seats_of(tx: Connection, edition_id: int, body: str | None = None) -> tuple[SeatLine, ...]:
    """The seats of one body or of both, by body and number, with all their people."""
    here = {"edition": edition_id}
    rows, people = query_together(tx, [(_SEATS, here), (_PEOPLE, here)])
    seats = [SeatLine(*row) for row in rows if body in (None, row.body)]
    by_seat = grouped((row.seat_id, HolderLine(*row[1:])) for row in people)
    return tuple(replace(seat, people=tuple(by_seat[seat.id])) for seat in seats)
