"""The feed of an edition (Atom, RFC 4287): what happened lately to the projects that everybody may see."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from web.http.resources import base_url, reading
from web.http.security import asks
from web.pages.board import edition_for
from workflow.overview.feed import Entry, changes_of
from workflow.rules.registry import tables
from workflow.rules.states import HIDDEN

pages = Blueprint("feeds", __name__)
NAMESPACE, MIMETYPE = "http://www.w3.org/2005/Atom", "application/atom+xml"
# An edition in which nothing public has happened yet is as old as the epoch, so that its feed never changes by itself.
NEVER = "1970-01-01T00:00:00+00:00"


@pages.get("/edycje/<edition_key>/zmiany.atom")
@asks("anyone")
def edition(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        own = edition_for(tx, edition_key)
        entries = [] if own["state"] in HIDDEN else changes_of(tx, own["id"])
    page = f"{base_url()}{url_for('public.projects', edition_key=edition_key)}"
    feed = feed_of(own["title"], page, f"{base_url()}{url_for('.edition', edition_key=edition_key)}", entries)
    return Response(feed, mimetype=MIMETYPE)


def feed_of(title: str, page: str, address: str, entries: Sequence[Entry]) -> bytes:
    """The feed as XML, in Polish as the programme speaks; the addresses name its entries for good."""
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "pl"})
    _texts(feed, {"title": title, "id": address, "updated": entries[0].at.isoformat() if entries else NEVER})
    SubElement(SubElement(feed, "author"), "name").text = title
    SubElement(feed, "link", {"rel": "self", "href": address})
    SubElement(feed, "link", {"rel": "alternate", "href": page})
    for entry in entries:
        own = SubElement(feed, "entry")
        state = tables()[entry.lifecycle, entry.lifecycle_version].states[entry.state].label.pl
        project = f"{base_url()}{url_for('proposals.show', proposal_id=entry.project)}"
        _texts(own, {"title": f"{entry.title}: {state}", "id": f"{project}#{entry.version}",
                     "updated": entry.at.isoformat(), "summary": entry.summary})  # fmt: skip
        SubElement(own, "link", {"rel": "alternate", "href": project})
    return bytes(tostring(feed, "utf-8", xml_declaration=True))


def _texts(parent: Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
