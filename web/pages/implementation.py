"""The plan of a project under way: timeline, milestones, changes, risks, promises; from the sheet to the plan."""

from collections.abc import Mapping

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace
from sqlalchemy import Connection

from web.forms.plan import SheetPlanForm
from web.forms.steps import StepForm, offer_for_new, specs_of
from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import base_url, reading
from web.http.security import asks
from web.http.template_context import say
from web.pages.calendars import answer, host
from web.views import plan as views
from web.views import timeline
from web.views.open_steps import lead, open_steps, said
from web.views.subject import Subject, find
from web.views.unanswered import notices
from workflow.base.errors import NotFound, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine.machine import decide, newest
from workflow.implementation import parts
from workflow.implementation.from_sheet import keep_offered, offered_by_sheet
from workflow.implementation.plan_queries import plan_page
from workflow.notifications.calendar_file import Entry
from workflow.people.unanswered import of_project
from workflow.proposals.timeline import course_of
from workflow.rules.facts import Attempt, Ref
from workflow.rules.lateness import counted_at
from workflow.rules.permissions import may_see_working_papers

pages = Blueprint("implementation", __name__)
# What is not asked for on the page of a project, since the page says it.
SAID_BY_PAGE = frozenset({"project", "sheet_row"})


@pages.get("/projekty/<int:proposal_id>/realizacja")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        plan = views.readers_plan(tx, subject)
        page = plan_page(tx, plan)
        course = course_of(tx, subject.ref)
        unanswered = notices(of_project(tx, proposal_id, at=identity.at()), subject.facts)
    at = identity.at()
    late_at = counted_at(subject.edition, at)
    steps, next_ = open_steps(subject, at)
    return render_template(
        "implementation/show.html", subject=subject, plan=plan, page=page, lead=lead(subject, next_),
        gantt=views.gantt(page.milestones, at=at, late_at=late_at), dates=views.next_dates(plan, subject, at=late_at),
        now=late_at, today=at, light=views.light(plan, at=late_at), path=timeline.path(subject, course),
        may_plan=new_refusal(subject, parts.MILESTONE, parts.PLAN) is None,
        may_ask=new_refusal(subject, parts.CHANGE, parts.REQUEST) is None,
        steps=views.steps_beside(subject, steps), unanswered=unanswered, **views.words(),
    )  # fmt: skip


@pages.get("/projekty/<int:proposal_id>/realizacja.ics")
@asks("anyone")
def calendar(proposal_id: int) -> ResponseReturnValue:
    """The days of the milestones; for those outside once the plan is accepted, so that a program may subscribe."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        plan = views.plan_of(tx, subject)
    if plan.accepted_at is None and not may_see_working_papers(subject.facts):
        raise NotFound
    url = f"{base_url()}{subject.url}"
    entries = [
        Entry(f"milestone-{milestone.id}@{host()}", milestone.version, milestone.updated_at, milestone.due_at,
              None, f"{subject.title}: {milestone.title}", url=url, is_day=True)
        for milestone in plan.milestones if milestone.due_at is not None
    ]  # fmt: skip
    return answer(entries, subject.title, f"projekt-{proposal_id}.ics")


@pages.get("/projekty/<int:proposal_id>/realizacja/z-karty")
@asks("signed_in")
def from_sheet(proposal_id: int) -> ResponseReturnValue:
    return sheet_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/realizacja/z-karty")
@asks("signed_in")
def keep_from_sheet(proposal_id: int) -> ResponseReturnValue:
    form = SheetPlanForm.sent()
    at, actor = identity.at(), identity.actor()

    def work(tx: Connection) -> None:
        keep_offered(tx, proposal_id, form.chosen("milestones"), form.chosen("promises"), actor=actor, at=at)

    def again(refusal: Refusal) -> ResponseReturnValue:
        form.take_refusal(refusal)
        return sheet_page(proposal_id, form, refusal.status)

    done = _("The rows of the sheet are in the plan now.")
    return carry_out(work, done=done, url=url_for(".show", proposal_id=proposal_id), again=again)


def sheet_page(proposal_id: int, form: SheetPlanForm | None = None, status: int = 200) -> ResponseReturnValue:
    """The rows of the sheet that are not in the plan yet, each to be edited, kept or left out."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if refusal := new_refusal(subject, parts.MILESTONE, parts.PLAN):
            raise refusal
        offered = offered_by_sheet(tx, proposal_id, subject.facts.own.get("sheet") or {})
        form = form or SheetPlanForm.of(offered)
        options = form.options(tx, subject.facts)
    return render_template(
        "implementation/from_sheet.html", subject=subject, form=form, offered=offered, options=options
    ), status  # fmt: skip


NEW: Mapping[str, tuple[str, str, Sentence]] = {
    "nowy-kamien": (parts.MILESTONE, parts.PLAN, _("New milestone")),
    "nowa-zmiana": (parts.CHANGE, parts.REQUEST, _("Change of the plan")),
}


@pages.get('/projekty/<int:proposal_id>/realizacja/<any("nowy-kamien", "nowa-zmiana"):what>')
@asks("signed_in")
def ask(proposal_id: int, what: str) -> ResponseReturnValue:
    return new_page(proposal_id, what)


@pages.post('/projekty/<int:proposal_id>/realizacja/<any("nowy-kamien", "nowa-zmiana"):what>')
@asks("signed_in")
def begin(proposal_id: int, what: str) -> ResponseReturnValue:
    kind, step, _title = NEW[what]
    form = StepForm.sent_for(tuple(spec for spec in specs_of(kind, step) if spec.name not in SAID_BY_PAGE))
    actor, at = identity.actor(), identity.at()

    def work(tx: Connection) -> None:
        given = form.first_arguments()
        parts.begin_part(tx, proposal_id, kind, step, given["answers"], actor=actor, at=at, note=given["note"])

    def again(refusal: Refusal) -> ResponseReturnValue:
        form.take_refusal(refusal)
        return new_page(proposal_id, what, form, refusal.status)

    done = _("It is in the plan.") if kind == parts.MILESTONE else _("The request was sent.")
    return carry_out(work, done=done, url=url_for(".show", proposal_id=proposal_id), again=again)


def new_page(
    proposal_id: int, what: str, form: StepForm | None = None, status: int = 200
) -> ResponseReturnValue:  # fmt: skip
    """The form of a new milestone or of a request for a change, fresh or with what was typed before."""
    kind, step, title = NEW[what]
    specs = tuple(spec for spec in specs_of(kind, step) if spec.name not in SAID_BY_PAGE)
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        refusal = new_refusal(subject, kind, step)
        if refusal is not None and refusal.status in {403, 404}:
            raise refusal
        form = form or StepForm.of(specs, version=None)
        offer_for_new(tx, form, subject.facts)
    return render_template(
        "implementation/begin.html", subject=subject, form=form, title=say(title), what=what,
        missing=said(refusal.missing) if refusal is not None and not form.missing else [],
    ), status  # fmt: skip


def new_refusal(subject: Subject, kind: str, step: str) -> Refusal | None:
    """Why the reader cannot begin something of this kind in the project now; None where nothing stands in the way."""
    facts = replace(subject.facts, ref=Ref(kind, 0), state=None, version=0, own={}, recorded={})
    try:
        decide(newest(kind), facts, step, Attempt(identity.at()))
    except Refusal as refusal:
        return refusal
    return None
