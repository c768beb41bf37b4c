"""The calendar file of a letter about a meeting or a conference (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from workflow.base.calendar import warsaw_date
from workflow.notifications.messages import Event

# A line holds at most so many octets; what is longer goes on in the next line after a blank.
OCTETS = 75
# Nobody writes down when a meeting ends.
LENGTH = timedelta(hours=2)
FILENAME = "termin.ics"


def calendar_file(event: Event, *, summary: str, url: str, host: str, number: int, at: datetime) -> bytes:
    """One event as a calendar program reads it. The same event keeps its identity, so that a change moves it and a
    cancellation takes it out; `number` grows with every letter about it, `at` is when this one was written."""
    lines = _lines(event, summary=summary, url=url, host=host, number=number, at=at)
    return b"".join(folded(line) for line in lines)


def _lines(event: Event, *, summary: str, url: str, host: str, number: int, at: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Partnerstwo//PL")
    yield f"METHOD:{'CANCEL' if event.is_cancelled else 'PUBLISH'}"
    yield "BEGIN:VEVENT"
    yield f"UID:{event.ref.kind}-{event.ref.id}@{host}"
    yield f"SEQUENCE:{number}"
    yield f"DTSTAMP:{moment(at)}"
    if event.all_day:
        yield f"DTSTART;VALUE=DATE:{warsaw_date(event.starts_at):%Y%m%d}"
    else:
        yield f"DTSTART:{moment(event.starts_at)}"
        yield f"DTEND:{moment(event.starts_at + LENGTH)}"
    yield f"SUMMARY:{escaped(summary)}"
    if event.place:
        yield f"LOCATION:{escaped(event.place)}"
    yield f"URL:{url}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield from ("END:VEVENT", "END:VCALENDAR")


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
