"""Signing in and out, by password or by a link in a mail; one's own account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from web.forms import Form, accounts
from web.http import errors, identity
from web.http.navigation import HOME
from web.http.resources import reading, resources, writing
from web.http.security import asks, local_path
from web.http.template_context import say
from web.http.way_back import note_return
from workflow.accounts import clauses, links, sessions, tokens
from workflow.accounts.sign_in import TooManyTries, WrongPassword, change_password, sign_in
from workflow.base.addresses import folded_address
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import LANGUAGES, _
from workflow.people import queries
from workflow.people import roles as actions

pages = Blueprint("accounts", __name__)

# Of the address that somebody came from; a longer one is cut, and leads at worst to "there is nothing here".
LONGEST_NEXT = 500


def enter(token: str) -> Response:
    """Go on as the person whose session this is."""
    response = identity.give_cookie(redirect(local_path(request.form.get("next"), HOME), 303), token)
    note_return()
    with reading() as tx:
        session = sessions.read_session(tx, token, at=identity.at())
        waiting = session and any(clause.shown_at is None for clause in clauses.clauses_of(tx, session.reader.id))
    if waiting:
        flash(say(_("Information on how your data are used waits for you under: My account.")), "message")
    return response


@pages.get("/login")
@asks("anyone")
def login() -> ResponseReturnValue:
    if identity.current():
        return redirect(local_path(request.args.get("next"), HOME), 303)
    return render_template(
        "accounts/login.html", form=Form(accounts.SIGN_IN), next=local_path(request.args.get("next"), "")
    )


@pages.post("/login")
@asks("anyone")
def login_with_password() -> ResponseReturnValue:
    form = Form.sent(accounts.SIGN_IN)
    try:
        email = form.read()["email"]
        token = sign_in(
            resources().database, resources().settings, email=email, password=request.form["password"],
            address=identity.address(), at=identity.at(), browser=request.user_agent.string,
        )  # fmt: skip
    except (BadInput, WrongPassword, TooManyTries) as refusal:
        return refused(form, refusal)
    return enter(token)


def refused(form: Form, refusal: BadInput | WrongPassword | TooManyTries) -> ResponseReturnValue:
    """The sign-in form again, with the reason; the e-mail stays, the password does not."""
    reason = None if isinstance(refusal, BadInput) else refusal.say(identity.language())
    next_path = local_path(request.form.get("next"), "")
    page = render_template("accounts/login.html", form=form, next=next_path, reason=reason)
    return page, refusal.status, errors.retry_after(refusal)


@pages.get("/login/link")
@asks("anyone")
def ask_for_link() -> ResponseReturnValue:
    return render_template(
        "accounts/link.html", form=Form(accounts.LINK, {"email": request.args.get("email", "")[:254]}),
        next=local_path(request.args.get("next"), ""),
    )  # fmt: skip


@pages.post("/login/link")
@asks("anyone")
def send_link() -> ResponseReturnValue:
    form, next_path = Form.sent(accounts.LINK), local_path(request.form.get("next"), "")
    try:
        email = form.read()["email"]
    except BadInput as refusal:
        return render_template("accounts/link.html", form=form, next=next_path), refusal.status
    with writing() as tx:
        links.ask_for_link(tx, resources().settings, email, at=identity.at(), next_path=next_path[:LONGEST_NEXT])
    return render_template("accounts/link_sent.html", email=email, next=next_path)


@pages.get("/login/link/<token>")
@asks("anyone")
def link(token: str) -> ResponseReturnValue:
    if used_here(token):
        return redirect(local_path(request.args.get("next"), HOME), 303)
    return render_template("accounts/use_link.html", token=token, next=local_path(request.args.get("next"), ""))


@pages.post("/login/link/<token>")
@asks("anyone")
def use_link(token: str) -> ResponseReturnValue:
    if used_here(token):
        return redirect(local_path(request.form.get("next"), HOME), 303)
    with writing() as tx:
        person_id = links.use_link(tx, token, at=identity.at())
        if person_id is None:
            return render_template("accounts/link_dead.html", next=local_path(request.form.get("next"), "")), 422
        opened = sessions.open_session(tx, person_id, at=identity.at(), browser=request.user_agent.string)
    return enter(opened)


def used_here(token: str) -> bool:
    """Whether this browser is signed in as the person whose used link this is: the button was pressed twice."""
    session = identity.opened()
    if session is None:
        return False
    with reading() as tx:
        return links.was_used_by(tx, token, session.reader.id)


@pages.errorhandler(CSRFError)
def pressed_twice(error: CSRFError) -> ResponseReturnValue:
    """Signing in gives this browser new cookies, which the form of the first press does not know: lead where it led.

    Nothing is done here. Whoever is signed in as somebody else than the form would have made them is refused.
    """
    session, token = identity.opened(), (request.view_args or {}).get("token", "")
    if session and request.endpoint == f"{pages.name}.{login_with_password.__name__}":
        is_same = folded_address(request.form.get("email", "")) == folded_address(session.reader.email)
    else:
        is_same = bool(token) and used_here(token)
    return redirect(local_path(request.form.get("next"), HOME), 303) if is_same else errors.on_http(error)


@pages.post("/logout")
@asks("anyone")
def logout() -> ResponseReturnValue:
    if session := identity.opened():
        with writing() as tx:
            sessions.revoke(tx, session.reader.id, session.digest, at=identity.at())
    response = identity.take_cookie(redirect("/", 303))
    flash(say(_("You are signed out.")), "success")
    return response


@pages.get("/konto")
@asks("signed_in")
def account() -> ResponseReturnValue:
    return account_page()


def read_clauses(person_id: int) -> list[clauses.Clause]:
    """The information clauses of one's editions; those shown for the first time are noted."""
    with reading() as tx:
        own = clauses.clauses_of(tx, person_id)
    fresh = [clause for clause in own if clause.shown_at is None]
    if fresh:
        with writing() as tx:
            for clause in fresh:
                clauses.note_shown(
                    tx, person_id, edition_id=clause.edition_id, version=clause.version, at=identity.at()
                )
    return own


