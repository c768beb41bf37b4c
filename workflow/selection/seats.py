"""Writes about seats: one is filled, somebody substitutes, somebody's time ends; each with the role that it gives."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from workflow.base.errors import BadInput, found
from workflow.base.i18n import _
from workflow.models import Edition, Person, RoleGrant, Seat, SeatHolder
from workflow.people.organisations import organisation_named
from workflow.people.roles import grant_role, withdraw_role
from workflow.rules.bodies import SINGLE, Body, Capacity, Function, role_of
from workflow.rules.facts import Actor


def fill_seat(tx: Connection, edition_id: int, given: Mapping[str, Any], *, actor: Actor, at: datetime) -> int:
    """Create a seat with its holder, in the caller's transaction, and give the role of the body; returns its number.

    `given` has body, function, sector, organisation (a name, may be empty), person (number), appointed_by, from_on and
    to_on (None: open). The edition's row is locked, so that numbers are never given twice. Raises BadInput.
    """
    query = select(Edition.sectors).where(Edition.id == edition_id).with_for_update(key_share=True)
    edition = found(tx.execute(query).one_or_none())
    body, function = Body(given["body"]), Function(given["function"])
    term = _term(given)
    if body is Body.COMMITTEE and given["sector"] not in edition.sectors:
        raise BadInput({"sector": _("This edition has no such sector.")})
    if function in SINGLE and tx.execute(select(Seat.id).where(*_seats(edition_id, body), Seat.function == function,
                                                               _overlaps(Seat, *term))).first():  # fmt: skip
        raise BadInput({"function": _("Another seat has this function in that time. End its term first.")})
    highest = select(func.coalesce(func.max(Seat.number), 0)).where(*_seats(edition_id, body))
    number = int(tx.execute(highest).scalar_one()) + 1
    values = {
        "edition_id": edition_id, "body": body, "number": number, "sector": given["sector"] or "", "function": function,
        "organisation_id": organisation_named(tx, given["organisation"] or "", at=at),
        "appointed_by": given["appointed_by"], "from_on": term[0], "to_on": term[1],
    }  # fmt: skip
    seat_id = int(tx.execute(insert(Seat).values(**values).returning(Seat.id)).scalar_one())
    add_holder(tx, edition_id, seat_id, {**given, "capacity": Capacity.HOLDER}, actor=actor, at=at)
    return number


def add_holder(
    tx: Connection, edition_id: int, seat_id: int, given: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:
    """Let a person hold a seat, or substitute in it, and give the role that goes with it.

    The edition's row is locked until the transaction ends. Refused with BadInput: a second holder at the same time,
    a person who sits in either body at that time, a day outside the term of the seat.
    """
    seat = _locked(tx, edition_id, seat_id)
    capacity, (begins, ends) = Capacity(given["capacity"]), _term(given)
    if begins < seat.from_on or (seat.to_on and (ends is None or ends > seat.to_on)):
        raise BadInput({"from_on": _("The days must lie within the term of the seat.")})
    others = (SeatHolder.seat_id == seat_id, _overlaps(SeatHolder, begins, ends))
    if (
        capacity is Capacity.HOLDER
        and tx.execute(select(SeatHolder.id).where(*others, SeatHolder.capacity == Capacity.HOLDER)).first()
    ):
        raise BadInput({"person": _("Somebody else holds this seat at that time. End that term first.")})
    person = given["person"]
    if not tx.execute(select(Person.id).where(Person.id == person, Person.active.is_(True))).first():
        raise BadInput({"person": _("Choose somebody of this edition.")})
    sits = (SeatHolder.person_id == person, Seat.edition_id == edition_id, _overlaps(SeatHolder, begins, ends))
    if tx.execute(select(Seat.id).join(SeatHolder, SeatHolder.seat_id == Seat.id).where(*sits)).first():
        raise BadInput({"person": _("This person has a seat in this edition at that time already.")})
    rank = 0
    if capacity is Capacity.SUBSTITUTE:
        rank = int(tx.execute(select(func.count()).where(*others, SeatHolder.capacity == capacity)).scalar_one()) + 1
    tx.execute(insert(SeatHolder).values(
        seat_id=seat_id, person_id=person, capacity=capacity, rank=rank, from_on=begins, to_on=ends,
        recorded_by_id=actor.id, recorded_at=at,
    ))  # fmt: skip
    role = role_of(seat.body, seat.function, capacity)
    if not tx.execute(select(RoleGrant.id).where(*_granted(person, edition_id, role))).first():
        grant_role(tx, person, edition_id=edition_id, role=role, actor=actor, at=at,
                   sector=seat.sector if Body(seat.body) is Body.COMMITTEE else "")  # fmt: skip


def end_term(tx: Connection, edition_id: int, holder_id: int, on: date, *, actor: Actor, at: datetime) -> None:
    """End the time of one person in a seat with a day, and take the role back; the row stays.

    A seat whose holder's time ended is vacant and keeps its number. Raises NotFound, BadInput.
    """
    query = select(SeatHolder.seat_id, SeatHolder.person_id, SeatHolder.capacity, SeatHolder.from_on, SeatHolder.to_on)
    holder = found(tx.execute(query.where(SeatHolder.id == holder_id)).one_or_none())
    seat = _locked(tx, edition_id, holder.seat_id)
    if on < holder.from_on or (holder.to_on and on > holder.to_on):
        raise BadInput({"to_on": _("The last day must lie within the time of this person in the seat.")})
    tx.execute(update(SeatHolder).where(SeatHolder.id == holder_id).values(to_on=on))
    role = role_of(seat.body, seat.function, holder.capacity)
    grant = tx.execute(select(RoleGrant.id).where(*_granted(holder.person_id, edition_id, role))).scalar()
    if grant is not None:
        withdraw_role(tx, holder.person_id, grant, actor=actor, at=at)


def _term(given: Mapping[str, Any]) -> tuple[date, date | None]:
    begins, ends = given["from_on"], given.get("to_on")
    if ends is not None and ends < begins:
        raise BadInput({"to_on": _("The last day must not come before the first.")})
    return begins, ends


def _locked(tx: Connection, edition_id: int, seat_id: int) -> Row[str, str, str, date, date | None]:
    query = select(Seat.body, Seat.function, Seat.sector, Seat.from_on, Seat.to_on)
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))
    return found(
        tx.execute(query.where(Seat.id == seat_id, Seat.edition_id == edition_id).with_for_update()).one_or_none()
    )


def _seats(edition_id: int, body: Body) -> tuple[ColumnElement[bool], ...]:
    return Seat.edition_id == edition_id, Seat.body == body


def _granted(person_id: int, edition_id: int, role: str) -> tuple[ColumnElement[bool], ...]:
    g = RoleGrant
    return g.person_id == person_id, g.edition_id == edition_id, g.role == role, g.withdrawn_at.is_(None)


def _overlaps(model: type[Seat] | type[SeatHolder], begins: date, ends: date | None) -> ColumnElement[bool]:
    """Whether the days of a row have a day in common with these."""
    goes_on = or_(model.to_on.is_(None), model.to_on >= begins)
    return goes_on if ends is None else and_(goes_on, model.from_on <= ends)
