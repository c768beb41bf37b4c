"""Only if: what is written into a project sheet, and what it needs before it can be handed in."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import Listed, Money, Sentence, _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing, over_edition
from workflow.rules.roles import Role
from workflow.rules.sheet_sections import (
    NAMES,
    Section,
    as_rows,
    asked_sections,
    progress,
    section_digest,
    section_of_field,
    sections_of,
    values_of,
)
from workflow.rules.states import IN_VERIFICATION, ProposalState
from workflow.rules.totals import Totals

# Where a proposal can be that was handed in, as long as an edition may still settle its sections.
HANDED_IN = (*IN_VERIFICATION, ProposalState.ADMITTED, ProposalState.NOT_ADMITTED, ProposalState.APPEALED)


def missing_sections(facts: Facts) -> list[Sentence]:
    """The labels of the sections that still have to be filled before the sheet can be handed in."""
    return [section.label for section in progress(facts).missing]


@guard
def sheet_complete(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Every section that the edition requires is filled."""
    sheet_progress = progress(facts)
    if not sheet_progress.missing:
        return None
    return missing(
        "sheet_incomplete",
        _(
            "{ready} of {all} sections of the sheet are ready. Missing: {names}.",
            ready=sheet_progress.ready,
            all=sheet_progress.all,
            names=Listed(tuple(section.label for section in sheet_progress.missing)),
        ),
        Role.GROUP_LEADER,
        Role.GROUP_MEMBER,
        until=facts.submission_until,
        field="sheet",
    )


def stale_sections(facts: Facts, data: Mapping[str, Any]) -> list[str]:
    """The sections that are written over a text which is no longer the saved one.

    A section that was sent as it was read is not written at all, and the same words twice are no conflict.
    """
    now = values_of(facts.own)
    stale = []
    for name, base in (data.get("base") or {}).items():
        saved, sent = section_digest(name, now), section_digest(name, {**now, **data})
        if saved not in (base, sent) and sent != base:
            stale.append(name)
    return stale


@guard
def sections_fresh(facts: Facts, attempt: Attempt) -> Missing | None:
    """No section of the step was saved by somebody else since it was read."""
    stale = stale_sections(facts, answers(attempt))
    if not stale:
        return None
    labels = {section.name: section.label for section in sections_of(facts.edition)}
    return missing(
        "section_changed",
        _("Somebody has saved this section meanwhile: {names}.", names=Listed(tuple(labels[name] for name in stale))),
        field=stale[0],
    )


@guard
def within_limits(facts: Facts, attempt: Attempt) -> Missing | None:
    """An edition may want shorter texts than the sheet could hold."""
    limits = {section.name: section for section in asked_sections(facts.edition)}
    for field, text in _texts(answers(attempt)):
        section = limits.get(section_of_field(field) or "")
        if section and len(text) > section.limit:
            return missing(
                "section_too_long",
                _(
                    "“{label}” is too long: {given} characters, at most {maximum} fit.",
                    label=section.label,
                    given=len(text),
                    maximum=section.limit,
                ),
                field=field,
            )
    return None


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text among the answers, those in rows too, with the name of its answer."""
    for field, value in data.items():
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, list):
            for row in value:
                yield from ((field, cell) for cell in (row.values() if isinstance(row, dict) else [row])
                           if isinstance(cell, str))  # fmt: skip


@guard
def timetable_in_order(_facts: Facts, attempt: Attempt) -> Missing | None:
    """No row of the timetable ends before it begins."""
    rows = as_rows("timetable", answers(attempt).get("timetable"))
    for number, row in enumerate(rows, start=1):
        if row.get("from") and row.get("to") and row["from"] > row["to"]:
            return missing("ends_before", _("Row {row} ends before it begins.", row=number), field="timetable")
    return None


@guard
def cost_is_the_sum(facts: Facts, attempt: Attempt) -> Missing | None:
    """The cost is the sum of the budget lines, where there are any."""
    data = answers(attempt)
    lines = data["budget_lines"] if "budget_lines" in data else facts["sheet"].get("budget_lines")
    if not lines or "cost" not in data:
        return None
    total, typed = sum(line["amount"] for line in lines), data["cost"]
    if typed in (None, total):
        return None
    text = _(
        "The lines of the budget come to {total}, and {typed} was typed as the cost. Add what is missing as a line, or "
        "empty this field.", total=Money(total), typed=Money(typed),
    )  # fmt: skip
    return missing("cost_not_the_sum", text, field="cost")


@over_edition(states=HANDED_IN)
def nothing_handed_in_suffers(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """What was handed in stays complete and visible: later settings may only ask for less."""
    if not totals.of(*HANDED_IN):
        return None
    wanted = {row["section"]: row for row in answers(attempt).get("sections") or []}
    for section in sections_of(facts.own):
        if section.name in wanted and _harms(section, wanted[section.name]):
            return missing(
                "harms_handed_in",
                _(
                    "Projects have been handed in already: “{label}” can no longer be switched off, made required "
                    "or given a lower limit.",
                    label=section.label,
                ),
                field="sections",
            )
    return None


def _harms(section: Section, row: Mapping[str, Any]) -> bool:
    on, required = row.get("on", section.on), row.get("required", section.required)
    lower = (row.get("limit") or section.limit) < section.limit
    return not section.fixed and ((section.on and not on) or (required and not section.required) or lower)


@demands("section_twice", _("Each section can be named once."), field="sections")
def sections_known(_facts: Facts, attempt: Attempt) -> bool:
    """The settings name each section once, and none that does not exist."""
    named = [row["section"] for row in answers(attempt).get("sections") or []]
    return len(named) == len(set(named)) and set(named) <= set(NAMES)
