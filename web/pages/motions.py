"""Putting a motion: first its kind, then the projects, from a list; the form itself is that of every step."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.motions import labelled
from web.http.resources import reading
from web.http.security import asks
from web.pages.steps import not_here, open_step, step_page
from web.views.subject import Subject, find
from workflow.base.errors import NoSuchStep
from workflow.rules.choices import MOTION_KINDS
from workflow.rules.facts import Ref
from workflow.rules.guards.meetings import session_of
from workflow.rules.guards.motion_items import MOTIONS_OF, eligible
from workflow.rules.session import RESOLVED
from workflow.selection.motion_queries import projects_for

pages = Blueprint("motions", __name__)
STEP = "put_motion"


@pages.get("/posiedzenia/<int:meeting_id>/krok/put_motion")
@asks("signed_in")
def choose(meeting_id: int) -> ResponseReturnValue:
    meeting, kind = Ref("meeting", meeting_id), request.args.get("rodzaj", "")
    try:
        if request.args.get("lista") or request.args.get("rezerwa") or request.args.get("projekt"):
            return step_page(meeting, STEP)
        with reading() as tx:
            subject = find(tx, meeting)
            open_step(subject, STEP, given=False)
            kinds = MOTIONS_OF[session_of(subject.facts).body]
            if kind in kinds and kind in RESOLVED:
                return projects_page(tx, subject, kind)
        return step_page(meeting, STEP) if kind in kinds else kinds_page(subject)
    except NoSuchStep as refusal:
        return not_here(meeting, refusal)


def kinds_page(subject: Subject) -> ResponseReturnValue:
    """The kinds of motions that this body puts, each with how many projects it can be about."""
    session = session_of(subject.facts)
    kinds = [(kind.value, MOTION_KINDS[kind], len(eligible(session, kind)) if kind in RESOLVED else None)
             for kind in MOTIONS_OF[session.body]]  # fmt: skip
    return render_template("meetings/motion_kind.html", subject=subject, kinds=kinds)


def projects_page(tx: Connection, subject: Subject, kind: str) -> ResponseReturnValue:
    """The projects that a motion of this kind can be about, to be ticked."""
    projects = projects_for(tx, subject.edition["id"], session_of(subject.facts), kind)
    options = [(str(project.number), labelled(project)) for project in projects]
    return render_template(
        "meetings/motion_projects.html", subject=subject, kind=kind, kind_label=MOTION_KINDS[kind], options=options
    )
