"""The public account of a project in the reader's words."""

from collections.abc import Mapping
from typing import Any

from web.http import identity
from web.http.template_context import say
from web.views.overview import share
from web.views.subject import Subject
from workflow.base.i18n import Sentence, _, format_date, format_money
from workflow.overview.public_project import Account, Promise, PromiseResult

WORDS: Mapping[str, Sentence] = {
    PromiseResult.KEPT: _("kept"), PromiseResult.CHANGED: _("moved with approval"), PromiseResult.LATE: _("late"),
    PromiseResult.AHEAD: _("ahead"), PromiseResult.GIVEN_UP: _("given up"),
}  # fmt: skip
# Tone and drawing of each: a word and a shape, never a colour alone.
MARKS: Mapping[str, tuple[str, str]] = {
    PromiseResult.KEPT: ("good", "circle-check"), PromiseResult.CHANGED: ("wait", "undo-2"),
    PromiseResult.LATE: ("bad", "triangle-alert"), PromiseResult.AHEAD: ("", "clock"),
    PromiseResult.GIVEN_UP: ("shut", "ban"),
}  # fmt: skip


def account_view(subject: Subject, account: Account) -> dict[str, Any]:
    """Everything that the public page says about the course of a project."""
    language = identity.language()
    counts = [(say(WORDS[key]), sum(promise.result == key for promise in account.promises)) for key in PromiseResult]
    return {
        "promises": [_promise(promise) for promise in account.promises],
        "counts": [(word, count) for word, count in counts if count],
        "lines": [(line.label, format_money(line.agreed, language), format_money(line.planned, language),
                   format_money(line.spent, language)) for line in account.lines],
        "agreed": format_money(account.agreed, language), "planned": format_money(account.planned, language),
        "spent": format_money(account.spent, language), "spent_share": share(account.spent, account.planned),
        "course": [(subject.lifecycle.states[state].label.say(language), moment) for state, moment in account.course
                   if state in subject.lifecycle.states],
    }  # fmt: skip


def _promise(promise: Promise) -> dict[str, Any]:
    language = identity.language()
    days = {name: format_date(day, language) if day else "" for name, day in (
        ("planned", promise.planned_on), ("due", promise.due_on), ("done", promise.done_on),
    )}  # fmt: skip
    tone, picture = MARKS[promise.result]
    moved = days["due"] if promise.due_on != promise.planned_on else ""
    return {"title": promise.title, **days, "moved": moved, "word": say(WORDS[promise.result]), "tone": tone,
            "picture": picture, "reasons": promise.reasons}  # fmt: skip
