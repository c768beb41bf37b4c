"""What the pages of a rehearsal show, from the lines that the job has written down."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from web.views.open_steps import titles
from workflow.operations.rehearsal.report import KINDS, role_title

# Letters on one page, and events that are listed one by one.
LETTERS = 40
EVENTS = 200


class EventView(Struct, frozen=True):
    """One line about a project: what the clock does, and what stands in the way."""

    at: datetime
    kind: str
    label: str
    title: str
    state: str
    is_over: bool
    reasons: tuple[str, ...]
    who: str


class LetterView(Struct, frozen=True):
    """A letter with whom it would reach, and in which role."""

    role: str
    recipients: str
    count: int
    subject: str
    paragraphs: tuple[str, ...]
    details: tuple[tuple[str, str], ...]
    note: str


class DayView(Struct, frozen=True):
    """Everything of one day."""

    events: tuple[EventView, ...]
    more_events: int
    letters: tuple[LetterView, ...]


def day_view(day: Mapping[str, Any]) -> DayView:
    """A day as the job wrote it down."""
    events = tuple(_event(event) for event in day["events"][:EVENTS])
    return DayView(events, max(0, len(day["events"]) - EVENTS), tuple(_letter(letter) for letter in day["letters"]))


def _event(event: Mapping[str, Any]) -> EventView:
    language = identity.language()
    state = event["state"][language] if event["state"] else ""
    reasons = tuple(reason[language] for reason in event["missing"])
    return EventView(
        datetime.fromisoformat(event["at"]), say(KINDS[event["kind"]]), event["label"][language],
        f"{event['number']}. {event['title']}", state, event["is_over"], reasons, titles(event["who"]),
    )  # fmt: skip


def _letter(letter: Mapping[str, Any]) -> LetterView:
    role = role_title(letter["role"], identity.language()) if letter["role"] else ""
    names = ", ".join(one["name"] for one in letter["recipients"])
    details = tuple((label, value) for label, value in letter["details"])
    return LetterView(role, names, len(letter["recipients"]), letter["subject"], tuple(letter["paragraphs"]), details,
                      letter["note"])  # fmt: skip


def span(result: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From when until when was rehearsed."""
    return datetime.fromisoformat(result["from"]), datetime.fromisoformat(result["until"])


def ending(result: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Where projects are in the end: state, count, whose turn it is."""
    language = identity.language()
    return [(one["state"][language], one["count"], titles(one["who"])) for one in result["remaining"]]


def dated(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands in the result about each day."""
    return [{**entry, "date": date.fromisoformat(entry["day"])} for entry in result["days"]]
