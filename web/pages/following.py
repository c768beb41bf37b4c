"""Following an edition or a project by e-mail: asking, confirming by the link of a letter, ending by one press."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from web.forms import Form
from web.http import identity
from web.http.resources import limiter, reading, resources, writing
from web.http.security import asks, edition_of_request
from web.views.subject import Subject, find
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.editions import followers
from workflow.rules.facts import Ref
from workflow.rules.field_types import Input
from workflow.rules.states import HIDDEN

pages = Blueprint("following", __name__)
EMAIL = (Input("email", "email", _("E-mail address"), maximum=254),)
ATTEMPTS = "20 per hour"


@pages.get("/edycje/<edition_key>/obserwuj", endpoint="edition")
@pages.get("/projekty/<int:proposal_id>/obserwuj", endpoint="project")
@asks("anyone")
def ask(edition_key: str = "", proposal_id: int | None = None) -> ResponseReturnValue:  # noqa: ARG001 - see `followed`
    return render_template("following/ask.html", subject=followed(proposal_id), form=Form(EMAIL, {}), sent=False)


@pages.post("/edycje/<edition_key>/obserwuj", endpoint="follow_edition")
@pages.post("/projekty/<int:proposal_id>/obserwuj", endpoint="follow_project")
@asks("anyone")
@limiter.limit(ATTEMPTS)
def follow(edition_key: str = "", proposal_id: int | None = None) -> ResponseReturnValue:  # noqa: ARG001
    """The same answer whatever becomes of the address, so that nobody learns who follows."""
    subject, form = followed(proposal_id), Form.sent(EMAIL)
    try:
        email = form.read()["email"]
    except BadInput as refusal:
        return render_template("following/ask.html", subject=subject, form=form, sent=False), refusal.status
    if subject.edition["state"] not in HIDDEN and not subject.edition["historical"]:
        with writing() as tx:
            followers.follow(
                tx, resources().settings, email, edition_id=subject.edition["id"], proposal_id=proposal_id,
                language=identity.language(), clause_version=subject.edition["clause_version"], at=identity.at(),
            )  # fmt: skip
    return render_template("following/ask.html", subject=subject, form=form, sent=True)


def followed(proposal_id: int | None) -> Subject:
    """The project or the edition of the address, as far as the reader may see it."""
    ref = Ref("proposal", proposal_id) if proposal_id is not None else Ref("edition", edition_of_request() or 0)
    with reading() as tx:
        return find(tx, ref, None)


@pages.get("/obserwowanie/<token>")
@asks("anyone")
def ask_to_confirm(token: str) -> ResponseReturnValue:
    return answer(token, followers.CONFIRM)


@pages.post("/obserwowanie/<token>")
@asks("anyone")
def confirm(token: str) -> ResponseReturnValue:
    return answer(token, followers.CONFIRM, press=True)


@pages.get("/obserwowanie/koniec/<token>")
@asks("anyone")
def ask_to_end(token: str) -> ResponseReturnValue:
    return answer(token, followers.END)


@pages.post("/obserwowanie/koniec/<token>")
@asks("anyone")
def end(token: str) -> ResponseReturnValue:
    """Also what a mail program sends for its reader (RFC 8058); the signed address is the permission."""
    return answer(token, followers.END, press=True)


def answer(token: str, purpose: str, *, press: bool = False) -> ResponseReturnValue:
    """The page of a signed address; what it is for is done only by pressing, since programs open links too."""
    number = followers.read_token(resources().settings, token, purpose)
    done: Any = False
    if number is None:
        return render_template("following/dead_link.html"), 404
    if press or request.method == "POST":
        with writing() as tx:
            done = followers.confirm(tx, number, at=identity.at()) if purpose == followers.CONFIRM else True
            if purpose == followers.END:
                followers.end(tx, number, at=identity.at())
        if not done:
            return render_template("following/dead_link.html"), 404
    return render_template("following/answer.html", ends=purpose == followers.END, done=done)
