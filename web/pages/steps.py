"""One page for every step of every subject: asks what the table asks, takes it, explains a refusal."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from web.forms.current_values import current_values
from web.forms.motions import narrow
from web.forms.steps import PAPER, StepForm, asked_now, offer, rows_named, specs_of
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks, local_path
from web.http.template_context import say
from web.views import timeline
from web.views.awaited import awaited
from web.views.judged import judged
from web.views.judged_report import judged_report
from web.views.open_steps import OWN_PAGES, open_steps, view
from web.views.preview import sentences
from web.views.subject import Subject, find, ref_of_address, state_mark
from workflow.base.errors import NoSuchStep, NotAllowed, Refusal, Stale
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.machine import OpenStep
from workflow.engine.move import Moved
from workflow.engine.undo import may_undo
from workflow.lifecycle.definition import PREVIOUS, Lifecycle, Step
from workflow.notifications.letter_batches import would_wait
from workflow.notifications.topic_recipients import recipients_of
from workflow.participation import steps
from workflow.rules.facts import Facts, Ref
from workflow.rules.roles import Role
from workflow.rules.topics import Topic

pages = Blueprint("steps", __name__)
REPORT = "report_progress"
THESE_WAIT = _("These letters wait until the office approves them: their text was edited.")


@pages.get("/projekty/<int:proposal_id>/krok/<name>")
@pages.get("/edycje/<edition_key>/krok/<name>")
@pages.get("/konferencje/<int:conference_id>/krok/<name>")
@pages.get("/umowy/<int:agreement_id>/krok/<name>")
@pages.get("/partnerzy-umowy/<int:agreement_partner_id>/krok/<name>")
@pages.get("/posiedzenia/<int:meeting_id>/krok/<name>")
@pages.get("/glosowania/<int:poll_id>/krok/<name>")
@pages.get("/kamienie/<int:milestone_id>/krok/<name>")
@pages.get("/zmiany-planu/<int:change_request_id>/krok/<name>")
@asks("signed_in")
def ask(name: str, **address: Any) -> ResponseReturnValue:
    if name in OWN_PAGES:
        with reading() as tx:
            return redirect(f"{find(tx, ref_of_address(address)).url}/{OWN_PAGES[name]}", 303)
    try:
        return step_page(ref_of_address(address), name)
    except NoSuchStep as refusal:
        return not_here(ref_of_address(address), refusal)


@pages.post("/projekty/<int:proposal_id>/krok/<name>")
@pages.post("/edycje/<edition_key>/krok/<name>")
@pages.post("/konferencje/<int:conference_id>/krok/<name>")
@pages.post("/umowy/<int:agreement_id>/krok/<name>")
@pages.post("/partnerzy-umowy/<int:agreement_partner_id>/krok/<name>")
@pages.post("/posiedzenia/<int:meeting_id>/krok/<name>")
@pages.post("/glosowania/<int:poll_id>/krok/<name>")
@pages.post("/kamienie/<int:milestone_id>/krok/<name>")
@pages.post("/zmiany-planu/<int:change_request_id>/krok/<name>")
@asks("signed_in")
def take(name: str, **address: Any) -> ResponseReturnValue:
    ref, form = ref_of_address(address), None
    form = StepForm.sent_for(specs_of(ref.kind, name))
    try:
        moved = take_step(ref, name, form)
    except Refusal as refusal:
        return refused(ref, name, form, refusal)
    return done(ref, moved)


def not_here(ref: Ref, refusal: NoSuchStep) -> ResponseReturnValue:
    """An old link to a step that has been taken: back to the subject, saying so."""
    with reading() as tx:
        subject = find(tx, ref)
    flash(say(refusal.sentence), "warning")
    return redirect(subject.url, 303)


def take_step(ref: Ref, name: str, form: StepForm) -> Moved:
    """Let the machine take the step with what was typed; raises a Refusal."""
    command = StepCommand(ref, name, actor=identity.actor(), at=identity.at(), **form.arguments())
    settings = resources().settings
    return resources().database.in_transaction(lambda tx: steps.take(tx, settings, command))


def done(ref: Ref, moved: Moved) -> ResponseReturnValue:
    """Say what happened, and go back to where the step was offered."""
    with reading() as tx:
        subject = find(tx, ref)
        row = row_of(subject.lifecycle, moved)
        has_to_wait = would_wait(tx, subject.edition["id"], [Topic(row.tells)] if row.tells else [])
    text = row.done.say(identity.language())
    if moved.source == moved.target:
        text = f"{text}."
    else:
        state = state_mark(subject.lifecycle, moved.target)["label"]
        text = say(_("{done}. State now: {state}.", done=text, state=state))
    flash(with_undo(text, subject) if may_undo(subject.facts, row.id, moved.version) else text, "success")
    if has_to_wait:
        flash(say(THESE_WAIT), "warning")
    return redirect(local_path(request.form.get("next"), subject.url), 303)


def with_undo(text: str, subject: Subject) -> str:
    """What happened, with the way back where it was done: a list shows the subject no more."""
    words = say(_("Take back the last step"))
    return Markup('{} <a href="{}/cofnij">{}</a>').format(text, subject.url, words)


def row_of(lifecycle: Lifecycle, moved: Moved) -> Step:
    """The row of a move: rows of one name, such as dismissing an appeal, say where each leads."""
    rows = lifecycle.rows_named(moved.step)
    fitting = [row for row in rows if row.is_record or (moved.target in lifecycle.targets(row, moved.source or "")
               and (moved.source or "") in row.sources)]  # fmt: skip
    return (fitting or rows)[0]


def refused(ref: Ref, name: str, form: StepForm, refusal: Refusal) -> ResponseReturnValue:
    """The form again with everything typed and what is wrong; a refusal without a remedy gets its own page."""
    form.take_refusal(refusal)
    if isinstance(refusal, NotAllowed) and lacks_paper_day(ref, name, form):
        form.errors["paper_on"] = say(_("Give the day on which the paper reached the office."))
        return step_page(ref, name, form, 422)
    if isinstance(refusal, NotAllowed) or refusal.status == 404:
        raise refusal
    return step_page(ref, name, form, refusal.status, refusal=refusal)


def lacks_paper_day(ref: Ref, name: str, form: StepForm) -> bool:
    """Whether the office enters a paper for its leader and only the day of its arrival is missing."""
    if form.values.get("paper_on") or not any(row.paper for row in rows_named(ref.kind, name)):
        return False
    with reading() as tx:
        return Role.STAFF in find(tx, ref).facts.rights.roles


def step_page(
    ref: Ref, name: str, form: StepForm | None = None, status: int = 200, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """The page of one step, fresh or with what was typed before."""
    stale = refusal if isinstance(refusal, Stale) else None
    with reading() as tx:
        subject = find(tx, ref)
        step = open_step(subject, name, given=form is not None)
        if form is None and step:
            form = StepForm.of(
                asked_now(subject.facts, step.step), version=None, values=current_values(tx, subject, step.step)
            )
        form = form or StepForm.of((), version=None)
        offer(tx, form, subject.facts, name)
        if name == "put_motion":
            narrow(tx, form, subject.facts)
        changes = timeline.changes(tx, subject, form.version) if stale else []
        report = judged_report(tx, subject, step, open_steps(subject, identity.at())[0])
        will_happen = consequences(tx, subject, step) if step and not (stale and not step.allowed) else []
    if step is None or (stale and not step.allowed):
        return stale_page(subject, form, refusal, changes)
    form.version = subject.facts.version
    page = render_template(
        "steps/step.html", subject=subject, step=view(subject, step), form=form, row=step.step, stale=stale,
        changes=changes, paper=PAPER if wants_paper(subject, step) else None, consequences=will_happen,
        is_final=not (step.step.undo or step.step.is_record or leads_back(subject.lifecycle, step.step)),
        judged=report or judged(subject, step, open_steps(subject, identity.at())[0]),
        next=local_path(request.values.get("next"), ""), awaited=awaited(subject, name),
        until=until(subject.facts, name),
    )  # fmt: skip
    return page, status


def until(facts: Facts, name: str) -> datetime | None:
    """The date that a step has to keep: of a report its own, else that of the subject."""
    due: datetime | None = facts.own["report_due_at"] if name == REPORT else facts.due_at
    return due


def open_step(subject: Subject, name: str, *, given: bool) -> OpenStep | None:
    """The step as it stands for the reader; raises what the machine would, unless something was typed already."""
    steps, _next = open_steps(subject, identity.at())
    open_step = next((step for step in steps if step.step.name == name), None)
    if open_step is None and not given:
        specs_of(subject.ref.kind, name)
        raise NoSuchStep(name, subject.facts.state)
    if open_step and not open_step.permitted and not given:
        raise NotAllowed(open_step.missing)
    return open_step


def leads_back(lifecycle: Lifecycle, step: Step) -> bool:
    """Whether the state that a step leads to is left for the one before, as a suspended edition goes on."""
    return any(row.target == PREVIOUS for row in lifecycle.steps_from(step.target))


def wants_paper(subject: Subject, open_step: OpenStep) -> bool:
    """Whether the reader is of the office and the step may come on paper."""
    return open_step.step.paper and Role.STAFF in subject.facts.rights.roles


def stale_page(
    subject: Subject, form: StepForm, refusal: Refusal | None, changes: list[dict[str, Any]]
) -> ResponseReturnValue:
    """Somebody was faster and the step is gone: who did what, and what the reader had typed."""
    own = [{"label": form.label(spec.name), "value": form.values[spec.name]} for spec in form.asks
           if form.values.get(spec.name)]  # fmt: skip
    message = say(refusal.sentence) if refusal and not changes else None
    return render_template("errors/409.html", own=own, url=subject.url, changes=changes, message=message), 409


def consequences(tx: Connection, subject: Subject, open_step: OpenStep) -> list[str]:
    """What the step brings about, as far as that is known before its form is filled in."""
    if not open_step.permitted:
        return []
    command = StepCommand(subject.ref, open_step.step.name, identity.actor(), identity.at())
    preview = machine.preview(tx, [command], recipients=recipients_of, answered=False, known=subject.facts)
    lines = sentences(subject.lifecycle, preview) if preview.moves else without_preview(subject, open_step)
    own = [move.topic for move in preview.moves] or [open_step.step.tells]
    if lines and would_wait(tx, subject.edition["id"], [Topic(topic) for topic in own if topic]):
        lines.append(say(THESE_WAIT))
    return [*lines, say(_("Your name, the date and the note stay in the history."))] if lines else []


def without_preview(subject: Subject, open_step: OpenStep) -> list[str]:
    """What the table alone says of a step that something still stands in the way of."""
    targets = subject.lifecycle.targets(open_step.step, subject.facts.state or "")
    # Where a step leads back, the subject itself says whence it came.
    target = subject.facts.previous_state if subject.facts.previous_state in targets else next(iter(targets), None)
    lines = []
    # A report, for one, leaves the project where it is.
    if target and target != subject.facts.state:
        lines.append(say(_("The state changes to: {state}.", state=state_mark(subject.lifecycle, target)["label"])))
    if open_step.step.tells:
        lines.append(say(_("The people concerned get a message by e-mail and in their inbox.")))
    return lines
