"""The money of a project: what was planned, committed and spent, by line and by who pays; notes and strikes."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.forms.steps import StepForm, offer, specs_of
from web.http import identity
from web.http.kept_files import sent_file
from web.http.resources import limiter, reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.uploads import let_files_in
from web.pages.files import ACCEPT, LARGEST_REQUEST
from web.views.open_steps import open_steps, view
from web.views.project_page import working_project
from workflow.base.errors import Refusal
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.files.storage import IncomingFile
from workflow.implementation.expenses import NOTE, note_with_document
from workflow.implementation.money import expenses_of, payers
from workflow.rules.facts import Ref

pages = Blueprint("project_money", __name__)
STRIKE = "strike_expense"
let_files_in(pages, "project_money.note", lambda: LARGEST_REQUEST)


@pages.get("/projekty/<int:proposal_id>/pieniadze")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    return money_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/pieniadze")
@asks("signed_in")
@limiter.limit("240 per hour", key_func=lambda: f"file:{identity.reader().id}")
def note(proposal_id: int) -> ResponseReturnValue:
    """Note an expense, perhaps with the document that shows it; of both or of neither something is kept."""
    ref, form = Ref("proposal", proposal_id), StepForm.sent_for(specs_of("proposal", NOTE))
    with reading() as tx:
        working_project(tx, ref)
    try:
        keep_expense(ref, form, sent_file("document"))
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        form.take_refusal(refusal)
        return money_page(proposal_id, form, refusal.status)
    flash(say(_("The expense is noted.")), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def keep_expense(ref: Ref, form: StepForm, document: IncomingFile | None) -> None:
    """Take the record, with the document among the files; on a refusal the document is kept for the form."""
    uploads, actor, at = resources().settings.uploads, identity.actor(), identity.at()
    given = form.arguments()
    if document is None:
        command = StepCommand(ref, NOTE, actor=actor, at=at, **given)
        resources().database.in_transaction(lambda tx: machine.take(tx, command))
        return
    del given["paper_on"]
    resources().database.in_transaction(
        lambda tx: note_with_document(tx, uploads, ref, document, actor=actor, at=at, **given)
    )


def money_page(proposal_id: int, form: StepForm | None = None, status: int = 200) -> ResponseReturnValue:
    """The page, fresh or with what was typed before."""
    with reading() as tx:
        subject, plan = working_project(tx, Ref("proposal", proposal_id))
        steps = {step.step.name: view(subject, step) for step in open_steps(subject, identity.at())[0]}
        refused = form is not None
        form = form or StepForm.of(specs_of("proposal", NOTE), version=subject.facts.version)
        form.version = subject.facts.version
        offer(tx, form, subject.facts, NOTE)
        expenses, by_payer = expenses_of(tx, proposal_id), payers(tx, plan.lines)
    return render_template(
        "project_money/show.html", subject=subject, plan=plan, expenses=expenses, payers=by_payer, form=form,
        note=steps.get(NOTE), strike=steps.get(STRIKE), accept=ACCEPT, refused=refused,
        lines={line.number: line.label for line in plan.lines},
    ), status  # fmt: skip
