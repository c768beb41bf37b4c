"""Handing in: what is missing, the receipts and their PDFs, the office's check, and whether a receipt is genuine."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.forms import checks as checks_form
from web.forms.steps import StepForm, specs_of
from web.http import identity
from web.http.resources import limiter, reading, resources
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.steps import take_step
from web.views import sheet as sheets
from web.views import submission as views
from web.views.open_steps import LEADER_PAGES, lead, open_step_of, open_steps, view
from web.views.subject import Subject, find
from workflow.base.errors import NotAllowed, NotFound, Refusal
from workflow.base.i18n import _
from workflow.comments.queries import open_counts
from workflow.engine.machine import OpenStep
from workflow.rules.choices import CHECK_ANSWERS
from workflow.rules.facts import Ref
from workflow.rules.fields import asked
from workflow.rules.guards.verification import answered_points
from workflow.rules.permissions import RULES, may_name_minors, may_see_private, may_see_working_papers
from workflow.rules.roles import Role
from workflow.rules.sheet_sections import progress
from workflow.rules.verdicts import Verdict
from workflow.sheet.packet import packet_pdf
from workflow.sheet.pdf import Print, pdf_of
from workflow.submission import queries
from workflow.submission.packet import packet_of

pages = Blueprint("submission", __name__)
CHECK = "checklist"
# What the office does here, in the order in which it usually comes.
OFFICE = (CHECK, "merit_opinion", "admit", "return_for_completion", "draft_refusal", "refuse_admission",
          "extend_completion", "extend_submission")  # fmt: skip
LONGEST = 120


@pages.get("/projekty/<int:proposal_id>/zgloszenie")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = working(find(tx, Ref("proposal", proposal_id)))
        submissions = queries.submissions_of(tx, proposal_id, names_minors=may_name_minors(subject.facts))
        texts = queries.last_texts(tx, proposal_id)
        talks = sum(open_counts(tx, subject.facts).values()) if RULES[Role.GROUP_LEADER](subject.facts) else 0
    steps, next_ = open_steps(subject, identity.at())
    differs = views.since_last(subject, texts)
    call = views.call_of(subject, differs)
    return render_template(
        "submission/show.html", subject=subject, lead=lead(subject, next_), submissions=submissions, differs=differs,
        call=call, hand_in=hand_in(subject, steps, call, talks), refusal=views.refusal_of(subject),
        checks=views.checks_of(subject) if may_see_private(subject.facts) else [],
        office=[view(subject, step) for name in OFFICE for step in steps if step.step.name == name and step.permitted],
        extension=subject.facts.entry("extend_submission"),
    )  # fmt: skip


def working(subject: Subject) -> Subject:
    """The subject, for those who read its working papers."""
    if not may_see_working_papers(subject.facts):
        raise NotAllowed([])
    return subject


def hand_in(
    subject: Subject, steps: tuple[OpenStep, ...], call: views.Call | None, talks: int
) -> dict[str, Any] | None:
    """The form by which the leader hands in, with what is missing for it and what is still open; None for others.

    What was answered to the same sections in the round before stands in the form again.
    """
    open_step = next((open_step for open_step in steps if open_step.step.name in LEADER_PAGES), None)
    if open_step is None or not RULES[Role.GROUP_LEADER](subject.facts):
        return None
    shown = view(subject, open_step, primary=True)
    before = subject.facts.entry("submission").get("reason_answers") or ()
    words = {row["section"]: row.get("words", "") for row in before}
    names = dict.fromkeys(row.name for row in call.reasons) if call else {}
    asked_back = [{"section": name, "words": words.get(name, "")} for name in names]
    form = StepForm.of(asked(open_step.step), version=subject.facts.version, values={"reason_answers": asked_back})
    unwritten = [(section.name, say(section.label)) for section in progress(subject.facts).missing]
    others = [line for line in shown.missing if line["field"] != "sheet"]
    return {"step": shown, "form": form, "unwritten": unwritten, "others": others, "consequences": consequences(),
            "talks": talks}  # fmt: skip


def consequences() -> list[str]:
    """What handing in brings about."""
    return [
        say(_("The text is frozen as a version of its own, with a receipt number and a digest.")),
        say(_("Nobody can change the sheet any more, unless the office returns it for completion.")),
        say(_("You get the receipt with the sheet as a PDF by e-mail at once; it stays on this page too.")),
        say(_("The group and the programme office are told.")),
    ]


@pages.get("/projekty/<int:proposal_id>/zgloszenie/<int:number>.pdf")
@asks("signed_in")
def pdf(proposal_id: int, number: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = working(find(tx, Ref("proposal", proposal_id)))
        version_print = queries.version_print(tx, proposal_id, number, names_minors=may_name_minors(subject.facts))
    if version_print is None:
        raise NotFound
    return sent(version_print)


@pages.get("/projekty/<int:proposal_id>/zgloszenie/robocza.pdf")
@asks("signed_in")
def draft(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = working(find(tx, Ref("proposal", proposal_id)))
        named = may_name_minors(subject.facts)
        draft_print = queries.draft_print(tx, subject.facts, at=identity.at(), names_minors=named)
    return sent(draft_print)


def sent(printed: Print) -> Response:
    """The PDF as a file to keep; the name is plain letters, so that no browser and no disk stumbles over it."""
    answer = Response(pdf_of(printed, base_url=resources().settings.base_url), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{printed.filename}"'
    return answer


@pages.get("/edycje/<edition_key>/pakiet.pdf")
@asks("bodies")
def packet(edition_key: str) -> ResponseReturnValue:
    """All sheets that the committee has before it, also where the reader has a conflict: no sheet is secret here."""
    with reading() as tx:
        facts = find(tx, Ref("edition", edition_of_request() or 0)).facts
        sheets = packet_of(tx, facts.edition, at=identity.at(), names_minors=may_name_minors(facts))
    answer = Response(packet_pdf(sheets), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="pakiet-{edition_key}.pdf"'
    return answer


@pages.get("/projekty/<int:proposal_id>/zgloszenie/weryfikacja")
@asks("signed_in")
def checks(proposal_id: int) -> ResponseReturnValue:
    return checks_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/zgloszenie/weryfikacja")
@asks("signed_in")
def save_checks(proposal_id: int) -> ResponseReturnValue:
    form, ref = StepForm.sent_for(specs_of("proposal", CHECK)), Ref("proposal", proposal_id)
    typed = form.rows_of("points")
    form.errors |= checks_form.faults_of(typed)
    with reading() as tx:
        facts = find(tx, ref).facts
    form.values = {**form.values, "points": checks_form.by_a_person(typed, facts)}
    # Without a version the engine says so, besides what is wrong with the points.
    if form.errors and form.version is not None:
        return checks_page(proposal_id, form, 422)
    try:
        take_step(ref, CHECK, form)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed) or refusal.status == 404:
            raise
        form.take_refusal(refusal)
        return checks_page(proposal_id, form, refusal.status)
    with reading() as tx:
        answered = answered_points(find(tx, ref).facts)
    flash(checks_form.saved(len(answered)), "success")
    return redirect(url_for(".checks", proposal_id=proposal_id), 303)


def checks_page(proposal_id: int, form: StepForm | None = None, status: int = 200) -> ResponseReturnValue:
    """The points of the check beside the sheet, as they are kept or as they were typed."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
    step = open_step_of(subject, CHECK, identity.at())
    if not step.permitted:
        raise NotAllowed(step.missing)
    typed = {row["point"]: row for row in (form.values.get("points") or [])} if form else {}
    form = form or StepForm.of(asked(step.step), version=None)
    form.version = subject.facts.version
    verdict = [view(subject, open_step) for open_step in open_steps(subject, identity.at())[0]
               if open_step.step.verdict == Verdict.ADMISSION and open_step.permitted]  # fmt: skip
    page = render_template(
        "submission/checks.html", subject=subject, form=form, typed=typed, checks=views.checks_of(subject),
        missing=view(subject, step).missing, answers=list(CHECK_ANSWERS.items()), verdict=verdict,
        answered=len(answered_points(subject.facts)), all_points=len(checks_form.ALL),
        sheet=sheets.sheet(subject.facts, sheets.OVERVIEW), own=subject.facts.own,
    )  # fmt: skip
    return page, status


@pages.get("/potwierdzenie")
@asks("anyone")
@limiter.limit("60 per minute")
def check() -> ResponseReturnValue:
    number = request.args.get("numer", "").strip()[:LONGEST]
    digest = "".join(request.args.get("skrot", "").lower().split())[:LONGEST]
    at = None
    if number and digest:
        with reading() as tx:
            at = queries.handed_in_at(tx, number, digest)
    asked_ = bool(number or digest)
    page = render_template("submission/check.html", number=number, digest=digest, at=at, asked=asked_)
    return page, 200 if at or not asked_ else 404
