"""An invitation into a group, opened: by the link of the letter, or by the person with that address on this site."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import Connection

from web.forms import Form
from web.http import errors, identity
from web.http.resources import reading, resources, writing
from web.http.security import asks
from web.http.template_context import say
from workflow.accounts.sealing import digest
from workflow.accounts.sessions import open_session
from workflow.base.errors import BadInput, NotFound, Refusal
from workflow.base.i18n import _
from workflow.groups import invitations
from workflow.groups.invitations import InvitationOver, Newcomer
from workflow.groups.pending import Opened, find_invitation, group_joined
from workflow.rules.choices import PLACES
from workflow.rules.field_types import Input

pages = Blueprint("invitations", __name__)

NAME = Input("name", "line", _("Your name and surname"), maximum=200)
MINOR = Input("is_minor", "flag", _("I am under 18"), required=False)
CLAUSE = Input("clause", "flag", _("I have read how my data are used"), required=False)
VERSION = Input("clause_version", "line", _("Version of the information clause"), required=False, maximum=40)
NEWCOMER = (NAME, MINOR, CLAUSE, VERSION)
MEMBER = (CLAUSE, VERSION)


@pages.get("/zaproszenie/<token>")
@asks("anyone")
def show(token: str) -> ResponseReturnValue:
    return invitation_page(token=token)


@pages.post("/zaproszenie/<token>")
@asks("anyone")
def accept(token: str) -> ResponseReturnValue:
    return joined_by(token=token) or accepted(opened_invitation(token=token), token)


@pages.post("/zaproszenie/<token>/odmowa")
@asks("anyone")
def decline(token: str) -> ResponseReturnValue:
    opened = opened_invitation(token=token)
    if opened is None:
        return render_template("groups/invitation_dead.html"), 422
    with writing() as tx:
        invitations.decline(tx, opened.id, token=token, at=identity.at())
    return render_template("groups/declined.html", opened=opened)


@pages.get("/zaproszenia/<int:number>")
@asks("signed_in")
def show_own(number: int) -> ResponseReturnValue:
    return invitation_page(number=number)


@pages.post("/zaproszenia/<int:number>")
@asks("signed_in")
def accept_own(number: int) -> ResponseReturnValue:
    return joined_by(number=number) or accepted(opened_invitation(number=number), "")


@pages.post("/zaproszenia/<int:number>/odmowa")
@asks("signed_in")
def decline_own(number: int) -> ResponseReturnValue:
    with writing() as tx:
        invitations.decline(tx, number, person_id=identity.reader().id, at=identity.at())
    flash(say(_("You have declined the invitation.")), "success")
    return redirect(url_for("my_work.show"), 303)


def joined_by(*, token: str = "", number: int = 0) -> ResponseReturnValue | None:
    """To the group, for whoever has joined it by this very invitation: the button was pressed twice."""
    if (me := identity.current()) is None:
        return None
    with reading() as tx:
        proposal_id = group_joined(tx, me.id, token_digest=digest(token) if token else "", number=number)
    return redirect(url_for("groups.show", proposal_id=proposal_id), 303) if proposal_id else None


@pages.errorhandler(CSRFError)
def pressed_twice(error: CSRFError) -> ResponseReturnValue:
    """Joining with a new account gives this browser new cookies, which the form of the first press does not know."""
    token = (request.view_args or {}).get("token", "")
    return joined_by(token=token) or errors.on_http(error) if token else errors.on_http(error)


def opened_invitation(*, token: str = "", number: int = 0) -> Opened | None:
    """The open invitation of a link, or one of the reader's own; NotFound for a number that is not theirs."""
    with reading() as tx:
        if token:
            return find_invitation(tx, token_digest=digest(token), at=identity.at())
        opened = find_invitation(tx, number=number, person_id=identity.reader().id, at=identity.at())
    if opened is None:
        raise NotFound
    return opened


def invitation_page(
    *, token: str = "", number: int = 0, form: Form | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:  # fmt: skip
    """Who invites and to which group; then what this reader can do with it."""
    if joined := joined_by(token=token, number=number):
        return joined
    opened, me = opened_invitation(token=token, number=number), identity.current()
    if opened is None or (opened.account_id and not opened.account_open):
        return render_template("groups/invitation_dead.html"), 422
    form = form or Form(MEMBER if opened.account_id else NEWCOMER)
    text = render_template(
        "groups/invitation.html", opened=opened, form=form, token=token, place=say(PLACES[opened.role]),
        at=identity.at(),
        other=me is not None and me.id != opened.account_id, known=opened.account_id is not None,
        mine=me is not None and me.id == opened.account_id,
        refused=say(refusal.sentence) if refusal and not form.errors else "",
    )  # fmt: skip
    return text, refusal.status if refusal else 200


def accepted(opened: Opened | None, token: str) -> ResponseReturnValue:
    """Join, with an account made on the spot where there was none; a refusal keeps what was typed."""
    me = identity.current()
    if opened is None:
        return render_template("groups/invitation_dead.html"), 422
    if (me is not None and me.id != opened.account_id) or (me is None and opened.account_id):
        return invitation_page(token=token, refusal=InvitationOver())
    form = Form.sent(NEWCOMER if me is None else MEMBER)
    try:
        given = form.read()
        if opened.clause_version and not given.get("clause"):
            raise BadInput({"clause": _("Read first how your data are used, then confirm it.")})
        cookie = resources().database.in_transaction(lambda tx: join(tx, opened, token, given))
    except Refusal as refusal:
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        return invitation_page(token=token, number=opened.id, form=form, refusal=refusal)
    flash(say(_("Welcome to the group.")), "success")
    response: Any = redirect(url_for("groups.show", proposal_id=opened.proposal_id), 303)
    return identity.give_cookie(response, cookie) if cookie else response


def join(tx: Connection, opened: Opened, token: str, given: dict[str, Any]) -> str:
    """Accept in one transaction; for a newcomer with the session that the browser goes on with."""
    at, version = identity.at(), given.get("clause_version", "")
    if identity.current() is not None:
        invitations.accept(tx, opened.id, actor=identity.actor(), clause_version=version, at=at)
        return ""
    newcomer = Newcomer(given["name"], identity.language(), is_minor=bool(given.get("is_minor")))
    person, _moved = invitations.accept_as_new(tx, token, newcomer=newcomer, clause_version=version, at=at)
    return open_session(tx, person, at=at, browser=request.user_agent.string)
