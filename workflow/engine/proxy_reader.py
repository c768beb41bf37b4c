"""How the proxies of a meeting are read: those that run, and all of them with names."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, BindParameter, ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from workflow.db.statements import Query
from workflow.models import Person, Seat, SeatHolder
from workflow.models import Proxy as ProxyRow
from workflow.rules.bodies import Capacity

_MEETING: BindParameter[Any] = bindparam("meeting", None, BigInteger)
RUNNING = Query(
    select(ProxyRow.from_seat_id, ProxyRow.to_seat_id)
    .where(ProxyRow.meeting_id == _MEETING, ProxyRow.ended_at.is_(None)).order_by(ProxyRow.id)
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


def proxy_lines(rows: Iterable[Any]) -> tuple[ProxyLine, ...]:
    """Every proxy of a meeting in the order of recording, as `LINES` found them."""
    return tuple({row.id: ProxyLine(*row) for row in rows}.values())


def _lines() -> Select[int, int, int, int, str, str, date, str, datetime | None]:
    p, giver, receiver, given, taken = ProxyRow, aliased(SeatHolder), aliased(SeatHolder), aliased(Seat), aliased(Seat)
    who_gave, who_takes = aliased(Person), aliased(Person)
    return (
        select(p.id, p.from_seat_id, given.number, taken.number, who_gave.name, who_takes.name, p.given_on, p.file_name,
               p.ended_at)
        .join(given, given.id == p.from_seat_id).join(taken, taken.id == p.to_seat_id)
        .join(giver, _holds(giver, given)).join(receiver, _holds(receiver, taken))
        .join(who_gave, who_gave.id == giver.person_id).join(who_takes, who_takes.id == receiver.person_id)
        .where(p.meeting_id == _MEETING).order_by(p.id)
    )  # fmt: skip


def _holds(holder: type[SeatHolder], seat: type[Seat]) -> ColumnElement[bool]:
    """Whether somebody holds a seat on the day of the proxy."""
    on_day = holder.from_on <= ProxyRow.given_on, func.coalesce(holder.to_on, ProxyRow.given_on) >= ProxyRow.given_on
    return and_(holder.seat_id == seat.id, holder.capacity == Capacity.HOLDER, *on_day)


LINES = Query(_lines())
