"""Reads the proxies of a meeting."""

from datetime import date, datetime
from functools import cache

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from workflow.models import Person, Seat, SeatHolder
from workflow.models import Proxy as ProxyRow
from workflow.rules.bodies import Capacity
from workflow.rules.proxies import Proxy

_RUNNING = (
    select(ProxyRow.from_seat_id, ProxyRow.to_seat_id)
    .where(ProxyRow.meeting_id == bindparam("meeting"), ProxyRow.ended_at.is_(None)).order_by(ProxyRow.id)
)  # fmt: skip


class ProxyLine(Struct, frozen=True):
    """A proxy of a meeting, running or ended, with the seats and their holders by name."""

    id: int
    from_seat: int
    from_number: int
    to_number: int
    giver: str
    receiver: str
    given_on: date
    file_name: str
    ended_at: datetime | None


def proxies_of(tx: Connection, meeting_id: int) -> tuple[Proxy, ...]:
    """The proxies that run in a meeting; one statement."""
    return tuple(Proxy(*row) for row in tx.execute(_RUNNING, {"meeting": meeting_id}))


def proxy_lines(tx: Connection, meeting_id: int) -> tuple[ProxyLine, ...]:
    """Every proxy of a meeting in the order of recording; one statement."""
    return tuple({row.id: ProxyLine(*row) for row in tx.execute(_lines(), {"meeting": meeting_id})}.values())


@cache
def _lines() -> Select[int, int, int, int, str, str, date, str, datetime | None]:
    p, giver, receiver, given, taken = ProxyRow, aliased(SeatHolder), aliased(SeatHolder), aliased(Seat), aliased(Seat)
    who_gave, who_takes = aliased(Person), aliased(Person)
    return (
        select(p.id, p.from_seat_id, given.number, taken.number, who_gave.name, who_takes.name, p.given_on, p.file_name,
               p.ended_at)
        .join(given, given.id == p.from_seat_id).join(taken, taken.id == p.to_seat_id)
        .join(giver, _holds(giver, given)).join(receiver, _holds(receiver, taken))
        .join(who_gave, who_gave.id == giver.person_id).join(who_takes, who_takes.id == receiver.person_id)
        .where(p.meeting_id == bindparam("meeting")).order_by(p.id)
    )  # fmt: skip


def _holds(holder: type[SeatHolder], seat: type[Seat]) -> ColumnElement[bool]:
    """Whether somebody holds a seat on the day of the proxy."""
    on_day = holder.from_on <= ProxyRow.given_on, func.coalesce(holder.to_on, ProxyRow.given_on) >= ProxyRow.given_on
    return and_(holder.seat_id == seat.id, holder.capacity == Capacity.HOLDER, *on_day)
