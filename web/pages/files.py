"""The files of a proposal: seen, added, fetched, taken away, brought back."""

from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from web.forms import Form
from web.http import errors, identity
from web.http.kept_files import needed_file
from web.http.resources import limiter, reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.uploads import let_files_in
from web.views.open_steps import said
from web.views.subject import Subject, find
from workflow.base.errors import BadInput, NotAllowed, NotFound, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.files import actions, queries, storage
from workflow.files.content_types import BY_ENDING
from workflow.files.public_pictures import descriptions_of
from workflow.files.slides import SLIDES, pages_of
from workflow.files.thumbnails import SMALL_TYPE
from workflow.rules.facts import Ref
from workflow.rules.fields import INPUTS
from workflow.rules.file_limits import LARGEST_FILE, LARGEST_SUM, MEGABYTE, BadFile, amount
from workflow.rules.permissions import may_name_minors, may_see_working_papers

pages = Blueprint("files", __name__)
ADD = "files.add"
# A form around a file needs little more than the file.
LARGEST_REQUEST = LARGEST_FILE + MEGABYTE
# What a browser does with a fetched file: nothing. It is saved, never shown or run here.
SANDBOXED = "default-src 'none'; sandbox"
ACCEPT = ",".join(f".{ending}" for ending in BY_ENDING)
ASKS = (INPUTS["file_kind"],)


let_files_in(pages, ADD, lambda: LARGEST_REQUEST)


@pages.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Refused by its announced size, unread: the page says so to those who may see it."""
    proposal_id = (request.view_args or {}).get("proposal_id", 0)
    try:
        return files_page(proposal_id, Form(ASKS), BadFile(_too_large()), status=413)
    except NotFound:
        return errors.on_http(error)


def _too_large() -> Sentence:
    return _("The file is too large: at most {most} fit.", most=amount(LARGEST_FILE))


@pages.get("/projekty/<int:proposal_id>/pliki")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    return files_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/pliki")
@asks("signed_in")
@limiter.limit("240 per hour", key_func=lambda: f"file:{identity.reader().id}")
def add(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = working(find(tx, Ref("proposal", proposal_id)))
    as_slides = adds_slides(subject)
    form = Form.sent(() if as_slides else ASKS)
    try:
        store(Ref("proposal", proposal_id), form, as_slides=as_slides)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return files_page(proposal_id, form, refusal)
    flash(say(_("The file is kept.")), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def adds_slides(subject: Subject) -> bool:
    """Whether the reader may add slides to the project, and no other files any more."""
    permitted = {step.step.name for step in machine.open_steps(subject.facts, at=identity.at()) if step.permitted}
    return "attach_slides" in permitted and "attach_file" not in permitted


def store(ref: Ref, form: Form, *, as_slides: bool) -> None:
    """Receive the file, check its content, and store it; where the rest is refused, the file is kept for the form."""
    received, kind = needed_file(), SLIDES if as_slides else form.read()["file_kind"]
    uploads, actor, at = resources().settings.uploads, identity.actor(), identity.at()
    pages = pages_of(uploads, received, kind)
    resources().database.in_transaction(
        lambda tx: actions.store_file(
            tx, uploads, ref, received, kind=kind, actor=actor, at=at, pages=pages, as_slides=as_slides
        )
    )


@pages.post("/projekty/<int:proposal_id>/pliki/<int:number>/usun")
@asks("signed_in")
def remove(proposal_id: int, number: int) -> ResponseReturnValue:
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    with reading() as tx:
        as_slides = adds_slides(working(find(tx, ref)))
    resources().database.in_transaction(
        lambda tx: actions.remove_file(tx, ref, number, actor=actor, at=at, as_slides=as_slides)
    )
    flash(say(_("The file is taken away. It can be brought back for 30 days.")), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@pages.post("/projekty/<int:proposal_id>/pliki/<int:number>/przywroc")
@asks("signed_in")
def restore(proposal_id: int, number: int) -> ResponseReturnValue:
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    resources().database.in_transaction(lambda tx: actions.restore_file(tx, ref, number, actor=actor, at=at))
    flash(say(_("The file is back.")), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@pages.get("/projekty/<int:proposal_id>/pliki/<int:number>")
@asks("signed_in")
def fetch(proposal_id: int, number: int) -> ResponseReturnValue:
    row, path = lying(proposal_id, number, small=False)
    return sent_as(path, row, row.media_type, as_attachment=True)


@pages.get("/projekty/<int:proposal_id>/pliki/<int:number>/miniatura")
@asks("signed_in")
def small(proposal_id: int, number: int) -> ResponseReturnValue:
    row, path = lying(proposal_id, number, small=True)
    return sent_as(path, row, SMALL_TYPE, as_attachment=False)


def working(subject: Subject) -> Subject:
    """The subject, for those who read its working papers; to everybody else its files do not exist."""
    if not may_see_working_papers(subject.facts):
        raise NotFound
    return subject


def lying(proposal_id: int, number: int, *, small: bool) -> tuple[queries.FileRow, Path]:
    """A file that the reader may fetch, and where its bytes lie."""
    with reading() as tx:
        working(find(tx, Ref("proposal", proposal_id)))
        row = queries.file_of(tx, proposal_id, number)
    path = storage.path_of(resources().settings.uploads, row.key, small=small)
    if (small and not row.has_small) or not path.is_file():
        raise NotFound(_("The content of this file is not here. Tell the programme office."))
    return row, path


def sent_as(path: Path, row: queries.FileRow, media_type: str, *, as_attachment: bool) -> Response:
    """The bytes with the headers that keep a browser from doing anything with them; kept only while it may be read."""
    response = send_file(
        path, mimetype=media_type, as_attachment=as_attachment, download_name=row.name, etag=row.sha256, max_age=0
    )
    response.headers["Content-Security-Policy"] = SANDBOXED
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def files_page(
    proposal_id: int, form: Form | None = None, refusal: Refusal | None = None, *, status: int = 200
) -> ResponseReturnValue:
    """The list of files, and for those who may the form for one more; after a refusal with the reason."""
    with reading() as tx:
        subject = working(find(tx, Ref("proposal", proposal_id)))
        rows, shown = queries.files_of(tx, proposal_id), descriptions_of(tx, proposal_id)
    as_slides = adds_slides(subject)
    adding = "attach_slides" if as_slides else "attach_file"
    form = form or Form(() if as_slides else ASKS)
    if isinstance(refusal, BadInput):
        form.refuse(refusal)
    elif refusal:
        form.errors["file"] = " ".join(line["message"] for line in said(refusal.missing)) or say(refusal.sentence)
    steps = {step.step.name: step for step in machine.open_steps(subject.facts, at=identity.at())}
    page = render_template(
        "files/files.html", subject=subject, form=form, accept=ACCEPT, largest=LARGEST_FILE, amount=amount,
        kinds=INPUTS["file_kind"].options(), here=[row for row in rows if row.removed_at is None],
        gone=[row for row in rows if row.removed_at], add=steps.get(adding),
        remove=steps.get("remove_slides" if as_slides else "remove_file"), as_slides=as_slides,
        show=steps.get("show_picture"), hide=steps.get("hide_picture"), shown=shown,
        missing=said(steps[adding].missing) if adding in steps else [], most=LARGEST_SUM,
        used=subject.facts.entry("files").get("size", 0), may_name_minors=may_name_minors(subject.facts),
    )  # fmt: skip
    return page, (refusal.status if refusal and status == 200 else status)
