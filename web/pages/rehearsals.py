"""Rehearsals of an edition for the office: asking for one, its days, and the letters of each day."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.forms.rehearsals import ASKS
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.views.rehearsals import LETTERS, DayView, dated, day_view, ending, span
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.operations.jobs import rows
from workflow.operations.jobs.kinds import JobKind, JobState
from workflow.operations.jobs.rows import Job
from workflow.operations.rehearsal.job import ask_for_rehearsal, read_day

pages = Blueprint("rehearsals", __name__)


@pages.get("/edycje/<edition_key>/proba")
@asks("staff")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return rehearsals_page(Form(ASKS))


@pages.post("/edycje/<edition_key>/proba")
@asks("staff")
def ask(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    form = Form.sent(ASKS)
    try:
        until = form.read().get("until")
        if until and until < warsaw_date(identity.at()):
            raise BadInput({"until": _("This day has passed. Choose today or a later day.")})
    except BadInput as refusal:
        form.refuse(refusal)
        return rehearsals_page(form), refusal.status
    with writing() as tx:
        edition = facts_of_edition(tx).edition
        title = say(_("Rehearsal of the edition “{edition}”", edition=edition["title"]))
        job_id = ask_for_rehearsal(
            tx, edition["id"], title=title, until=until, owner_id=identity.reader().id, at=identity.at()
        )  # fmt: skip
    return redirect(url_for("jobs.show", job_id=job_id), 303)


def rehearsals_page(form: Form) -> str:
    """The question how far to go, and the rehearsals that the reader has asked for."""
    with reading() as tx:
        edition = facts_of_edition(tx).edition
        jobs = [job for job in rows.jobs_of(tx, identity.reader().id)
                if job.kind is JobKind.REHEARSAL and job.edition_id == edition["id"]]  # fmt: skip
    return render_template("rehearsals/show.html", own=edition, form=form, jobs=jobs, done=JobState.DONE)


@pages.get("/edycje/<edition_key>/proba/<int:job_id>")
@asks("staff")
def result(edition_key: str, job_id: int) -> ResponseReturnValue:
    with reading() as tx:
        edition = facts_of_edition(tx).edition
        job = rehearsal_of(tx, job_id)
    if job.state is not JobState.DONE:
        return redirect(url_for("jobs.show", job_id=job_id), 303)
    return render_template(
        "rehearsals/result.html", own=edition, edition_key=edition_key, job=job, days=dated(job.result),
        span=span(job.result), remaining=ending(job.result), cut_short=job.result["cut_short"],
    )  # fmt: skip


@pages.get("/edycje/<edition_key>/proba/<int:job_id>/<day>")
@asks("staff")
def day(edition_key: str, job_id: int, day: str) -> ResponseReturnValue:
    with reading() as tx:
        edition = facts_of_edition(tx).edition
        job = rehearsal_of(tx, job_id)
    view, page = viewed(job, day), max(0, request.args.get("strona", 0, int))
    first, last = page * LETTERS, (page + 1) * LETTERS

    def address(number: int) -> str:
        return url_for(".day", edition_key=edition_key, job_id=job_id, day=day, strona=number)

    return render_template(
        "rehearsals/day.html", own=edition, edition_key=edition_key, job=job, day=date.fromisoformat(day), view=view,
        letters=view.letters[first:last], next_url=address(page + 1) if last < len(view.letters) else None,
        prev_url=address(page - 1) if page else None,
    )  # fmt: skip


def rehearsal_of(tx: Connection, job_id: int) -> Job:
    """A rehearsal of this edition that the reader has asked for. Raises NotFound."""
    job = rows.job_of(tx, job_id, owner_id=identity.reader().id)
    if job is None or job.kind is not JobKind.REHEARSAL or job.edition_id != edition_of_request():
        raise NotFound
    return job


def viewed(job: Job, wanted: str) -> DayView:
    """What happens on one day of a rehearsal. Raises NotFound where there is nothing, or nothing is kept any more."""
    entry = next((entry for entry in job.result.get("days", ()) if entry["day"] == wanted), None)
    content = read_day(resources().settings, job.id, entry) if entry else None
    if content is None:
        raise NotFound(_("What was rehearsed for this day is not kept any more. Ask for a new rehearsal."))
    return day_view(content)
