"""A calendar file that any calendar program reads."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflow.notifications.calendar_file import Entry, Event, calendar, entry_of
from workflow.rules.facts import Ref

AT = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)
BEGIN = datetime(2026, 10, 1, 15, 30, tzinfo=UTC)


def file_of(event: Event, summary: str) -> bytes:
    url = "https://p.example/x"
    return calendar([entry_of(event, summary=summary, url=url, host="p.example", changed_at=AT)])


def lines(event: Event, summary: str = "Posiedzenie") -> list[str]:
    return file_of(event, summary).decode().replace("\r\n ", "").split("\r\n")


def test_a_meeting_has_its_hour_and_keeps_its_identity_when_it_is_cancelled() -> None:
    told = lines(Event(Ref("meeting", 3), BEGIN, "Sala 12; parter, po lewej"))
    assert "DTSTART:20261001T153000Z" in told
    assert "LOCATION:Sala 12\\; parter\\, po lewej" in told
    cancelled = lines(Event(Ref("meeting", 3), BEGIN, is_cancelled=True))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED"} <= set(cancelled)
    assert [line for line in told if line.startswith("UID")] == [line for line in cancelled if line.startswith("UID")]


def test_a_conference_has_the_hour_at_which_it_begins_and_no_end_that_nobody_named() -> None:
    late = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
    told = lines(Event(Ref("conference", 1), late))
    assert "DTSTART:20261001T223000Z" in told
    assert not [line for line in told if line.startswith("DTEND")]
    end = datetime(2026, 10, 2, 4, 0, tzinfo=UTC)
    known = lines(Event(Ref("conference", 1), late, ends_at=end))
    assert {"DTSTART:20261001T223000Z", "DTEND:20261002T040000Z"} <= set(known)


def test_what_has_no_hour_is_a_day_in_warsaw() -> None:
    late = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
    content = calendar([Entry("milestone-1@p.example", 1, AT, late, None, "Dach", is_day=True)]).decode()
    assert "DTSTART;VALUE=DATE:20261002" in content.split("\r\n")
    assert "DTEND" not in content


def test_a_feed_with_one_cancelled_conference_cancels_only_that_one() -> None:
    events = [Event(Ref("conference", 1), BEGIN, is_cancelled=True), Event(Ref("conference", 2), BEGIN)]
    entries = [entry_of(event, summary="K", url="", host="p.example", changed_at=AT) for event in events]
    told = calendar(entries, name="Edycja").decode().split("\r\n")
    assert ("METHOD:PUBLISH" in told, told.count("STATUS:CANCELLED"), told.count("STATUS:CONFIRMED")) == (True, 1, 1)


@given(st.text())
def test_no_text_adds_a_line_or_makes_one_too_long(text: Any) -> None:
    event = Event(Ref("meeting", 3), BEGIN, text.encode(errors="ignore").decode())
    content = file_of(event, event.place)
    assert len(lines(event, event.place)) - len(lines(Event(Ref("meeting", 3), BEGIN, "x"))) in (0, -1)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
