"""What a form about something that exists already shows in its fields."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, request, url_for
from markupsafe import Markup
from sqlalchemy import Connection

from web.forms import report_values
from web.http import identity
from web.http.template_context import say
from web.views.proposed_motion import proposed_motion, why_no_list
from web.views.reserve_list import next_promotion
from web.views.subject import Subject
from workflow.agreements.queries import text_data
from workflow.base.calendar import warsaw_date, warsaw_time
from workflow.base.i18n import _
from workflow.editions.queries import texts_of
from workflow.lifecycle.definition import Step
from workflow.rules.effects.editions import CALENDAR, RULES
from workflow.rules.fields import asked
from workflow.rules.guards.meetings import session_of
from workflow.rules.session import MotionKind
from workflow.selection.list_queries import selection_of

CurrentValues = Callable[[Connection, Subject, Step], Mapping[str, Any]]


def _rules(tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    texts = texts_of(tx, subject.ref.id)
    own = {**subject.facts.own, "rules_text": texts.rules, "clause_text": texts.clause}
    return {spec.name: own.get(RULES.get(spec.name, spec.name)) for spec in asked(step)}


def _calendar(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    moments = {spec.name: subject.facts[CALENDAR[spec.name]] for spec in asked(step)}
    return {name: warsaw_date(at).isoformat() for name, at in moments.items() if at is not None}


def _conference(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    own = {**subject.facts.own, "conference_theme": subject.facts["theme"], **hours_of(subject.facts.own)}
    return {spec.name: own.get(spec.name) for spec in asked(step)}


def hours_of(own: Mapping[str, Any]) -> dict[str, str | None]:
    """Day, hours and end of registration of a conference as its form shows them."""
    starts, ends, until = own["starts_at"], own["ends_at"], own["registration_until"]
    return {
        "day": warsaw_date(starts).isoformat() if starts else None, "begins": warsaw_time(starts) if starts else None,
        "ends": warsaw_time(ends) if ends else None,
        "registration_day": warsaw_date(until).isoformat() if until else None,
    }  # fmt: skip


def _columns(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    return {spec.name: subject.facts[spec.name] for spec in asked(step)}


def _proposed_list(tx: Connection, subject: Subject, _step: Step) -> Mapping[str, Any]:
    """The list that the rule proposes, the next in reserve, or the projects that were chosen; to be changed at will."""
    if request.args.get("rezerwa"):
        return next_promotion(session_of(subject.facts))
    if not request.args.get("lista"):
        chosen = [{"project": number} for number in request.args.getlist("projekt") if number.isdecimal()]
        return {"motion_kind": request.args.get("rodzaj"), "decisions": chosen}
    selection = selection_of(tx, subject.edition, reader_id=identity.actor().id, at=identity.at())
    motion = proposed_motion(selection, session_of(subject.facts))
    if not motion:
        way = url_for("what_if.show", edition_key=subject.edition["key"]), say(_("What if: rules side by side"))
        flash(Markup('{} <a href="{}">{}</a>').format(say(why_no_list(selection)), *way), "warning")
    return motion or {"motion_kind": MotionKind.DECIDE.value}


def _annulment(_tx: Connection, subject: Subject, _step: Step) -> Mapping[str, Any]:
    """The reason of whoever proposed to annul a counted vote; to be changed at will."""
    return {"reason": subject.facts.entry("propose_annulment").get("reason")}


def _agreement_terms(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    own = subject.facts.own
    until = warsaw_date(own["valid_until"]).isoformat() if own["valid_until"] else None
    return {spec.name: own.get(spec.name) for spec in asked(step)} | {"valid_until_day": until}


def _agreement_text(tx: Connection, subject: Subject, _step: Step) -> Mapping[str, Any]:
    data = text_data(tx, subject.ref.id)
    annexes = [{"annex": row["title"], "annex_text": row["text"]} for row in data.get("annexes", ())]
    return {"agreement_text": data.get("text", ""), "annexes": annexes}


def _mandate(_tx: Connection, subject: Subject, _step: Step) -> Mapping[str, Any]:
    own = subject.facts.own
    return {"signatory_name": own["signatory_name"], "signatory_function": own["signatory_function"],
            "mandate": own["mandate_note"], "person": own["signatory_id"]}  # fmt: skip


def _milestone(_tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    own, plan = subject.facts.own, subject.facts.plan
    planned = plan.milestone_with(subject.ref.id) if plan is not None else None
    line = plan.line_with(own["budget_line_id"]) if plan is not None else None
    before = planned.after if planned is not None else frozenset()
    earlier = [milestone.number for milestone in (plan.milestones if plan else ()) if milestone.id in before]
    values = {
        "title": own["title"], "details": own["description"], "starts_on": own["starts_on"],
        "due_on": warsaw_date(own["due_at"]) if own["due_at"] else None, "organisation": own["organisation_id"],
        "person": own["owner_id"], "line_number": line.number if line else None, "after": earlier,
    }  # fmt: skip
    return {spec.name: values.get(spec.name) for spec in asked(step)}


def _merger(_tx: Connection, _subject: Subject, _step: Step) -> Mapping[str, Any]:
    return {"target": request.args.get("cel", "")}


def _named_in_address(_tx: Connection, _subject: Subject, step: Step) -> Mapping[str, Any]:
    """The one risk or promise beside which the step was pressed."""
    return {spec.name: request.args[NAMED[spec.name]] for spec in asked(step)
            if request.args.get(NAMED.get(spec.name, ""), "").isdecimal()}  # fmt: skip


# What an address may name of a project, by the answer that it fills.
NAMED: Mapping[str, str] = {"risk_number": "ryzyko", "promise_number": "obietnica"}
# Findings of which the last one counts: whoever records one again changes it.
FOUND_ANEW = frozenset({"formal_check", "merit_opinion", "draft_refusal"})
# Records that change what is there already, by name.
CURRENT_VALUES: Mapping[str, CurrentValues] = {
    "set_rules": _rules,
    "set_calendar": _calendar,
    "edit_conference": _conference,
    "postpone": _conference,
    "describe_group": _columns,
    "agree_to_merge": _merger,
    "put_motion": _proposed_list,
    "annul": _annulment,
    "report_progress": report_values.new_report,
    "mend_report": report_values.returned,
    "final_report": report_values.returned,
    "set_terms": _agreement_terms,
    "write_text": _agreement_text,
    "receive_mandate": _mandate,
    "assign_risk": _named_in_address,
    "settle_risk": _named_in_address,
    "judge_promise": _named_in_address,
    "edit": _milestone,
    "assign": _milestone,
}


def recorded_before(subject: Subject, step: Step) -> Mapping[str, Any]:
    """What the office found last, where it records a finding anew; nothing for others."""
    entry = subject.facts.entry(step.name) if step.name in FOUND_ANEW else {}
    return {spec.name: entry[spec.name] for spec in asked(step) if spec.name in entry}


def current_values(tx: Connection, subject: Subject, step: Step) -> Mapping[str, Any]:
    """The present values of what a step changes, or what was recorded before; nothing for steps that only add."""
    values_of = CURRENT_VALUES.get(step.name)
    return values_of(tx, subject, step) if values_of else recorded_before(subject, step)
