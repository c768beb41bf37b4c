"""The seats of the demonstration editions: whoever decides holds one, the chair the first of the committee."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from workflow.base.calendar import warsaw_date
from workflow.models import RoleGrant, Seat, SeatHolder
from workflow.rules.bodies import ROLES, Body, Capacity, Function

APPOINTMENT = "1/2026"


def name_secretary(tx: Connection, edition_id: int) -> None:
    """Make the member in the last seat of the committee its secretary, who can sign minutes by that seat."""
    here = Seat.edition_id == edition_id, Seat.body == Body.COMMITTEE
    last = select(func.max(Seat.number)).where(*here).scalar_subquery()
    tx.execute(update(Seat).where(*here, Seat.number == last).values(function=Function.SECRETARY))


def seat_members(tx: Connection, edition_id: int, *, at: datetime) -> None:
    """Give a seat to everybody who has a role of the committee or of the appeal body in the edition.

    The first of the appeal body is its chair, since no role says who that is.
    """
    g, since = RoleGrant, warsaw_date(at)
    query = select(g.person_id, g.role, g.sector).where(g.edition_id == edition_id, g.withdrawn_at.is_(None))
    grants = tx.execute(query.order_by(g.id)).all()
    for body in Body:
        chairs = [row for row in grants if row.role == ROLES[body, Function.CHAIR]]
        chairs = chairs if body is Body.COMMITTEE else chairs[:1]
        members = [row for row in grants if row.role == ROLES[body, Function.MEMBER] and row not in chairs]
        for number, row in enumerate((*chairs, *members), 1):
            seat = insert(Seat).values(
                edition_id=edition_id, body=body, number=number, sector=row.sector, appointed_by=APPOINTMENT,
                function=Function.CHAIR if row in chairs else Function.MEMBER, from_on=since,
            )  # fmt: skip
            seat_id = tx.execute(seat.returning(Seat.id)).scalar_one()
            holder = {"seat_id": seat_id, "person_id": row.person_id, "capacity": Capacity.HOLDER, "from_on": since}
            tx.execute(insert(SeatHolder).values(**holder, recorded_at=at))
