"""The public account of a project in the reader's words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from web.http import identity
from web.http.template_context import say
from web.views.overview import share
from web.views.subject import Subject
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _, format_date, format_money
from workflow.documents.published import Resolved
from workflow.overview.public_project import Account, Promise, PromiseResult
from workflow.rules.later_decisions import Later

WORDS: Mapping[str, Sentence] = {
    PromiseResult.KEPT: _("kept"), PromiseResult.CHANGED: _("moved with approval"), PromiseResult.LATE: _("late"),
    PromiseResult.AHEAD: _("ahead"), PromiseResult.GIVEN_UP: _("given up"),
}  # fmt: skip
# The same where they are counted.
COUNTED: Mapping[str, Sentence] = {**WORDS, PromiseResult.KEPT: _("in time")}
# Tone and drawing of each: a word and a shape, never a colour alone.
MARKS: Mapping[str, tuple[str, str]] = {
    PromiseResult.KEPT: ("good", "circle-check"), PromiseResult.CHANGED: ("wait", "undo-2"),
    PromiseResult.LATE: ("bad", "triangle-alert"), PromiseResult.AHEAD: ("", "clock"),
    PromiseResult.GIVEN_UP: ("shut", "ban"),
}  # fmt: skip

# What a resolution decided, in the past.
DECIDED: Mapping[str, Sentence] = {
    "select": _("selected for implementation"), "place_on_reserve": _("placed on the reserve list"),
    "reject": _("not selected"), "uphold": _("appeal upheld"), "dismiss": _("appeal dismissed"),
    Later.ANNUL: _("decision annulled"), Later.CANCEL: _("project cancelled"),
}  # fmt: skip


def account_view(subject: Subject, account: Account) -> dict[str, Any]:
    """Everything that the public page says about the course of a project."""
    language = identity.language()
    return {
        "promises": [_promise(promise) for promise in account.promises],
        "counts": counts_view(account.counts), "next": _next(account), "axis": axis(account.promises, identity.at()),
        "lines": [(line.label, line.source, format_money(line.agreed, language), format_money(line.planned, language),
                   format_money(line.spent, language)) for line in account.lines],
        "money_moved": any(line.agreed != line.planned for line in account.lines),
        "names_organisations": any(promise.organisation for promise in account.promises),
        "agreed": format_money(account.agreed, language), "planned": format_money(account.planned, language),
        "spent": format_money(account.spent, language), "spent_share": share(account.spent, account.planned),
        "course": [(subject.lifecycle.states[state].label.say(language), moment) for state, moment in account.course
                   if state in subject.lifecycle.states],
    }  # fmt: skip


def counts_view(counts: Mapping[PromiseResult, int]) -> list[dict[str, Any]]:
    """How many promises there are of each result, in words with their shapes; none of those that nobody has."""
    return [
        {"word": say(COUNTED[result]), "count": count, "tone": MARKS[result][0], "picture": MARKS[result][1]}
        for result, count in counts.items() if count
    ]  # fmt: skip


def resolutions_view(resolutions: Iterable[Resolved]) -> list[dict[str, Any]]:
    """What published resolutions say about a project; each names its document."""
    return [
        {"name": resolved.name, "number": resolved.number, "day": format_date(resolved.adopted_on, identity.language()),
         "outcome": say(DECIDED[resolved.outcome]), "justification": resolved.justification} for resolved in resolutions
    ]  # fmt: skip


def axis(promises: Sequence[Promise], at: datetime) -> dict[str, Any] | None:
    """The milestones on a line of time, places in per cent of it; None where no two days are known."""
    dated = [(promise, promise.planned_on, promise.done_on or promise.due_on) for promise in promises]
    days = sorted(day for _one, *own in dated for day in own if day is not None)
    if not days or days[0] == days[-1]:
        return None
    length = (days[-1] - days[0]).days

    def place(day: date) -> int:
        # A margin at both ends, so that no point is cut.
        return 3 + 94 * (day - days[0]).days // length

    today = warsaw_date(at)
    return {
        "points": [
            {"x": place(end), "planned": place(planned or end), "tone": MARKS[promise.result][0],
             "is_ahead": promise.done_on is None} for promise, planned, end in dated if end is not None
        ],
        "today": place(today) if days[0] <= today <= days[-1] else None,
        "first": format_date(days[0], identity.language()), "last": format_date(days[-1], identity.language()),
    }  # fmt: skip


def _next(account: Account) -> dict[str, Any] | None:
    """The milestone that is to be reached next; None where none is ahead."""
    ahead = PromiseResult.AHEAD, PromiseResult.CHANGED
    waiting = [promise for promise in account.promises
               if promise.due_on and not promise.done_on and promise.result in ahead]  # fmt: skip
    return _promise(min(waiting, key=lambda promise: promise.due_on or date.max)) if waiting else None


def _promise(promise: Promise) -> dict[str, Any]:
    language = identity.language()
    days = {name: format_date(day, language) if day else "" for name, day in (
        ("planned", promise.planned_on), ("due", promise.due_on), ("done", promise.done_on),
    )}  # fmt: skip
    tone, picture = MARKS[promise.result]
    moved = days["due"] if promise.due_on != promise.planned_on else ""
    return {
        "title": promise.title, "organisation": promise.organisation, **days, "moved": moved,
        "word": say(WORDS[promise.result]), "tone": tone, "picture": picture, "reasons": promise.reasons,
    }  # fmt: skip
