"""Calendar files (RFC 5545): the one of a letter about a meeting or a conference, and those of pages and feeds."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from workflow.base.calendar import warsaw_date
from workflow.rules.facts import Ref

# A line holds at most so many octets; what is longer goes on in the next line after a blank.
OCTETS = 75
# Nobody writes down when a meeting ends.
LENGTH = timedelta(hours=2)
FILENAME = "termin.ics"
MIMETYPE = "text/calendar"


class Event(Struct, frozen=True):
    """A meeting or a conference, for a calendar."""

    ref: Ref
    starts_at: datetime
    place: str = ""
    ends_at: datetime | None = None
    is_cancelled: bool = False


class Entry(Struct, frozen=True):
    """One event of a file: `uid` is its identity for ever, `number` grows with its changes; without an end only its
    beginning is told, and one that `is_day` has no hour."""

    uid: str
    number: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    summary: str
    place: str = ""
    url: str = ""
    is_cancelled: bool = False
    is_day: bool = False


def entry_of(event: Event, *, summary: str, url: str, host: str, changed_at: datetime) -> Entry:
    """A meeting or a conference as it was changed last at a moment; the same in letters, files of pages, and feeds.

    Its identity stays, so that a later change moves it and a cancellation takes it out.
    """
    is_meeting = event.ref.kind == "meeting"
    ends_at = event.ends_at or (event.starts_at + LENGTH if is_meeting else None)
    uid = f"{event.ref.kind}-{event.ref.id}@{host}"
    return Entry(uid, int(changed_at.timestamp()), changed_at, event.starts_at, ends_at, summary, event.place, url,
                 event.is_cancelled)  # fmt: skip


def calendar(entries: Iterable[Entry], *, name: str = "") -> bytes:
    """The events as a file; a program that reads it again replaces what it has by their identity.

    Where each of them is cancelled, the file as a whole is a cancellation.
    """
    listed = tuple(entries)
    method = "CANCEL" if listed and all(entry.is_cancelled for entry in listed) else "PUBLISH"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Partnerstwo//PL", f"METHOD:{method}"]
    lines += [f"X-WR-CALNAME:{escaped(name)}"] if name else []
    for entry in listed:
        lines += _lines(entry)
    return b"".join(folded(line) for line in (*lines, "END:VCALENDAR"))


def _lines(entry: Entry) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", f"SEQUENCE:{entry.number}", f"DTSTAMP:{moment(entry.changed_at)}")
    if entry.is_day:
        yield f"DTSTART;VALUE=DATE:{warsaw_date(entry.starts_at):%Y%m%d}"
    else:
        yield f"DTSTART:{moment(entry.starts_at)}"
    if entry.ends_at is not None:
        yield f"DTEND:{moment(entry.ends_at)}"
    yield f"SUMMARY:{escaped(entry.summary)}"
    if entry.place:
        yield f"LOCATION:{escaped(entry.place)}"
    if entry.url:
        yield f"URL:{entry.url}"
    yield from (f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}", "END:VEVENT")


def moment(value: datetime) -> str:
    """A moment in UTC as calendar files write it."""
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A text on one line; the marks that separate values are not meant as such."""
    flat = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return flat.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def folded(line: str) -> bytes:
    """The line in pieces that are short enough; no letter is cut in two."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join((*pieces, piece)) + b"\r\n"
