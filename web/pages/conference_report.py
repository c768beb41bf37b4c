"""The report of a conference: generated from its rows, read, approved and locked; as a page, PDF and DOCX."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks
from web.pages.minutes import sent
from web.views.open_steps import open_steps, view
from web.views.subject import Subject, find
from workflow.base.errors import NotFound
from workflow.conferences.reports import newest_report, read_report
from workflow.documents import store
from workflow.documents.html import body_of
from workflow.rules.documents import Format
from workflow.rules.facts import Ref
from workflow.rules.guards.conference_reports import report_of
from workflow.rules.states import TOOK_PLACE

pages = Blueprint("conference_report", __name__)
STEPS = ("generate_report", "approve_minutes")


@pages.get("/konferencje/<int:conference_id>/sprawozdanie")
@asks("see_meetings")
def show(conference_id: int) -> ResponseReturnValue:
    """The version generated last; it is kept that the reader has opened it."""
    subject = opened(conference_id)
    report, document = report_of(subject.facts), None
    with reading() as tx:
        stored = store.find(tx, report.document.id) if report.document else None
        digests = store.digests(tx, stored.id) if stored else {}
    if stored is not None:
        text = store.text_of(stored)
        document = {"stored": stored, "title": text.title, "digests": dict(digests), "body": Markup(body_of(text))}  # noqa: S704 - each word is escaped where it is put in
    steps, _next = open_steps(subject, identity.at())
    offered = [view(subject, step, primary=True) for step in steps if step.permitted and step.step.name in STEPS]
    return render_template(
        "conferences/report.html", subject=subject, report=report, document=document, steps=offered,
        took_place=subject.facts.state in TOOK_PLACE, formats=list(Format),
        remarks=subject.facts.entry("generate_report").get("remarks") or "",
    )  # fmt: skip


@pages.get("/konferencje/<int:conference_id>/sprawozdanie/<int:document_id>.<form>")
@asks("see_meetings")
def file(conference_id: int, document_id: int, form: str) -> Response:
    """A version of the report as a file to keep."""
    if form not in set(Format):
        raise NotFound
    with writing() as tx:
        subject = find(tx, Ref("conference", conference_id), None)
        stored = store.find(tx, document_id) if store.belongs(tx, document_id, subject.ref) else None
        if stored is None:
            raise NotFound
        content = store.rendering(tx, stored, Format(form))
    return sent(content, Format(form), stored.filename)


def opened(conference_id: int) -> Subject:
    """The conference, once it is kept that the reader has opened its report; writes nothing where that is kept."""
    ref, person = Ref("conference", conference_id), identity.actor()
    with reading() as tx:
        subject = find(tx, ref)
        document = report_of(subject.facts).document
        if document is None or (person.id in document.readers and store.is_complete(tx, document.id)):
            return subject
    with writing() as tx:
        if newest_report(tx, ref) is not None:
            read_report(tx, ref, actor=person, at=identity.at())
        return find(tx, ref)
