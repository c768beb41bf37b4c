"""The open list of participants: somebody with an account enters himself, somebody without one gets a letter."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.forms import Form
from web.forms.people import REGISTRATION
from web.http import identity
from web.http.resources import limiter, reading, resources, writing
from web.http.security import asks
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from workflow.base.errors import BadInput, NotAllowed
from workflow.base.i18n import _
from workflow.editions.queries import texts_of
from workflow.ideas.queries import office_contacts
from workflow.people import registration
from workflow.people.roles import NewPerson
from workflow.rules.permissions import list_is_open

pages = Blueprint("registration", __name__)
# A hall of people may share one address.
REGISTRATIONS = "600 per hour"


@pages.get("/pomysl/<edition_key>")
@asks("anyone")
def short_link(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        facts = facts_of_edition(tx)
    stranger = identity.current() is None and list_is_open(facts.edition)
    return redirect(url_for(".enter" if stranger else "ideas.new", edition_key=edition_key), 303)


@pages.get("/edycje/<edition_key>/zapisy")
@asks("anyone")
def enter(edition_key: str) -> ResponseReturnValue:
    if identity.current():
        return redirect(url_for("ideas.new", edition_key=edition_key), 303)
    return enter_page(Form(REGISTRATION))


@pages.post("/edycje/<edition_key>/zapisy")
@limiter.limit(REGISTRATIONS)
@asks("anyone")
def send_letter(edition_key: str) -> ResponseReturnValue:
    form, next_path = Form.sent(REGISTRATION), url_for("ideas.new", edition_key=edition_key)
    try:
        person = NewPerson(**form.read(), language=identity.language())
        with writing() as tx:
            edition_id = facts_of_edition(tx).ref.id
            registration.ask_to_join(
                tx, resources().settings, person, edition_id=edition_id, next_path=next_path, at=identity.at()
            )
    except BadInput as refusal:
        form.refuse(refusal)
        return enter_page(form, refusal.status)
    return render_template("registration/sent.html", email=person.email)


@pages.post("/edycje/<edition_key>/dolacz")
@asks("signed_in")
def join(edition_key: str) -> ResponseReturnValue:
    with writing() as tx:
        edition_id = facts_of_edition(tx).ref.id
        registration.join(tx, edition_id=edition_id, actor=identity.actor(), at=identity.at())
    flash(say(_("You are on the list of participants.")), "success")
    return redirect(url_for("ideas.new", edition_key=edition_key), 303)


def enter_page(form: Form, status: int = 200) -> ResponseReturnValue:
    """Name and address, or the way to sign in; who can help where the list is not open."""
    with reading() as tx:
        facts = facts_of_edition(tx)
        clause, keepers = texts_of(tx, facts.ref.id).clause, office_contacts(tx, facts.ref.id)
    if not list_is_open(facts.edition):
        raise NotAllowed(sentence=_("The list of participants is not open. Ask the programme office to enter you."))
    page = render_template(
        "registration/enter.html", form=form, own=facts.edition, clause=clause, keepers=keepers,
        next=url_for("ideas.new", edition_key=facts.edition["key"]),
    )  # fmt: skip
    return page, status