def account_page(password: Form | None = None, key: Form | None = None, new_key: str | None = None) -> str:
    """One's own account; `new_key` is a key for programs that was just made and is never shown again."""
    me, session = identity.reader(), identity.opened()
    clauses_shown = read_clauses(me.id)
    with reading() as tx:
        return render_template(
            "accounts/account.html",
            clauses=clauses_shown,
            sessions=sessions.list_sessions(tx, me.id, at=identity.at()),
            tokens=tokens.list_tokens(tx, me.id, at=identity.at()),
            me=queries.find_person(tx, me.id),
            this=session,
            password=password or Form(accounts.NEW_PASSWORD),
            key=key or Form(accounts.TOKEN),
            new_key=new_key,
        )


@pages.post("/konto/password")
@asks("signed_in")
def new_password() -> ResponseReturnValue:
    form, session = Form.sent(accounts.NEW_PASSWORD), identity.opened()
    try:
        change_password(
            resources().database, identity.reader().id, old=request.form.get("old", ""),
            new=request.form.get("new", ""), at=identity.at(), keep=session.digest if session else None,
        )  # fmt: skip
    except BadInput as refusal:
        form.refuse(refusal)
        return account_page(password=form), refusal.status
    flash(say(_("Your password is changed. All your other sessions were ended.")), "success")
    return redirect(url_for(".account"), 303)


@pages.post("/konto/sessions/end")
@asks("signed_in")
def end_session() -> ResponseReturnValue:
    me, chosen = identity.reader(), request.form.get("session", "")
    session = identity.opened()
    with writing() as tx:
        if chosen == "others":
            sessions.revoke_all(tx, me.id, at=identity.at(), keep=session.digest if session else None)
        elif not sessions.revoke(tx, me.id, chosen, at=identity.at()):
            raise NotFound
    flash(say(_("Ended. Whoever used that browser has to sign in again.")), "success")
    return redirect(url_for(".account"), 303)


@pages.post("/konto/keys")
@asks("signed_in")
def make_key() -> ResponseReturnValue:
    form = Form.sent(accounts.TOKEN)
    try:
        name = form.read()["name"]
    except BadInput as refusal:
        return account_page(key=form), refusal.status
    with writing() as tx:
        new_key = tokens.create_token(tx, identity.reader().id, name=name, at=identity.at())
    return account_page(new_key=new_key)


@pages.post("/konto/keys/<int:key_id>/end")
@asks("signed_in")
def end_key(key_id: int) -> ResponseReturnValue:
    with writing() as tx:
        if not tokens.revoke_token(tx, identity.reader().id, key_id, at=identity.at()):
            raise NotFound
    flash(say(_("The key does not work any more.")), "success")
    return redirect(url_for(".account"), 303)


@pages.post("/language")
@asks("anyone")
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadInput({"language": _("Choose one of the languages of this site.")})
    identity.choose_language(chosen)
    if me := identity.current():
        with writing() as tx:
            actions.choose_language(tx, me.id, chosen)
    return redirect(local_path(request.form.get("next")), 303)
