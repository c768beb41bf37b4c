"""Calendar files: a conference alone or with its published agenda, and the feed of all conferences of an edition."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from web.http.resources import base_url, reading
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.agenda import visible_conference
from web.views.subject import address_of, find
from workflow.base.errors import NotFound
from workflow.base.i18n import _
from workflow.notifications.calendar_file import FILENAME, MIMETYPE, Entry, calendar
from workflow.participation.conference_card import ConferenceCard, dated_cards
from workflow.presentations.calendars import entry_of_day, items_of
from workflow.presentations.queries import read_agenda
from workflow.rules.facts import Ref

pages = Blueprint("calendars", __name__)


@pages.get("/konferencje/<int:conference_id>/termin.ics")
@asks("anyone")
def day(conference_id: int) -> ResponseReturnValue:
    """The conference alone, as it comes with the letter about a registration. Raises NotFound before it has a day."""
    with reading() as tx:
        subject = visible_conference(tx, conference_id)
        days = dated_cards(tx, conference_id=conference_id)
    if not days:
        raise NotFound
    return answer([event(*day, subject.edition["title"]) for day in days], "", FILENAME)


@pages.get("/konferencje/<int:conference_id>/program.ics")
@asks("anyone")
def conference(conference_id: int) -> ResponseReturnValue:
    """The conference, and the items of its agenda once that is public."""
    with reading() as tx:
        subject = visible_conference(tx, conference_id)
        days, agenda = dated_cards(tx, conference_id=conference_id), read_agenda(tx, conference_id)
    entries = [event(*day, subject.edition["title"]) for day in days]
    if agenda is not None:
        url = f"{base_url()}{url_for('agenda.show', conference_id=conference_id)}"
        entries += items_of(agenda, host=host(), url=url, untitled=say(_("Break")))
    return answer(entries, f"{subject.title} – {subject.edition['title']}", f"konferencja-{conference_id}.ics")


@pages.get("/edycje/<edition_key>/konferencje.ics")
@asks("anyone")
def edition(edition_key: str) -> ResponseReturnValue:
    """Every conference that has a date; a calendar program that subscribes to the address asks again by itself."""
    with reading() as tx:
        subject = find(tx, Ref("edition", edition_of_request() or 0), None)
        days = dated_cards(tx, edition_id=subject.ref.id)
    return answer([event(*day, subject.title) for day in days], subject.title, f"konferencje-{edition_key}.ics")


def host() -> str:
    """What makes the identities of the events unique."""
    return urlsplit(base_url()).hostname or "localhost"


def event(card: ConferenceCard, starts_at: datetime, edition_title: str) -> Entry:
    """One conference in the reader's language, its own name first: a calendar shows the beginning alone."""
    name = ": ".join(filter(None, (say(_("Conference {number}", number=card.number)), card.purpose)))
    url = f"{base_url()}{address_of(Ref('conference', card.id))}"
    return entry_of_day(card, starts_at, host=host(), summary=f"{name} – {edition_title}", url=url)


def answer(entries: list[Entry], name: str, filename: str) -> Response:
    """A calendar file under a name; a browser keeps it, a calendar program reads it."""
    response = Response(calendar(entries, name=name), mimetype=MIMETYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
