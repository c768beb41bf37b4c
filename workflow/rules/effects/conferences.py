"""Then: what else a step of a conference writes."""

from collections.abc import Mapping
from typing import Any

from workflow.rules.conference_times import times_of
from workflow.rules.documents import DocumentKind
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.effects.documents import approve, draft, version_after
from workflow.rules.guards.conference_reports import report_of

SERIES = "conference"
# Answers whose column has another name.
COLUMNS = {"conference_theme": "theme"}
ANSWERS = ("purpose", "conference_theme", "host_commune", "venue", "capacity", "outputs")
# What an emptied field is.
EMPTY: Mapping[str, Any] = {"conference_theme": "", "host_commune": "", "venue": "", "capacity": None, "outputs": ""}


@effect
def begin_conference(context: EffectContext, change: Change) -> None:
    """Write number, purpose, place and times of a new conference."""
    change.columns |= {"number": context.data["number"], "is_summary": bool(context.data.get("is_summary"))}
    change.columns |= _described(context) | times_of(context.facts.own, context.data)


@effect
def write_conference(context: EffectContext, change: Change) -> None:
    """Write over purpose, place and times of a conference as far as they were given."""
    change.columns |= _described(context) | times_of(context.facts.own, context.data)


@effect
def set_up_conference(context: EffectContext, change: Change) -> None:
    """The same, and a field that was given empty empties what was there; a day is changed, never taken away."""
    emptied = {COLUMNS.get(name, name): EMPTY[name] for name in EMPTY if context.data.get(name, "") is None}
    change.columns |= _described(context) | emptied | times_of(context.facts.own, context.data)


@effect
def move_conference(context: EffectContext, change: Change) -> None:
    """Set the new day of a postponed conference; its hours and the end of registration move with it unless given."""
    change.columns |= times_of(context.facts.own, context.data)


@effect
def count_participants(context: EffectContext, change: Change) -> None:
    """Write how many people took part, how exact the figure is and where it comes from."""
    named = {"participants": "participants", "qualifier": "participants_qualifier", "source": "participants_source"}
    change.columns |= {column: context.data[name] for name, column in named.items() if name in context.data}


@effect
def generate_report(context: EffectContext, change: Change) -> None:
    """A new version of the report, from what the rows say now, with the remarks of whoever generates it."""
    facts, report = context.facts, report_of(context.facts)
    data = {**report.data, "remarks": context.data.get("remarks") or ""}
    version = version_after(report.document)
    change.rows.append(("document", draft(context, DocumentKind.REPORT, SERIES, facts["number"], version, data)))


@effect
def approve_report(context: EffectContext, change: Change) -> None:
    """The approval: from here on the report is locked."""
    approve(context, change, report_of(context.facts).document)


def _described(context: EffectContext) -> dict[str, Any]:
    given = {name: context.data[name] for name in ANSWERS if context.data.get(name) is not None}
    return {COLUMNS.get(name, name): answer for name, answer in given.items()}
