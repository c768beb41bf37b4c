"""Then: what else a step of an edition or an agreement writes."""

from typing import Any

from workflow.base.calendar import at_hour, deadline, end_of_day, term_end
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.settings_catalogue import BEFORE_CATALOGUE, SETTINGS, differing, value

# Answers whose column has another name.
RULES = {"places_number": "places"}
# What an emptied rule is, where it is not "none".
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("rules_version", "rules_text", "clause_version", "clause_text"), ""),
    "requires_agreement": False,
    "minimum_signatures": 0,
    "initiators": [],
    "sectors": [],
    "areas": [],
    "communes": [],
}
CALENDAR = {
    "submission_until": "submission_deadline",
    "summary_day": "summary_on",
    "reserve_day": "reserve_valid_until",
    "implementation_day": "implementation_until",
}
MORNING = 9


@effect
def begin_edition(context: EffectContext, change: Change) -> None:
    """Write key, title, county and year of a new edition, and the settings that it takes over from the last one.

    An entry that names no settings is of an edition that began before there was a catalogue.
    """
    change.columns |= {name: context.data[name] for name in ("key", "title", "county", "year")}
    change.columns["settings"] = dict(context.data.get("settings", BEFORE_CATALOGUE))


@effect
def write_rules(context: EffectContext, change: Change) -> None:
    """A field that was given empty empties what is kept; no number of places means no limit."""
    for name, given in context.answers.items():
        change.columns[RULES.get(name, name)] = EMPTY.get(name) if given is None else given


@effect
def write_sections(context: EffectContext, change: Change) -> None:
    """What is said about a section replaces what was settled before; sections that are not named stay."""
    said = {row["section"]: {k: v for k, v in row.items() if k != "section"} for row in context.data["sections"]}
    change.columns["sheet_sections"] = {**context.facts["sheet_sections"], **said}


@effect
def write_settings(context: EffectContext, change: Change) -> None:
    """Keep what now differs from the defaults; the entry names the values before. Terms that a setting moves follow."""
    old, answers = context.facts.edition, {key: context.data[key] for key in SETTINGS if key in context.data}
    change.columns["settings"] = differing(old["settings"], answers)
    change.words["before"] = {key: value(old, key) for key in answers}
    if any(SETTINGS[key].moves_timers for key in answers):
        change.timers = "reset"


@effect
def write_calendar(context: EffectContext, change: Change) -> None:
    """A day means until its end in Warsaw; the summary conference begins in its morning.

    A deadline for projects on a Saturday or holiday passes with the next working day, unless a source says otherwise.
    """
    published = "as_published" in context.data
    ends = {"summary_day": lambda day: at_hour(day, MORNING), "submission_until": end_of_day if published else term_end}
    for name, given in context.answers.items():
        change.columns[CALENDAR[name]] = ends.get(name, end_of_day)(given)
    change.timers = "reset"


@effect
def open_registration(_context: EffectContext, change: Change) -> None:
    """Let people enter themselves in the list of participants."""
    change.columns["registration_open"] = True


@effect
def open_appeals(context: EffectContext, change: Change) -> None:
    """Set the end of the term for appeals, counted from the announcement of the results."""
    change.columns["appeals_until"] = deadline(context.at, days=value(context.facts.edition, "appeal_days"))


@effect
def freeze_timers(context: EffectContext, change: Change) -> None:
    """Record what was suspended, and stop the timers of the edition's proposals."""
    change.recorded["suspension"] = context.entry(left=context.facts.state)
    change.timers = "freeze"


@effect
def thaw_timers(_context: EffectContext, change: Change) -> None:
    """Start the timers of the edition's proposals again, moved by the time of the suspension."""
    change.timers = "thaw"


@effect
def begin_agreement(context: EffectContext, change: Change) -> None:
    """Write title and purpose of a new partnership agreement."""
    change.columns |= {"title": context.data["title"], "purpose": context.data.get("purpose", "")}


@effect
def count_signatures(context: EffectContext, change: Change) -> None:
    """Write how many partners have signed, and the source of the figure."""
    change.columns["partners"] = context.data["signatures"]
    if "source" in context.data:
        change.columns["partners_source"] = context.data["source"]


@effect
def conclude(context: EffectContext, change: Change) -> None:
    """Write the day on which the agreement was concluded, and the source."""
    if "day" in context.data:
        change.columns["concluded_on"] = end_of_day(context.data["day"])
    if "source" in context.data:
        change.columns["partners_source"] = context.data["source"]
