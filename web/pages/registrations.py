"""Registration for a conference: for oneself, for several people of an organisation, and the link of a letter."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.forms import Form
from web.forms import registrations as forms
from web.http import identity
from web.http.resources import limiter, reading, resources, writing
from web.http.security import asks
from web.http.template_context import say
from web.pages.idea_posters import code
from web.views.conference import shown
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.editions.queries import texts_of
from workflow.ideas.queries import office_contacts
from workflow.participation import letters, registrations
from workflow.participation.conference_card import ConferenceCard, card_of
from workflow.participation.registration_queries import registrations_of_contact
from workflow.participation.registrations import Entry
from workflow.rules.choices import CONSENTS
from workflow.rules.states import EditionState

pages = Blueprint("registrations", __name__)
# A hall of people may share one address.
REGISTRATIONS = "600 per hour"
GUESSES = "600 per hour"


@pages.get("/konferencje/<int:conference_id>/zapisy")
@asks("anyone")
def enter(conference_id: int) -> ResponseReturnValue:
    return form_page(conference_id, Form(forms.OF_ONE_PERSON))


@pages.post("/konferencje/<int:conference_id>/zapisy")
@limiter.limit(REGISTRATIONS)
@asks("anyone")
def register(conference_id: int) -> ResponseReturnValue:
    return register_by(conference_id, Form.sent(forms.OF_ONE_PERSON), forms.entry_of_person)


@pages.get("/konferencje/<int:conference_id>/zapisy/organizacja")
@asks("anyone")
def enter_organisation(conference_id: int) -> ResponseReturnValue:
    return form_page(conference_id, Form(forms.OF_ORGANISATION))


@pages.post("/konferencje/<int:conference_id>/zapisy/organizacja")
@limiter.limit(REGISTRATIONS)
@asks("anyone")
def register_organisation(conference_id: int) -> ResponseReturnValue:
    return register_by(conference_id, Form.sent(forms.OF_ORGANISATION), forms.entry_of_organisation)


def register_by(conference_id: int, form: Form, read: Callable[[Form, str], Entry]) -> ResponseReturnValue:
    """Register whom the form names; the answer is the same for a known and for an unknown address."""
    try:
        entry = read(form, identity.language())
    except BadInput as refusal:
        return form_page(conference_id, form, refusal.status)
    person = identity.current()
    with writing() as tx:
        registrations.register(
            tx, resources().settings, conference_id, entry, by=person.id if person else None, at=identity.at()
        )
        card = shown(card_of(tx, conference_id))
    return render_template("registrations/sent.html", card=card, email=entry.contact_email)


def form_page(conference_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    """The form with date, place, places and the clause; where registration is not open, the page says so."""
    with reading() as tx:
        card = shown(public_card(card_of(tx, conference_id)))
        clause, keepers = texts_of(tx, card.edition_id).clause, office_contacts(tx, card.edition_id)
    page = render_template(
        "registrations/enter.html", form=form, card=card, clause=clause, keepers=keepers, at=identity.at(),
        is_open=card.is_open(identity.at()), is_today=card.is_today(identity.at()),
        several=form.asks is forms.OF_ORGANISATION,
        consents=[(kind, say(label)) for kind, label in CONSENTS.items()],
    )  # fmt: skip
    return page, status


def public_card(card: ConferenceCard) -> ConferenceCard:
    """The card, unless its edition is hidden from everybody outside. Raises NotFound."""
    if card.edition_state == EditionState.DRAFT:
        raise NotFound
    return card


@pages.get("/zapis/<token>")
@limiter.limit(GUESSES)
@asks("anyone")
def show(token: str) -> ResponseReturnValue:
    contact = letters.read_token(resources().settings, token)
    if contact is None:
        return render_template("registrations/dead_link.html"), 404
    with reading() as tx:
        card = shown(card_of(tx, contact.conference_id))
        lines = registrations_of_contact(tx, contact)
    return render_template("registrations/show.html", card=card, lines=lines, token=token, code=code)


@pages.post("/zapis/<token>")
@limiter.limit(GUESSES)
@asks("anyone")
def cancel(token: str) -> ResponseReturnValue:
    contact = letters.read_token(resources().settings, token)
    if contact is None:
        return render_template("registrations/dead_link.html"), 404
    number = request.form.get("registration", "")
    with writing() as tx:
        own = {str(line.id): line for line in registrations_of_contact(tx, contact)}
        if number not in own:
            raise NotFound
        registrations.cancel(tx, resources().settings, int(number), by=None, at=identity.at())
    waited = own[number].waits
    flash(say(_("You are off the waiting list.") if waited else _("The place is given back.")), "success")
    return redirect(url_for(".show", token=token), 303)
