"""A rehearsal for people and for programs: each day as JSON, in the language of whoever reads it."""

from collections.abc import Iterable
from typing import Any

from workflow.base.i18n import LANGUAGES, Sentence, _, format_date, format_time, say
from workflow.lifecycle.definition import Text
from workflow.notifications.messages import AS_WHAT, Letter
from workflow.operations.rehearsal.course import Day, Rehearsal
from workflow.operations.rehearsal.events import Event, Happened, Remaining
from workflow.operations.rehearsal.letters import RehearsedLetter
from workflow.rules.role_titles import TITLES

NOBODY_ACTS = _("In a rehearsal nobody does anything: it shows what happens by itself, and what waits for somebody.")
KINDS: dict[str, Sentence] = {
    Happened.STEP: _("The system takes a step"),
    Happened.REMINDER: _("People are reminded"),
    Happened.WAITS: _("A step waits for somebody"),
}
Json = dict[str, Any]


def day_as_json(day: Day) -> Json:
    """A day with everything that happens on it; letters in the language of their readers, the rest in all."""
    return {
        "day": day.day.isoformat(),
        "events": [event_as_json(event) for event in day.events],
        "letters": [letter_as_json(letter) for letter in day.letters],
    }


def event_as_json(event: Event) -> Json:
    """One event of the clock."""
    return {
        "at": event.at.isoformat(), "kind": event.kind.value, "subject": str(event.ref), "number": event.number,
        "title": event.title, "label": _both(event.label), "state": _both(event.state) if event.state else None,
        "is_over": event.is_over,
        "missing": [{language: unmet.say(language) for language in LANGUAGES} for unmet in event.missing],
        "who": [name for unmet in event.missing for name in unmet.who],
    }  # fmt: skip


def letter_as_json(rehearsed: RehearsedLetter) -> Json:
    """One letter with its text and everybody who would get it."""
    letter = rehearsed.letter
    return {
        "topic": rehearsed.topic.value, "language": rehearsed.language, "role": rehearsed.role, "path": letter.path,
        "subject": letter.subject, "paragraphs": list(letter.paragraphs), "note": letter.note,
        "details": [list(pair) for pair in letter.details], "reason": letter.reason,
        "recipients": [{"name": one.name, "channels": list(one.channels)} for one in rehearsed.recipients],
    }  # fmt: skip


def remaining_as_json(remaining: Iterable[Remaining]) -> list[Json]:
    """Where projects are in the end."""
    return [{"state": _both(one.state), "count": one.count, "who": list(one.who)} for one in remaining]


def ending_as_json(rehearsal: Rehearsal) -> Json:
    """How a rehearsal ends, once its days have been read."""
    cut_short = rehearsal.cut_short.isoformat() if rehearsal.cut_short else None
    return {"from": rehearsal.at.isoformat(), "until": rehearsal.ends_at.isoformat(),
            "remaining": remaining_as_json(rehearsal.remaining), "cut_short": cut_short}  # fmt: skip


def _both(text: Text) -> Json:
    return {language: text.say(language) for language in LANGUAGES}


def day_as_text(day: Day, language: str) -> str:
    """A day to be read at a terminal."""
    lines = [format_date(day.day, language)]
    lines += [f"  {format_time(event.at, language)}  {_event_line(event, language)}" for event in day.events]
    for letter in day.letters:
        lines += ["", *(f"    {line}" for line in _letter_lines(letter))]
    return "\n".join(lines)


def _event_line(event: Event, language: str) -> str:
    line = f"{say(KINDS[event.kind], language)}: {event.label.say(language)} – {event.number}. {event.title}"
    if event.state:
        line += f" -> {event.state.say(language)}"
    return "; ".join([line, *(unmet.say(language) for unmet in event.missing)])


def _letter_lines(rehearsed: RehearsedLetter) -> list[str]:
    letter: Letter = rehearsed.letter
    names = ", ".join(f"{one.name} ({', '.join(one.channels)})" for one in rehearsed.recipients)
    details = [f"{label}: {value}" for label, value in letter.details]
    return [f"{letter.subject}", f"  -> {names}", *(f"  {text}" for text in (*letter.paragraphs, *details))]


def role_title(role: str, language: str) -> str:
    """In which role somebody gets a letter, or whose turn it is."""
    if role in AS_WHAT:
        return say(AS_WHAT[role], language)  # type: ignore[index]
    return say(TITLES[role], language) if role in TITLES else role


def ending_as_text(rehearsal: Rehearsal, language: str) -> str:
    """Where everything is in the end, for a terminal."""
    lines = [say(_("In the end, what waits for somebody:"), language)]
    for one in rehearsal.remaining:
        who = ", ".join(role_title(name, language) for name in one.who)
        lines.append(f"  {one.count} × {one.state.say(language)}" + (f": {who}" if who else ""))
    if rehearsal.cut_short:
        lines.append(say(_("Stopped on {day}: the rehearsal took too long.", day=rehearsal.cut_short), language))
    return "\n".join(lines)
