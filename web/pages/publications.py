"""What is published of an edition: resolutions, the ranking list, extracts of minutes; for everybody, once announced.

Before anything is announced there is nothing here, and the answer is that of a page that does not exist.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.pages.minutes import sent
from web.views.subject import Subject, find
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotFound
from workflow.base.i18n import _
from workflow.documents import store
from workflow.documents.html import body_of
from workflow.documents.published import ORDER, Published, published_of
from workflow.engine.result_reader import public_polls
from workflow.rules.bodies import FUNCTIONS, Body
from workflow.rules.documents import KINDS, DocumentKind, Format
from workflow.rules.facts import Ref
from workflow.selection.seat_queries import seats_of

pages = Blueprint("publications", __name__)
# What a list of several documents of a kind is headed by.
HEADINGS = {
    DocumentKind.RESOLUTION: _("Resolutions"), DocumentKind.EXTRACT: _("Public extracts of minutes"),
    DocumentKind.CORRECTION: _("Corrections of minutes"),
}  # fmt: skip
# So many documents of a kind stand on the page; the others are folded.
SHOWN = 5


@pages.get("/edycje/<edition_key>/wyniki")
@asks("anyone")
def show(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        edition, every = found(tx)
        seats, polls = seats_of(tx, edition.ref.id, Body.COMMITTEE), public_polls(tx, edition.ref.id)
    day = warsaw_date(identity.at())
    members = [(seat, holder) for seat in seats if (holder := seat.holder_on(day))]
    # Of each document the version published last; the history of the others is on its page.
    rows = list({one.name: one for one in reversed(every)}.values())
    return render_template(
        "publications/list.html", subject=edition, rows=rows,
        kinds={kind: HEADINGS.get(kind, KINDS[kind]) for kind in ORDER}, edition_key=edition_key,
        members=members, functions=FUNCTIONS, polls=polls, shown=SHOWN,
    )  # fmt: skip


@pages.get("/edycje/<edition_key>/wyniki/<name>")
@asks("anyone")
def document(edition_key: str, name: str) -> ResponseReturnValue:
    with reading() as tx:
        edition, every = found(tx)
        chosen = named(every, name)
        stored = store.find(tx, chosen.document_id)
        digests = dict(store.digests(tx, chosen.document_id))
    if stored is None:
        raise NotFound
    body = Markup(body_of(store.text_of(stored)))  # noqa: S704 - each word is escaped where it is put in
    return render_template(
        "publications/document.html", subject=edition, document=chosen, body=body, formats=list(Format),
        edition_key=edition_key, digest=stored.digest, digests=digests,
        history=[one for one in every if one.name == chosen.name],
    )  # fmt: skip


@pages.get("/edycje/<edition_key>/wyniki/<name>.<form>")
@asks("anyone")
def file(edition_key: str, name: str, form: str) -> ResponseReturnValue:  # noqa: ARG001 - read by `edition_of_request`
    """A published document as a file; its bytes are made at the first asking and kept."""
    if form not in set(Format):
        raise NotFound
    with reading() as tx:
        chosen = named(found(tx)[1], name)
        complete = store.is_complete(tx, chosen.document_id)
    with reading() if complete else writing() as tx:
        stored = store.find(tx, chosen.document_id)
        if stored is None:
            raise NotFound
        return sent(store.rendering(tx, stored, Format(form)), Format(form), chosen.of_version)


def found(tx: Connection) -> tuple[Subject, tuple[Published, ...]]:
    """The edition and what is published of it; NotFound where that is nothing."""
    ref = Ref("edition", edition_of_request() or 0)
    every = published_of(tx, ref.id)
    if not every:
        raise NotFound
    return find(tx, ref), every


def named(every: tuple[Published, ...], name: str) -> Published:
    """The document of a permanent name, the newest version where the name has none; NotFound where there is none."""
    for one in every:
        if name in (one.name, one.of_version):
            return one
    raise NotFound
