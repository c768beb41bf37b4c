"""Minors of an edition: who they are, how old, and whose consent the office holds; for the office alone."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form, minors
from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.people import minors as actions
from workflow.people.choices import people_of_edition
from workflow.people.minors_queries import Minor, minors_of
from workflow.rules.facts import Facts

pages = Blueprint("minors", __name__)


@pages.get("/edycje/<edition_key>/niepelnoletni")
@asks("staff")
def list_all(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return list_page(Form(minors.AGE))


@pages.post("/edycje/<edition_key>/niepelnoletni")
@asks("staff")
def note_age(edition_key: str) -> ResponseReturnValue:
    form = Form.sent(minors.AGE)
    try:
        given = form.read()
        with writing() as tx:
            actions.note_age(
                tx, given["person"], edition_id=edition_of_request() or 0, band=given["band"], actor=identity.actor()
            )
    except BadInput as refusal:
        form.refuse(refusal)
        return list_page(form), refusal.status
    flash(say(_("Noted: this person is under 18.")), "success")
    return redirect(url_for(".person", edition_key=edition_key, person_id=given["person"]), 303)


@pages.get("/edycje/<edition_key>/niepelnoletni/<int:person_id>")
@asks("staff")
def person(edition_key: str, person_id: int) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return person_page(person_id, Form(minors.CONSENT))


@pages.post("/edycje/<edition_key>/niepelnoletni/<int:person_id>")
@asks("staff")
def record_consent(edition_key: str, person_id: int) -> ResponseReturnValue:
    form = Form.sent(minors.CONSENT)
    try:
        given = form.read()
        with writing() as tx:
            actions.record_consent(
                tx, person_id, edition_id=edition_of_request() or 0, consent=given, actor=identity.actor(),
                at=identity.at(),
            )  # fmt: skip
    except BadInput as refusal:
        form.refuse(refusal)
        return person_page(person_id, form), refusal.status
    flash(say(_("The consent is recorded.")), "success")
    return redirect(url_for(".person", edition_key=edition_key, person_id=person_id), 303)


@pages.post("/edycje/<edition_key>/niepelnoletni/<int:person_id>/zgoda/<int:number>/wycofaj")
@asks("staff")
def withdraw_consent(edition_key: str, person_id: int, number: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.withdraw_consent(
            tx, number, person_id=person_id, edition_id=edition_of_request() or 0, actor=identity.actor(),
            at=identity.at(),
        )  # fmt: skip
    flash(say(_("The consent is withdrawn. It counts no more from now on.")), "success")
    return redirect(url_for(".person", edition_key=edition_key, person_id=person_id), 303)


@pages.post("/edycje/<edition_key>/niepelnoletni/<int:person_id>/pelnoletni")
@asks("staff")
def of_age(edition_key: str, person_id: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.note_age(tx, person_id, edition_id=edition_of_request() or 0, band="", actor=identity.actor())
    flash(say(_("Noted: this person is of age.")), "success")
    return redirect(url_for(".list_all", edition_key=edition_key), 303)


def list_page(form: Form) -> str:
    """The minors with their consents, and the form for one more."""
    with reading() as tx:
        facts = facts_of_edition(tx)
        minors = minors_of(tx, facts.ref.id)
        known = {person.id for person in minors}
        people = [choice for choice in people_of_edition(tx, facts.ref.id, facts=facts) if choice[0] not in known]
    return render_template(
        "minors/list.html", own=facts.edition, minors=minors, form=form, people=people, bands=bands()
    )


def person_page(person_id: int, form: Form) -> str:
    """One minor with every consent, and the form for one more."""
    with reading() as tx:
        facts = facts_of_edition(tx)
        person = minor(tx, facts, person_id)
    return render_template(
        "minors/person.html", own=facts.edition, person=person, form=form, bands=bands(), kinds=kinds()
    )


def minor(tx: Connection, facts: Facts, person_id: int) -> Minor:
    """A minor of this edition; NotFound where there is no such one."""
    minors = minors_of(tx, facts.ref.id, only=person_id)
    if not minors:
        raise NotFound
    return minors[0]


def bands() -> dict[str, str]:
    """Age bands in the reader's words."""
    return {key: say(text) for key, text in minors.BAND.options().items()}


def kinds() -> dict[str, str]:
    """Kinds of consent in the reader's words."""
    return {key: say(text) for key, text in minors.CONSENT[0].options().items()}
