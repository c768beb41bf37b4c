"""Which letters a person gets, and how often; and the link of a letter that switches its kind off without sign-in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks
from web.http.template_context import say
from web.views.preferences import GROUPS, PACES_IN_WORDS, lines
from workflow.accounts.signed_links import UNSUBSCRIBE, read_signed
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.notifications.preferences import FIXED, PACES, Pace, choose, paces_of
from workflow.notifications.topic_groups import TopicGroup
from workflow.notifications.unsubscribing import DIGESTS, Unsubscription, read_text
from workflow.notifications.unsubscribing import unsubscribe as switch_off
from workflow.rules.roles import Role

pages = Blueprint("preferences", __name__)
# Roles whose holders are told of what comes to an office.
OFFICES = frozenset({Role.STAFF, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR})


@pages.get("/konto/powiadomienia")
@asks("signed_in")
def show() -> ResponseReturnValue:
    return preferences_page({}, {})


@pages.post("/konto/powiadomienia")
@asks("signed_in")
def save() -> ResponseReturnValue:
    sent = {group: request.form[group] for group in TopicGroup if group not in FIXED and group in request.form}
    legal = {group: Pace(pace) for group, pace in sent.items() if pace in PACES[group]}
    try:
        if len(legal) < len(sent):
            raise BadInput({group: _("Choose one of the answers on the list.") for group in sent.keys() - legal.keys()})
        with writing() as tx:
            choose(tx, identity.reader().id, legal)
    except BadInput as refusal:
        errors = {name: say(sentence) for name, sentence in refusal.fields.items()}
        return preferences_page(dict(sent), errors), refusal.status
    flash(say(_("Your choice is saved. It holds for everything that happens from now on.")), "success")
    return redirect(url_for(".show"), 303)


def preferences_page(sent: dict[TopicGroup, str], errors: dict[str, str]) -> str:
    """Every group with what is chosen, or with what was sent and refused."""
    with reading() as tx:
        paces = paces_of(tx, [identity.reader().id])
    chosen = {group: pace for (_person, group), pace in paces.items()}
    in_office = bool(identity.reader().roles(None) & OFFICES)
    shown = lines({**chosen, **sent}, in_office=in_office)
    return render_template("preferences/show.html", lines=shown, errors=errors)


def opened(token: str) -> Unsubscription | None:
    """What a link asks for; None for one that was not signed here."""
    text = read_signed(resources().settings, token, purpose=UNSUBSCRIBE)
    return read_text(text) if text else None


@pages.get("/wypisz/<token>")
@asks("anyone")
def ask(token: str) -> ResponseReturnValue:
    given = opened(token)
    if given is None:
        return render_template("preferences/dead_link.html"), 404
    return render_template("preferences/unsubscribe.html", what=what_in_words(given), token=token, done=False)


@pages.post("/wypisz/<token>")
@asks("anyone")
def unsubscribe(token: str) -> ResponseReturnValue:
    given = opened(token)
    if given is None:
        return render_template("preferences/dead_link.html"), 404
    with writing() as tx:
        switch_off(tx, given)
    return render_template("preferences/unsubscribe.html", what=what_in_words(given), token=token, done=True)


def what_in_words(given: Unsubscription) -> str:
    """The letters that a link switches off."""
    return say(PACES_IN_WORDS[DIGESTS] if given.what == DIGESTS else GROUPS[TopicGroup(given.what)])
