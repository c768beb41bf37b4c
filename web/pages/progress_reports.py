"""Progress reports of a project: when the next one is due, all of them, and each beside the plan and the sums."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.steps import StepForm, specs_of
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.http.template_context import say
from web.views.open_steps import StepView, open_steps, view
from web.views.project_page import working_project
from web.views.subject import Subject, find
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotFound
from workflow.engine.plan_reader import plans_of
from workflow.implementation.reports import due_since, parts_of, report_of, reports_of, speaking_for
from workflow.rules.choices import LIGHTS
from workflow.rules.facts import Ref
from workflow.rules.lateness import counted_at
from workflow.rules.progress_reports import expected_report, final_report, interval, report_for_parts, report_to_check
from workflow.rules.project_money import may_see_accounts
from workflow.rules.states import ProposalState, ReportState

pages = Blueprint("progress_reports", __name__)
# What the coordinator does, and what the office does out of turn.
OWN = ("report_progress", "mend_report", "final_report")
OF_OFFICE = ("ask_for_report", "skip_report", "set_report_days")
PART = "add_report_part"
VERDICTS = ("accept_report", "return_report", "accept_final_report", "return_final_report")


@pages.get("/projekty/<int:proposal_id>/sprawozdania")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        part = part_form(tx, proposal_id)
        if part and not may_see_accounts((subject := find(tx, Ref("proposal", proposal_id))).facts):
            return partner_page(subject, part)
        subject, plan = working_project(tx, Ref("proposal", proposal_id))
        reports = reports_of(tx, proposal_id)
    expected, today = expected_report(plan), warsaw_date(identity.at())
    due_now = due_since(plan, expected.period_from if expected else None, today)
    return render_template(
        "progress_reports/list.html", subject=subject, plan=plan, reports=reports, steps=_steps(subject), own=OWN,
        of_office=OF_OFFICE, expected=expected, due_now=due_now,
        now=counted_at(subject.edition, identity.at()), lights=_lights(), days=interval(subject.facts),
        part=part,
    )  # fmt: skip


@pages.get("/projekty/<int:proposal_id>/sprawozdania/<int:number>")
@asks("signed_in")
def report(proposal_id: int, number: int) -> ResponseReturnValue:
    with reading() as tx:
        subject, plan = working_project(tx, Ref("proposal", proposal_id))
        shown = report_of(tx, proposal_id, number)
        if shown is None:
            raise NotFound
        parts = parts_of(tx, shown.id)
    steps = _steps(subject)
    # The verdict of the office is about the report that waits longest.
    waiting, final = report_to_check(plan), final_report(plan)
    on_turn = {one.number for one in (waiting, final) if one is not None and one.state == ReportState.HANDED_IN}
    verdicts = [steps[name] for name in VERDICTS if name in steps and steps[name].allowed] if number in on_turn else []
    return render_template(
        "progress_reports/show.html", subject=subject, plan=plan, report=shown, parts_of_partners=parts,
        verdicts=verdicts,
        mend=steps.get("final_report" if shown.kind == "final" else "mend_report"),
        now=counted_at(subject.edition, identity.at()), lights=_lights(),
    )  # fmt: skip


def part_form(tx: Connection, project: int) -> StepForm | None:
    """The form by which a partner adds to the report of now, with what was added before; None for everybody else."""
    today = warsaw_date(identity.at())
    organisations = speaking_for(tx, project, identity.actor().id, on=today)
    plan = plans_of(tx, [project]).get(project) if organisations else None
    report = report_for_parts(plan) if plan is not None and plan.state == ProposalState.IN_IMPLEMENTATION else None
    if report is None:
        return None
    own = dict(organisations)
    before = next((part for part in parts_of(tx, report.id) if part.organisation_id in own), None)
    values = {"for_organisation": before.organisation_id if before else organisations[0][0],
              "report_part": before.text if before else ""}  # fmt: skip
    form = StepForm.of(specs_of("proposal", PART), version=None, values=values)
    form.choices["for_organisation"] = organisations
    return form


def partner_page(subject: Subject, form: StepForm) -> str:
    """What somebody of a partner sees who does not read the project's accounts: only the own part."""
    return render_template("progress_reports/part.html", subject=subject, part=form)


def _steps(subject: Subject) -> dict[str, StepView]:
    return {step.step.name: view(subject, step) for step in open_steps(subject, identity.at())[0] if step.permitted}


def _lights() -> dict[str, str]:
    return {key: say(sentence) for key, sentence in LIGHTS.items()}
