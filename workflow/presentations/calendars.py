"""What calendar files of pages hold: a conference with its items, and all conferences of an edition."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import Conference
from workflow.notifications.calendar_file import Entry, Event, entry_of
from workflow.presentations.agenda import AgendaView
from workflow.rules.facts import Ref
from workflow.rules.states import ConferenceState


class ConferenceDay(Struct, frozen=True):
    """What a calendar says of a conference."""

    id: int
    number: int
    purpose: str
    state: str
    venue: str
    host_commune: str
    starts_at: datetime
    ends_at: datetime | None
    updated_at: datetime


_c = Conference
_COLUMNS = (_c.id, _c.number, _c.purpose, _c.state, _c.venue, _c.host_commune, _c.starts_at, _c.ends_at,
            _c.updated_at)  # fmt: skip


def days_of(
    tx: Connection, *, edition_id: int | None = None, conference_id: int | None = None
) -> tuple[ConferenceDay, ...]:
    """The conferences of an edition, or one of them, that have a date; by number, one statement."""
    chosen = _c.id == conference_id if conference_id is not None else _c.edition_id == edition_id
    query = select(*_COLUMNS).where(chosen, _c.starts_at.is_not(None)).order_by(_c.number)
    rows: Iterable[Any] = tx.execute(query)
    return tuple(ConferenceDay(*row) for row in rows)


def entry_of_day(day: ConferenceDay, *, host: str, summary: str, url: str) -> Entry:
    """A conference as one event of a file."""
    place = ", ".join(filter(None, (day.venue, day.host_commune)))
    is_cancelled = day.state == ConferenceState.CANCELLED
    event = Event(Ref("conference", day.id), day.starts_at, place, day.ends_at, is_cancelled)
    return entry_of(event, summary=summary, url=url, host=host, changed_at=day.updated_at)


def items_of(agenda: AgendaView, *, host: str, url: str, untitled: str) -> Iterator[Entry]:
    """The items of a public agenda that have a time."""
    for slot in agenda.shown:
        if slot.starts_at is not None and agenda.published_at is not None:
            ends_at = slot.starts_at + timedelta(minutes=slot.minutes)
            yield Entry(f"agenda-slot-{slot.id}@{host}", agenda.version, agenda.published_at,
                        slot.starts_at, ends_at, slot.title or untitled, url=url)  # fmt: skip
