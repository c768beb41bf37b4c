"""A new edition from one that exists, for the office of that one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.steps import StepForm, specs_of
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.subject import find
from workflow.base.errors import BadInput, NotReady, Refusal
from workflow.base.i18n import _
from workflow.editions.copying import copy_edition
from workflow.editions.queries import texts_of
from workflow.engine.move import Moved
from workflow.rules.facts import Ref

pages = Blueprint("edition_copies", __name__)
CREATE = "create_edition"


@pages.get("/edycje/<edition_key>/kopia")
@asks("staff")
def ask(edition_key: str) -> ResponseReturnValue:
    return copy_page(edition_key)


@pages.post("/edycje/<edition_key>/kopia")
@asks("staff")
def make(edition_key: str) -> ResponseReturnValue:
    form, source = StepForm.sent_for(specs_of("edition", CREATE)), Ref("edition", edition_of_request() or 0)

    def work(tx: Connection) -> Moved:
        facts, texts = find(tx, source, None).facts, texts_of(tx, source.id)
        return copy_edition(tx, facts, texts, form.answers(), actor=identity.actor(), at=identity.at())

    try:
        resources().database.in_transaction(work)
    except (BadInput, NotReady) as refusal:
        form.take_refusal(refusal)
        return copy_page(edition_key, form, refusal)
    flash(say(_("The edition is copied. Set its calendar next.")), "success")
    return redirect(url_for("editions.show", edition_key=form.values.get("key") or edition_key), 303)


def copy_page(edition_key: str, form: StepForm | None = None, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The form of a new edition, with the county and the next year of the one that is copied."""
    with reading() as tx:
        subject = find(tx, Ref("edition", edition_of_request() or 0), None)
    own = subject.facts.own
    values = {"county": own["county"], "year": own["year"] + 1}
    form = form or StepForm.of(specs_of("edition", CREATE), version=None, values=values)
    page = render_template("editions/copy.html", subject=subject, form=form,
                           back=url_for("editions.show", edition_key=edition_key))  # fmt: skip
    return page, refusal.status if refusal else 200
