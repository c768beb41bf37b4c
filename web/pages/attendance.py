"""Who is registered for a conference and who was there: for its hosts, with what is printed and given out."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.forms import Form
from web.forms import registrations as forms
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks
from web.http.template_context import say
from web.views import exports
from web.views.conference import shown
from web.views.spreadsheet import MOMENT, Column
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.participation import handouts, registrations
from workflow.participation.attendance import attendance_of
from workflow.participation.conference_card import ConferenceCard, card_of
from workflow.participation.registration_queries import RegistrationLine, registrations_of
from workflow.rules.choices import CONSENTS
from workflow.rules.roles import Role

pages = Blueprint("attendance", __name__)
Lines = tuple[RegistrationLine, ...]
COLUMNS = (
    Column(_("Name"), lambda line: line.name, 28),
    Column(_("Organisation"), lambda line: line.organisation, 28),
    Column(_("Sector"), lambda line: line.sector, 20),
    Column(_("Commune"), lambda line: line.commune, 20),
    Column(_("Code"), lambda line: line.code, 12),
    Column(_("Waiting list"), lambda line: say(_("yes")) if line.waits else ""),
    Column(_("At the conference since"), lambda line: line.arrived_at, 18, MOMENT),
)  # fmt: skip


@pages.get("/konferencje/<int:conference_id>/uczestnicy")
@asks("conference_hosts")
def show(conference_id: int) -> ResponseReturnValue:
    return list_page(conference_id, Form(forms.BY_OFFICE))


@pages.post("/konferencje/<int:conference_id>/uczestnicy")
@asks("staff")
def register(conference_id: int) -> ResponseReturnValue:
    form = Form.sent(forms.BY_OFFICE)
    try:
        entry = forms.entry_by_office(form)
    except BadInput as refusal:
        return list_page(conference_id, form, refusal.status)
    with writing() as tx:
        registrations.register(tx, resources().settings, conference_id, entry, by=identity.actor().id, at=identity.at())
    flash(say(_("Registered: {name}.", name=entry.contact_name)), "success")
    return redirect(url_for(".show", conference_id=conference_id), 303)


@pages.post("/konferencje/<int:conference_id>/uczestnicy/<int:number>/odwolaj")
@asks("staff")
def cancel(conference_id: int, number: int) -> ResponseReturnValue:
    with writing() as tx:
        if number not in {line.id for line in registrations_of(tx, conference_id)}:
            raise NotFound
        registrations.cancel(tx, resources().settings, number, by=identity.actor().id, at=identity.at())
    flash(say(_("The place is given back.")), "success")
    return redirect(url_for(".show", conference_id=conference_id), 303)


def list_page(conference_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    """Counts as bars with their numbers, everybody on the list, what is printed; a recorded figure keeps its source."""
    with reading() as tx:
        card, lines = shown(card_of(tx, conference_id)), registrations_of(tx, conference_id)
    reader = identity.current()
    is_staff = reader is not None and Role.STAFF in reader.roles(card.edition_id)
    page = render_template(
        "attendance/show.html", card=card, lines=lines, counts=attendance_of(lines), form=form,
        is_staff=is_staff, consents=[(kind, say(label)) for kind, label in CONSENTS.items()],
    )  # fmt: skip
    return page, status


@pages.get("/konferencje/<int:conference_id>/uczestnicy.<any(csv, xlsx):kind>")
@asks("conference_hosts")
def as_rows(conference_id: int, kind: str) -> ResponseReturnValue:
    with reading() as tx:
        lines = registrations_of(tx, conference_id)
    file = exports.write(kind, lines, COLUMNS, title=_("People"))
    return exports.attachment(kind, file, f"konferencja-{warsaw_date(identity.at())}")


def poster_of(card: ConferenceCard, _lines: Lines) -> bytes:
    """The poster leads to the public form, and once nobody registers any more to the page of the conference."""
    page = "registrations.enter" if card.awaits_registrations(identity.at()) else "conferences.show"
    address = f"{resources().settings.base_url}{url_for(page, conference_id=card.id)}"
    return handouts.poster(card, address, at=identity.at())


def certificates_of(card: ConferenceCard, lines: Lines) -> bytes:
    """For everybody who was there, or for the one whose registration the address names."""
    wanted = request.args.get("osoba", "")
    chosen = [line for line in lines if wanted in ("", str(line.id))]
    return handouts.certificates(card, chosen, at=identity.at())


PRINTED: Mapping[str, Callable[[ConferenceCard, Lines], bytes]] = {
    "identyfikatory": lambda card, lines: handouts.badges(card, lines, at=identity.at()),
    "lista-obecnosci": lambda card, lines: handouts.attendance_sheet(card, lines, at=identity.at()),
    "zaswiadczenia": certificates_of,
    "plakat": poster_of,
}


@pages.get("/konferencje/<int:conference_id>/druki/<name>.pdf")
@asks("conference_hosts")
def printed(conference_id: int, name: str) -> ResponseReturnValue:
    if name not in PRINTED:
        raise NotFound
    with reading() as tx:
        card, lines = card_of(tx, conference_id), registrations_of(tx, conference_id)
    answer = Response(PRINTED[name](card, lines), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}-{conference_id}.pdf"'
    return answer
