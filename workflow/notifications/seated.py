"""Who sits in the body whose meeting or vote a message is about, and what these meetings are."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
from workflow.models import Elector, Meeting, Poll, Seat, SeatHolder
from workflow.rules.facts import Ref


class MeetingRow(Struct, frozen=True):
    """A meeting as messages look at it."""

    id: int
    edition_id: int
    body: str
    number: int
    form: str
    state: str
    place: str
    starts_at: datetime | None
    answer_until: datetime | None
    convened_at: datetime | None


def meetings_of(connection: Connection, refs: Collection[Ref]) -> dict[Ref, MeetingRow]:
    """The meetings among these subjects; one statement, none where there is no meeting among them."""
    ids = {ref.id for ref in refs if ref.kind == "meeting"}
    if not ids:
        return {}
    m = Meeting
    query = select(m.id, m.edition_id, m.body, m.number, m.form, m.state, m.place, m.starts_at, m.answer_until,
                   m.convened_at)  # fmt: skip
    rows = connection.execute(query.where(m.id.in_(ids)))
    return {Ref("meeting", row.id): MeetingRow(**row._mapping) for row in rows}


def seated(connection: Connection, refs: Collection[Ref]) -> dict[Ref, frozenset[int]]:
    """Holders and substitutes of the body on the day of each meeting; of one that nobody was told of, nobody."""
    meetings = {
        ref: (row, warsaw_date(row.starts_at or row.convened_at))
        for ref, row in meetings_of(connection, refs).items() if row.convened_at
    }  # fmt: skip
    if not meetings:
        return {}
    s, h = Seat, SeatHolder
    query = select(s.edition_id, s.body, h.person_id, func.coalesce(h.to_on, s.to_on).label("to_on"), h.from_on)
    editions = {row.edition_id for row, _day in meetings.values()}
    query = query.join(h, h.seat_id == s.id).where(s.edition_id.in_(editions))
    sitting = grouped(
        (ref, holder.person_id) for holder in connection.execute(query) for ref, (row, day) in meetings.items()
        if (holder.edition_id, holder.body) == (row.edition_id, row.body)
        and holder.from_on <= day and (holder.to_on is None or day <= holder.to_on)
    )  # fmt: skip
    return {ref: frozenset(people) for ref, people in sitting.items()}


def electors(connection: Connection, refs: Collection[Ref]) -> dict[Ref, frozenset[int]]:
    """Who may vote in each vote that is answered until a moment; of a vote in a room, nobody has to be told."""
    ids = {ref.id for ref in refs if ref.kind == "poll"}
    if not ids:
        return {}
    query = select(Elector.poll_id, Elector.person_id).join(Poll, Poll.id == Elector.poll_id)
    query = query.where(Poll.id.in_(ids), Poll.due_at.is_not(None), Elector.recused.is_(False))
    people = grouped((Ref("poll", row.poll_id), row.person_id) for row in connection.execute(query))
    return {ref: frozenset(voters) for ref, voters in people.items()}
