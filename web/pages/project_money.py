"""The money of a project: what was planned, committed and spent, by line and by who pays; notes and strikes."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.forms.steps import StepForm, offer, specs_of
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.views.open_steps import open_steps, view
from web.views.project_page import working_project
from workflow.implementation.money import expenses_of, payers
from workflow.rules.facts import Ref

pages = Blueprint("project_money", __name__)
NOTE, STRIKE = "note_expense", "strike_expense"


@pages.get("/projekty/<int:proposal_id>/pieniadze")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject, plan = working_project(tx, Ref("proposal", proposal_id))
        steps = {step.step.name: view(subject, step) for step in open_steps(subject, identity.at())[0]}
        form = StepForm.of(specs_of("proposal", NOTE), version=subject.facts.version)
        offer(tx, form, subject.facts, NOTE)
        expenses, by_payer = expenses_of(tx, proposal_id), payers(tx, plan.lines)
    return render_template(
        "project_money/show.html", subject=subject, plan=plan, expenses=expenses, payers=by_payer, form=form,
        note=steps.get(NOTE), strike=steps.get(STRIKE),
        lines={line.number: line.label for line in plan.lines},
    )  # fmt: skip
