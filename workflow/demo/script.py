"""Turns the data of a made-up edition into a script: every step with its person and moment, in order of time; pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct, field

from workflow.base.calendar import at_hour
from workflow.demo.scenarios import stages_of
from workflow.demo.stages import STAGES

Book = Mapping[str, Any]
EDITION = "edition"
OFFICE = "pracownik"
BETWEEN_BEATS = timedelta(minutes=7)
FRIDAY, WEEK = 4, 7
OPENING_HOUR, OFFICE_HOURS = 8, 7
# Days before and after a conference.
REGISTRATION, MINUTES = 14, 7


class Act(Struct, frozen=True):
    """One step of one subject of the script."""

    at: datetime
    subject: str
    who: str
    step: str
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    # The kind of subject that begins with this step.
    creates: str = ""


def script(book: Book, monday: date) -> list[Act]:
    """All acts of an edition in order of time; the first one creates it."""
    begins = monday + timedelta(days=book["begins"])
    data = {name: book[name] for name in ("key", "title", "county")} | {"year": begins.year}
    start = Act(at_hour(begins, OPENING_HOUR), EDITION, "admin", "create_edition", data, creates="edition")
    acts = [
        Act(start.at + BETWEEN_BEATS, EDITION, OFFICE, "set_rules", book["rules"]),
        Act(start.at + 2 * BETWEEN_BEATS, EDITION, OFFICE, "set_calendar", book["calendar"]),
        *_scenes(book, monday),
        *(act for conference in book["conference"] for act in _conference(conference, begins, monday)),
        *(act for number, proposal in enumerate(book["proposal"]) for act in _proposal(book, number, proposal, monday)),
    ]
    # Sorting keeps the order of acts of the same moment.
    return [start, *sorted(acts, key=lambda act: act.at)]


def _scenes(book: Book, monday: date) -> Iterator[Act]:
    for scene in book["scene"]:
        at = at_hour(monday + timedelta(days=scene["day"]), scene.get("hour", 12))
        yield Act(
            at, scene.get("subject", EDITION), scene.get("who", OFFICE), scene["step"], scene.get("data", {}),
            scene.get("note", ""), scene.get("creates", ""),
        )  # fmt: skip


# How many of its steps a conference takes: a report is generated just before it is approved.
STEPS = {0: 0, 1: 1, 2: 2, 3: 4}


def _conference(conference: Book, begins: date, monday: date) -> Iterator[Act]:
    """Planned when the edition begins, open two weeks before its day, held, and its minutes approved a week later."""
    name, day = f"conference {conference['number']}", monday + timedelta(days=conference["day"])
    asked = ("number", "purpose", "day", "host_commune", "venue", "is_summary", "outputs")
    data = {name: conference[name] for name in asked if name in conference}
    planned = at_hour(begins, OPENING_HOUR + 2) + conference["number"] * timedelta(minutes=4)
    yield Act(planned, name, OFFICE, "plan", data, creates="conference")
    steps = ("open", "hold", "generate_report", "approve_minutes")[: STEPS[conference["steps"]]]
    counted = {name: conference[name] for name in ("participants", "qualifier", "source") if name in conference}
    when = {
        "open": max(at_hour(day - timedelta(days=REGISTRATION), OPENING_HOUR), planned + timedelta(hours=1)),
        "hold": at_hour(day, OPENING_HOUR + OFFICE_HOURS),
        "generate_report": at_hour(day + timedelta(days=conference.get("minutes_after", MINUTES)), OPENING_HOUR),
        "approve_minutes": at_hour(day + timedelta(days=conference.get("minutes_after", MINUTES)), OPENING_HOUR + 1),
    }
    for step in steps:
        who = "protokolant" if step in {"generate_report", "approve_minutes"} else OFFICE
        yield Act(when[step], name, who, step, counted if step == "hold" else {})


def _proposal(book: Book, number: int, proposal: Book, monday: date) -> Iterator[Act]:
    """A proposal from its idea to the state in which it ends; stages come in their windows, beats minutes apart."""
    last = None
    for stage in stages_of(proposal):
        day = monday + timedelta(days=_day(book, number, proposal, stage))
        at = at_hour(day, OPENING_HOUR + number % OFFICE_HOURS) + timedelta(minutes=number)
        for beat in STAGES[stage](proposal):
            at = max(at, last + BETWEEN_BEATS) if last else at
            creates = "proposal" if beat.step == "record_idea" else ""
            yield Act(at, proposal["slug"], beat.who, beat.step, beat.data, creates=creates)
            last = at


def _day(book: Book, number: int, proposal: Book, stage: str) -> int:
    """The proposal's own day for a stage, or one of the stage's window; never a Saturday or a Sunday."""
    own: int | None = proposal.get("days", {}).get(stage)
    if own is None:
        first, last = book["windows"][stage]
        own = first + number * 5 % (last - first + 1)
    return own - max(own % WEEK - FRIDAY, 0)
