"""Conferences as calendar programs read them (RFC 5545): one with its items, and the feed of an edition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from workflow.models import Conference
from workflow.notifications.calendar_file import LENGTH, escaped, folded, moment
from workflow.presentations.agenda import AgendaView
from workflow.rules.states import ConferenceState

MIMETYPE = "text/calendar"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: `uid` is its identity for ever, `number` grows with its changes."""

    uid: str
    number: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str = ""
    url: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ConferenceDay:
    """What a calendar says of a conference."""

    id: int
    version: int
    number: int
    purpose: str
    state: str
    venue: str
    host_commune: str
    starts_at: datetime
    ends_at: datetime | None
    updated_at: datetime


_c = Conference
_COLUMNS = (_c.id, _c.version, _c.number, _c.purpose, _c.state, _c.venue, _c.host_commune, _c.starts_at, _c.ends_at,
            _c.updated_at)  # fmt: skip


def days_of(
    tx: Connection, *, edition_id: int | None = None, conference_id: int | None = None
) -> tuple[ConferenceDay, ...]:
    """The conferences of an edition, or one of them, that have a date; by number, one statement."""
    chosen = _c.id == conference_id if conference_id is not None else _c.edition_id == edition_id
    query = select(*_COLUMNS).where(chosen, _c.starts_at.is_not(None)).order_by(_c.number)
    rows: Iterable[Any] = tx.execute(query)
    return tuple(ConferenceDay(*row) for row in rows)


def entry_of(day: ConferenceDay, *, host: str, summary: str, url: str) -> Entry:
    """A conference as one event; nobody may have said when it ends."""
    place = ", ".join(filter(None, (day.venue, day.host_commune)))
    return Entry(f"conference-{day.id}@{host}", day.version, day.updated_at, day.starts_at,
                 day.ends_at or day.starts_at + LENGTH, summary, place, url,
                 day.state == ConferenceState.CANCELLED)  # fmt: skip


def items_of(agenda: AgendaView, *, host: str, url: str, untitled: str) -> Iterator[Entry]:
    """The items of a public agenda that have a time."""
    for slot in agenda.shown:
        if slot.starts_at is not None and agenda.published_at is not None:
            ends_at = slot.starts_at + timedelta(minutes=slot.minutes)
            yield Entry(f"agenda-slot-{slot.id}@{host}", agenda.version, agenda.published_at,
                        slot.starts_at, ends_at, slot.title or untitled, url=url)  # fmt: skip


def calendar(entries: Iterable[Entry], *, name: str) -> bytes:
    """The events as a calendar file; a program that asks again replaces what it has by their identity."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Partnerstwo//PL", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{escaped(name)}"]  # fmt: skip
    for entry in entries:
        lines += _lines(entry)
    return b"".join(folded(line) for line in (*lines, "END:VCALENDAR"))


def _lines(entry: Entry) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", f"SEQUENCE:{entry.number}", f"DTSTAMP:{moment(entry.changed_at)}")
    yield from (f"DTSTART:{moment(entry.starts_at)}", f"DTEND:{moment(entry.ends_at)}")
    yield f"SUMMARY:{escaped(entry.summary)}"
    if entry.place:
        yield f"LOCATION:{escaped(entry.place)}"
    if entry.url:
        yield f"URL:{entry.url}"
    yield from (f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}", "END:VEVENT")
