"""A calendar file that any calendar program reads."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflow.notifications.calendar_file import calendar_file
from workflow.notifications.messages import Event
from workflow.rules.facts import Ref

AT = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)
BEGIN = datetime(2026, 10, 1, 15, 30, tzinfo=UTC)


def lines(event: Event, summary: str = "Posiedzenie") -> list[str]:
    content = calendar_file(event, summary=summary, url="https://p.example/x", host="p.example", number=7, at=AT)
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_meeting_has_its_hour_and_keeps_its_identity_when_it_is_cancelled() -> None:
    told = lines(Event(Ref("meeting", 3), BEGIN, "Sala 12; parter, po lewej"))
    assert "DTSTART:20261001T153000Z" in told
    assert "LOCATION:Sala 12\\; parter\\, po lewej" in told
    cancelled = lines(Event(Ref("meeting", 3), BEGIN, is_cancelled=True))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED"} <= set(cancelled)
    assert [line for line in told if line.startswith("UID")] == [line for line in cancelled if line.startswith("UID")]


def test_a_conference_is_a_day_in_warsaw() -> None:
    late = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
    assert "DTSTART;VALUE=DATE:20261002" in lines(Event(Ref("conference", 1), late, all_day=True))


@given(st.text())
def test_no_text_adds_a_line_or_makes_one_too_long(text: Any) -> None:
    event = Event(Ref("meeting", 3), BEGIN, text.encode(errors="ignore").decode())
    content = calendar_file(event, summary=event.place, url="https://p.example/x", host="p", number=7, at=AT)
    assert len(lines(event, event.place)) - len(lines(Event(Ref("meeting", 3), BEGIN, "x"))) in (0, -1)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
