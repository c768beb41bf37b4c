"""The code that a hall points its phones at: a page to be printed or projected, for an edition or a conference."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from web.http.resources import reading, resources
from web.http.security import asks, edition_of_request
from web.views.subject import Subject, find
from workflow.rules.facts import Ref
from workflow.rules.permissions import list_is_open
from workflow.rules.states import WELCOMING

pages = Blueprint("idea_posters", __name__)


@pages.get("/edycje/<edition_key>/kod")
@asks("conference_hosts")
def edition(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return poster(Ref("edition", edition_of_request() or 0))


@pages.get("/konferencje/<int:conference_id>/kod")
@asks("conference_hosts")
def conference(conference_id: int) -> ResponseReturnValue:
    return poster(Ref("conference", conference_id))


def poster(ref: Ref) -> str:
    """The code with the address in words, and what awaits those who follow it."""
    with reading() as tx:
        subject = find(tx, ref)
    own = subject.facts.own if ref.kind == "edition" else subject.edition
    address = f"{resources().settings.base_url}{url_for('registration.short_link', edition_key=own['key'])}"
    return render_template(
        "idea_posters/poster.html", subject=subject, own=own, address=address, code=code(address),
        welcoming=own["state"] in WELCOMING, is_open=list_is_open(own), about=about(subject),
    )  # fmt: skip


def about(subject: Subject) -> str:
    """Which conference it is, above the code."""
    return subject.title if subject.ref.kind == "conference" else ""


def code(address: str) -> Markup:
    """The address as a drawing; a quarter of it may be covered or dirty and it can still be read."""
    import segno

    drawn = segno.make(address, error="q", micro=False)
    return Markup(drawn.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704 - drawn by segno
