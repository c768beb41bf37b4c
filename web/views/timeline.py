"""What happened to a subject in the reader's words, and the path that it has come along."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from web.views.case_file import PUPIL, field_in_words, private_names
from web.views.letter_texts import said_of_text
from web.views.settings import said_of_settings
from web.views.subject import Subject
from workflow.base.i18n import _, format_date
from workflow.engine.move import UNDO
from workflow.engine.undo import may_undo
from workflow.lifecycle.definition import Lifecycle, Text
from workflow.proposals.timeline import Course, Entry, entries_of
from workflow.rules.permissions import may_name_minors, may_see_private
from workflow.rules.states import OVER, ProposalState

SYSTEM_NAME = _("the system")
UNDONE = _("The last step was taken back")
# The words given with a step that explain it; the rest stands in the case file.
WORDS = ("explanation", "reason", "grounds", "written_reasons", "justification", "remarks", "paper_on", "file")
# How much of the history a page that came too late tells.
SHOWN = 5
# Off the path: a phase that nobody sets out for.
OFF_PATH = "exit"


def undoable(subject: Subject, entries: Sequence[Entry]) -> bool:
    """Whether the reader may take back the latest entry, newest first, of a subject that still lives."""
    if not entries or not entries[0].can_be_restored or subject.edition.get("state") in OVER:
        return False
    return may_undo(subject.facts, entries[0].row, entries[0].version)


def was_taken_back(subject: Subject, entries: Sequence[Entry]) -> bool:
    """Whether the latest entry takes back a step that the reader could have taken back as well."""
    if not entries or entries[0].row != UNDO:
        return False
    return may_undo(subject.facts, str(entries[0].data.get("row")), int(entries[0].data.get("undoes", 0)))


def visible(subject: Subject, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that the reader may know of."""
    if may_see_private(subject.facts):
        return list(entries)
    hidden = private_names(subject.lifecycle)
    return [entry for entry in entries if entry.row not in hidden]


def changes(tx: Connection, subject: Subject, since: int | None) -> list[dict[str, Any]]:
    """What others did since the version that a page was opened on; for a page that came too late."""
    entries = entries_of(tx, subject.ref, limit=SHOWN)
    return lines(subject, [entry for entry in entries if since is None or entry.version > since])


def lines(subject: Subject, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries as the list of the history shows them, newest first."""
    named = may_name_minors(subject.facts)
    return [_line(subject.lifecycle, entry, named=named or not entry.by_minor) for entry in visible(subject, entries)]


@cache
def _labels(lifecycle: Lifecycle) -> Mapping[str, Text]:
    return {row.id: row.done for row in lifecycle.rows}


def _line(lifecycle: Lifecycle, entry: Entry, *, named: bool) -> dict[str, Any]:
    language = identity.language()
    states = lifecycle.states
    labels = _labels(lifecycle)
    label = (
        say(UNDONE) if entry.step == UNDO else labels[entry.row].say(language) if entry.row in labels else entry.step
    )
    return {
        "at": entry.at,
        "who": (entry.who or say(SYSTEM_NAME)) if named else say(PUPIL),
        "label": label,
        "from_label": states[entry.source].label.say(language) if entry.source else None,
        "to_label": states[entry.target].label.say(language) if entry.target != entry.source else None,
        "note": _words(entry),
    }


def _words(entry: Entry) -> str:
    pairs = [field_in_words(name, entry.data[name]) for name in WORDS if entry.data.get(name)]
    fields = (f"{name}: {value}" for name, value in filter(None, pairs))
    return "\n".join(filter(None, [said_of_text(entry.data), entry.note, *fields, said_of_settings(entry.data)]))


def path(subject: Subject, course: Course) -> Mapping[str, Any]:
    """The phases with the day on which each was entered first, and the place where the subject is."""
    lifecycle, language = subject.lifecycle, identity.language()
    entered: dict[str, datetime] = {}
    for transition in course.transitions:
        phase = lifecycle.states[transition.target].phase
        entered[phase] = min(transition.first_at, entered.get(phase, transition.first_at))
    state = lifecycle.states[subject.facts.state or ""]
    here = state.phase
    if here == OFF_PATH:
        before = {
            transition.last_version: lifecycle.states[transition.source].phase
            for transition in course.transitions
            if transition.source
        }
        here = next((before[last] for last in sorted(before, reverse=True) if before[last] != OFF_PATH), "")
    phases = [
        {
            "key": key,
            "label": label.say(language),
            "note": _day(None if subject.edition["historical"] else entered.get(key), language),
        }
        for key, label in lifecycle.phases.items()
        if key != OFF_PATH
    ]
    off = state.phase == OFF_PATH or state.kind == "closed" or state.key == ProposalState.CANCELLED
    return {"phases": phases, "current": here, "state": state.label.say(language), "ended": off}


def _day(moment: datetime | None, language: str) -> str | None:
    return format_date(moment, language) if moment else None
