"""One milestone, one request for a change of the plan: what it says and what can be done with it."""

from collections.abc import Callable

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.views import plan as views
from web.views import timeline
from web.views.open_steps import choices, lead, open_steps
from web.views.reminders import reminders
from web.views.subject import Subject, find
from workflow.base.errors import NotFound
from workflow.implementation.plan_queries import change_of, milestone_of
from workflow.proposals.reminders import reminders_of
from workflow.proposals.timeline import entries_of
from workflow.rules.facts import Ref
from workflow.rules.lateness import counted_at
from workflow.rules.plan import ProjectPlan

pages = Blueprint("plan_parts", __name__)


@pages.get("/kamienie/<int:milestone_id>")
@asks("signed_in")
def milestone(milestone_id: int) -> ResponseReturnValue:
    return part_of_plan("milestone", Ref("milestone", milestone_id), milestone_of)


@pages.get("/zmiany-planu/<int:change_request_id>")
@asks("signed_in")
def change(change_request_id: int) -> ResponseReturnValue:
    return part_of_plan("change", Ref("change_request", change_request_id), change_of)


def part_of_plan(
    name: str, ref: Ref, read: Callable[[Connection, ProjectPlan, int], object]
) -> ResponseReturnValue:  # fmt: skip
    """The page of a milestone or a change, whose template and value have this name; NotFound as of `find`."""
    with reading() as tx:
        subject = find(tx, ref)
        shown = read(tx, plan_of(subject), ref.id)
        history = timeline.lines(subject, entries_of(tx, ref))
        ahead = reminders(reminders_of(tx, subject.facts))
    steps, next_ = open_steps(subject, identity.at())
    return render_template(
        f"implementation/{name}.html", subject=subject, plan=plan_of(subject), history=history,
        choices=choices(subject, steps, next_), lead=lead(subject, next_),
        now=counted_at(subject.edition, identity.at()), reminders=ahead, **{name: shown}, **views.words(),
    )  # fmt: skip


def plan_of(subject: Subject) -> ProjectPlan:
    """The plan that it belongs to; NotFound where there is none."""
    if subject.facts.plan is None:
        raise NotFound
    return subject.facts.plan
