"""What a form about something that exists already shows in its fields."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from web.views.subject import Subject
from workflow.base.calendar import warsaw_date
from workflow.editions.queries import texts_of
from workflow.lifecycle.definition import Step
from workflow.rules.effects.editions import CALENDAR, RULES
from workflow.rules.fields import asked

CurrentValues = Callable[[Connection, Subject, Step], Mapping[str, Any]]


def _rules(tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    texts = texts_of(tx, subject.ref.id)
    own = {**subject.facts.own, "rules_text": texts.rules, "clause_text": texts.clause}
    return {spec.name: own.get(RULES.get(spec.name, spec.name)) for spec in asked(step)}


def _calendar(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    moments = {spec.name: subject.facts[CALENDAR[spec.name]] for spec in asked(step)}
    return {name: warsaw_date(at).isoformat() for name, at in moments.items() if at is not None}


def _conference(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    starts = subject.facts["starts_at"]
    own = {**subject.facts.own, "day": warsaw_date(starts).isoformat() if starts else None}
    return {spec.name: own.get(spec.name) for spec in asked(step)}


def _columns(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    return {spec.name: subject.facts[spec.name] for spec in asked(step)}


# Records that change what is there already, by name.
CURRENT_VALUES: Mapping[str, CurrentValues] = {
    "set_rules": _rules,
    "set_calendar": _calendar,
    "edit_conference": _conference,
    "describe_group": _columns,
}


def current_values(tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    """The present values of what a step changes; nothing for steps that only add."""
    values_of = CURRENT_VALUES.get(step.name)
    return values_of(tx, subject, step) if values_of else {}
