"""The second factor: asked after signing in, set up and removed in one's own account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from web.forms import Form, accounts
from web.http import identity
from web.http.errors import retry_after
from web.http.navigation import HOME
from web.http.resources import resources, writing
from web.http.security import asks, local_path
from web.http.template_context import say
from web.http.way_back import note_return
from workflow.accounts import second_factor, throttle
from workflow.accounts.sign_in import TooManyTries
from workflow.accounts.throttle import Purpose, Try
from workflow.base.errors import BadInput, NotAllowed, NotFound
from workflow.base.i18n import _

pages = Blueprint("second_factor", __name__)


def check(code: str) -> None:
    """Take a code for this session; raises BadInput or TooManyTries."""
    session = identity.opened()
    if session is None:
        raise NotAllowed
    who, at, settings = session.reader.id, identity.at(), resources().settings
    attempt = Try(Purpose.SECOND_FACTOR, str(who), identity.address(), at)
    with writing() as tx:
        wait_until = throttle.count_try(tx, settings, attempt)
        right = not wait_until and second_factor.give(tx, settings, who, code, at=at, session_digest=session.digest)
        if right:
            throttle.succeed(tx, settings, attempt)
    if wait_until:
        raise TooManyTries(wait_until, code=True)
    if not right:
        raise BadInput({"code": _("This code is wrong or was used already. Wait for the next one and try again.")})


@pages.get("/login/second-factor")
@asks("anyone")
def ask() -> ResponseReturnValue:
    session = identity.opened()
    next_path = local_path(request.args.get("next"), "")
    if session is None or not session.needs_second_factor:
        return redirect(url_for("accounts.login", next=next_path or None), 303)
    return render_template("accounts/second_factor.html", form=Form(accounts.CODE), next=next_path)


@pages.post("/login/second-factor")
@asks("anyone")
def give() -> ResponseReturnValue:
    form, next_path = Form.sent(accounts.CODE), local_path(request.form.get("next"), HOME)
    session = identity.opened()
    if session is None:
        return redirect(url_for("accounts.login", next=next_path), 303)
    if not session.needs_second_factor:
        return redirect(next_path, 303)
    try:
        check(form.read()["code"])
    except (BadInput, TooManyTries) as refusal:
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        else:
            form.errors["code"] = refusal.say(identity.language())
        page = render_template("accounts/second_factor.html", form=form, next=next_path)
        return page, refusal.status, retry_after(refusal)
    note_return()
    return redirect(next_path, 303)


@pages.get("/konto/second-factor")
@asks("signed_in")
def enrol() -> ResponseReturnValue:
    return enrolment_page(Form(accounts.CODE))


def enrolment_page(form: Form, status: int = 200) -> ResponseReturnValue:
    """The picture for the phone and the field for its first code."""
    me, session = identity.reader(), identity.opened()
    if session is None or session.has_second_factor:
        return redirect(url_for("accounts.account"), 303)
    with writing() as tx:
        new = second_factor.begin(tx, resources().settings, me.id, email=me.email)
    import segno

    picture = segno.make(new.address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    # The picture is drawn by our own library from our own address.
    page = render_template("accounts/enrol.html", form=form, secret=new.secret, picture=Markup(picture))  # noqa: S704
    return page, status


@pages.post("/konto/second-factor")
@asks("signed_in")
def confirm() -> ResponseReturnValue:
    form, session = Form.sent(accounts.CODE), identity.opened()
    try:
        code = form.read()["code"]
        with writing() as tx:
            codes = session and second_factor.confirm(
                tx,
                resources().settings,
                identity.reader().id,
                code,
                at=identity.at(),
                session_digest=session.digest,
            )
        if not codes:
            raise BadInput({"code": _("This code is wrong or was used already. Wait for the next one and try again.")})
    except BadInput as refusal:
        form.refuse(refusal)
        return enrolment_page(form, refusal.status)
    return render_template("accounts/recovery_codes.html", codes=codes)


@pages.post("/konto/second-factor/codes")
@asks("signed_in")
def renew_codes() -> ResponseReturnValue:
    session = identity.opened()
    if session is None or not session.has_second_factor:
        raise NotFound
    with writing() as tx:
        codes = second_factor.renew_recovery_codes(tx, resources().settings, identity.reader().id)
    return render_template("accounts/recovery_codes.html", codes=codes)


@pages.post("/konto/second-factor/off")
@asks("signed_in")
def switch_off() -> ResponseReturnValue:
    check(request.form.get("code", "")[:40])
    with writing() as tx:
        second_factor.switch_off(tx, identity.reader().id)
    flash(say(_("Signing in asks for no code any more.")), "success")
    return redirect(url_for("accounts.account"), 303)
