"""The editions of whoever is signed in: the ways into each, and for its initiator how it stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from web.http import layout_data
from web.http.template_context import address, say
from web.views.glance import Glance, glance_of
from workflow.accounts.sessions import OwnEdition
from workflow.base.i18n import _
from workflow.overview.portfolio import Line, narrowed, portfolios, totals_of
from workflow.rules import page_permissions
from workflow.rules.roles import COMMITTEE, IDEAS_FROM, Role
from workflow.rules.states import SELECTING, WELCOMING, EditionState


class EditionLinks(Struct, frozen=True):
    """An edition with the ways into it, and how it stands where the reader began it."""

    title: str
    href: str
    links: list[tuple[str, str]]
    glance: Glance | None


def own_editions(tx: Connection, reader: page_permissions.Reader, *, at: datetime) -> list[EditionLinks]:
    """No statement; for an initiator seven, however many editions there are."""
    editions = layout_data.editions()
    begun = [edition.id for edition in editions if Role.INITIATOR in reader.roles(edition.id)]
    lines = portfolios(tx, begun, at=at) if begun else {}
    return [
        EditionLinks(edition.title, address("editions.show", edition_key=edition.key),
                     list(_links(edition, reader)),
                     _glance(edition.key, lines.get(edition.id, ())))
        for edition in editions
    ]  # fmt: skip


def _links(edition: OwnEdition, reader: page_permissions.Reader) -> Iterator[tuple[str, str]]:
    key, roles = edition.key, reader.roles(edition.id)
    yield say(_("Board")), address("board.show", edition_key=key)
    if edition.state in WELCOMING and roles & IDEAS_FROM:
        yield say(_("Write down an idea")), address("ideas.new", edition_key=key)
    if page_permissions.PAGES["see_figures"](reader, edition.id):
        yield say(_("In figures")), address("overview.dashboard", edition_key=key)
        yield say(_("Portfolio")), address("overview.portfolio", edition_key=key)
    if edition.state not in WELCOMING | {EditionState.DRAFT}:
        yield say(_("Partnership agreement")), address("agreements.of_edition", edition_key=key)
    if roles & COMMITTEE:
        if edition.state in SELECTING:
            yield say(_("Committee's room")), address("committee_room.show", edition_key=key)
        yield say(_("Meetings")), address("meetings.list_all", edition_key=key)


def _glance(key: str, lines: Sequence[Line]) -> Glance | None:
    return glance_of(key, totals_of(lines), narrowed(lines, ""))
