"""Webhooks of an edition: which other systems are called, with what became of each call."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.forms import Form
from web.forms.webhooks import WEBHOOK
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.views.confirmation import Confirmation, confirmation_page
from workflow.accounts import seal
from workflow.accounts.sealing import new_token
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.notifications import webhooks as actions
from workflow.notifications.webhook_calls import PURPOSE
from workflow.rules.webhook_scopes import SCOPES, WebhookScope

pages = Blueprint("webhooks", __name__)


@pages.get("/edycje/<edition_key>/webhooki")
@asks("staff")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - the edition of the request
    return webhooks_page(Form(WEBHOOK, {"scope": WebhookScope.PUBLIC.value}))


@pages.post("/edycje/<edition_key>/webhooki")
@asks("staff")
def add(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001
    form, secret = Form.sent(WEBHOOK), f"whsec_{new_token()}"
    try:
        given = form.read()
        with writing() as tx:
            actions.add(
                tx, edition_of_request() or 0, url=given["url"], scope=WebhookScope(given["scope"]),
                box=seal(resources().settings, secret, purpose=PURPOSE), by=identity.reader().id, at=identity.at(),
            )  # fmt: skip
    except BadInput as refusal:
        form.refuse(refusal)
        return webhooks_page(form), refusal.status
    return webhooks_page(Form(WEBHOOK, {"scope": WebhookScope.PUBLIC.value}), secret)


@pages.get("/edycje/<edition_key>/webhooki/<int:webhook_id>/koniec")
@asks("staff")
def ask_to_end(edition_key: str, webhook_id: int) -> ResponseReturnValue:
    """What ending a webhook does; back to the list where it is ended already."""
    back, edition_id = url_for(".show", edition_key=edition_key), edition_of_request() or 0
    with reading() as tx:
        own, lines = facts_of_edition(tx).edition, actions.webhooks_of(tx, edition_id)
    line = next((line for line in lines if line.id == webhook_id), None)
    if line is None:
        raise NotFound
    if line.ended_at:
        return redirect(back, 303)
    crumbs = [{"label": own["title"], "href": url_for("editions.show", edition_key=edition_key)},
              {"label": say(_("Webhooks")), "href": back}, {"label": say(_("End the webhook"))}]  # fmt: skip
    consequences = [
        say(_("This address is called no more: {url}", url=line.url)),
        say(_("Calls that wait and are not made any more: {count}.", count=line.waiting)),
        say(_("A new webhook to the same address gets a new secret.")),
    ]
    return confirmation_page(Confirmation(say(_("End the webhook")), line.url, consequences,
                                          f"{back}/{webhook_id}/koniec", back, crumbs))  # fmt: skip


@pages.post("/edycje/<edition_key>/webhooki/<int:webhook_id>/koniec")
@asks("staff")
def end(edition_key: str, webhook_id: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.end(tx, edition_of_request() or 0, webhook_id, by=identity.reader().id, at=identity.at())
    flash(say(_("The webhook is ended. It is called no more.")), "success")
    return redirect(url_for(".show", edition_key=edition_key), 303)


def webhooks_page(form: Form, secret: str = "") -> str:
    """The webhooks of the edition with their last tries; `secret` is that of one just made, never shown again."""
    edition_id = edition_of_request() or 0
    with reading() as tx:
        own = facts_of_edition(tx).edition
        lines, tries = actions.webhooks_of(tx, edition_id), actions.tries_of(tx, edition_id)
    scopes = {scope: say(label) for scope, label in SCOPES.items()}
    return render_template("webhooks/show.html", own=own, lines=lines, tries=tries, form=form, secret=secret,
                           scopes=scopes)  # fmt: skip
