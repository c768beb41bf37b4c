"""Offers accounts to many people of an edition: whom the letters go to is shown first, then they wait for review."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import edition_people as forms
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.board import edition_for
from web.pages.edition_people import list_page
from workflow.base.errors import BadInput, NotReady
from workflow.base.i18n import Sentence, _
from workflow.letters import account_offers as actions
from workflow.letters.account_offers import OfferPlan, Outcome
from workflow.people.edition_people import numbers_of

pages = Blueprint("account_offers", __name__)
OUTCOMES: dict[Outcome, Sentence] = {
    Outcome.OFFERED: _("Get the letter"),
    Outcome.HAS_ACCOUNT: _("Have an account already: no letter"),
    Outcome.OFFERED_BEFORE: _("Have a letter that is still valid: no second one"),
    Outcome.NO_ADDRESS: _("Without an e-mail address: no letter"),
    Outcome.MINOR: _("Under 18: invited one by one, with a consent"),
    Outcome.CLOSED: _("Account closed: no letter"),
}


@pages.post("/edycje/<edition_key>/osoby/konta")
@asks("staff")
def preview(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        try:
            plan = actions.plan_offers(tx, edition_of_request() or 0, people_sent(tx), at=identity.at())
        except BadInput as refusal:
            return list_again(tx, edition_key, refusal)
        return page(tx, edition_key, plan)


@pages.post("/edycje/<edition_key>/osoby/konta/napisz")
@asks("staff")
def write(edition_key: str) -> ResponseReturnValue:
    edition_id, people = edition_of_request() or 0, forms.numbers(request.form.getlist("person"))
    try:
        with writing() as tx:
            batch = actions.offer_accounts(
                tx, resources().settings, edition_id, people, digest=request.form.get("digest", ""),
                actor=identity.actor(), at=identity.at(),
            )  # fmt: skip
    except BadInput as refusal:
        with reading() as tx:
            return list_again(tx, edition_key, refusal)
    except NotReady as refusal:
        with reading() as tx:
            plan = actions.plan_offers(tx, edition_id, people, at=identity.at())
            return page(tx, edition_key, plan, " ".join(one.say(identity.language()) for one in refusal.missing)), 409
    flash(say(_("The letters wait for approval. Look through them and approve them.")), "success")
    return redirect(url_for("letter_batches.show", edition_key=edition_key, batch_id=batch), 303)


def people_sent(tx: Connection) -> list[int]:
    """Who was ticked, or everybody whom the list holds."""
    if request.form.get("everything"):
        wanted = forms.read_query(request.form.get("query", "")).wanted
        return numbers_of(tx, edition_of_request() or 0, wanted)
    return forms.numbers(request.form.getlist("person"))


def page(tx: Connection, edition_key: str, plan: OfferPlan, refused: str = "") -> str:
    """Who gets a letter and who does not, with the form that writes them."""
    groups = [(say(OUTCOMES[outcome]), lines) for outcome, lines in plan.in_groups().items()]
    return render_template(
        "edition_people/offers.html", own=edition_for(tx, edition_key), plan=plan, groups=groups, refused=refused,
        query=request.form.get("query", ""),
    )  # fmt: skip


def list_again(tx: Connection, edition_key: str, refusal: BadInput) -> ResponseReturnValue:
    """The list with what is wrong, narrowed as it was."""
    errors = {name: say(text) for name, text in refusal.fields.items()}
    asked = forms.read_query(request.form.get("query", ""))
    return list_page(tx, edition_key, asked, errors), refusal.status
