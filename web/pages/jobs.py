"""Work that somebody asked for: how far it has come, on a page that can be left; each for its owner alone."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.http import identity, live
from web.http.resources import reading, writing
from web.http.security import asks
from web.http.template_context import say
from web.views.jobs import result_address, state_sentence
from workflow.base.errors import NotFound
from workflow.base.i18n import _
from workflow.operations.jobs import rows

pages = Blueprint("jobs", __name__)


@pages.get("/zadania")
@asks("signed_in")
def list_all() -> ResponseReturnValue:
    with reading() as tx:
        jobs = rows.jobs_of(tx, identity.reader().id)
    return render_template("jobs/list.html", jobs=[(job, state_sentence(job)) for job in jobs])


@pages.get("/zadania/<int:job_id>")
@asks("signed_in")
def show(job_id: int) -> ResponseReturnValue:
    with reading() as tx:
        mark = live.mark(tx, "job", job_id)
        job = rows.job_of(tx, job_id, owner_id=identity.reader().id)
        if job is None:
            raise NotFound
        address = result_address(tx, job)
    parts = {"progress": "jobs/progress.html"}
    return live.page("jobs/show.html", parts, job=job, state=state_sentence(job), result=address, mark=mark)


@pages.post("/zadania/<int:job_id>/zatrzymaj")
@asks("signed_in")
def stop(job_id: int) -> ResponseReturnValue:
    with writing() as tx:
        if rows.job_of(tx, job_id, owner_id=identity.reader().id) is None:
            raise NotFound
        stopped = rows.cancel(tx, job_id, owner_id=identity.reader().id, at=identity.at())
    if stopped:
        flash(say(_("The work was stopped.")), "success")
    else:
        flash(say(_("The work was over already, so nothing was stopped.")), "info")
    return redirect(url_for(".show", job_id=job_id), 303)
