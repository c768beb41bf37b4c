"""The list of an edition: search, filters, orders, lists kept under a name, and everything found as a file."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from web.forms import lists as forms
from web.forms.bulk_assign import Choice, nothing_chosen, offered
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks
from web.http.template_context import address, say
from web.pages.board import edition_for
from web.views import exports
from web.views.subject import marks_of
from workflow.base import i18n
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.proposals import lists as queries
from workflow.proposals import saved_filters as actions
from workflow.proposals.list_sidebar import Panel, panel
from workflow.proposals.queries import visible_states
from workflow.rules.lateness import counted_at
from workflow.rules.roles import NAMES_MINORS, Role

pages = Blueprint("lists", __name__)


class Place(Struct, frozen=True):
    """A list as it was asked for: where, by whom, and what stands around it."""

    edition: Mapping[str, Any]
    asked: forms.Asked
    wanted: queries.Wanted
    panel: Panel
    # Whether the reader works in the edition, whether in its office, and who pupils are for them.
    inside: bool
    office: bool
    names_minors: bool

    def url(self, **more: Any) -> str:
        """The address of this list with changes; the next page only where it is named."""
        return address("lists.show", edition_key=self.edition["key"], **self.asked.address(**more))

    def turned(self, sort: str) -> str:
        """The address of this list in another order, or in the same one turned round."""
        now = self.asked.sort
        return self.url(sort=f"-{sort}" if now == sort else sort)

    def direction(self, sort: str) -> str | None:
        """Whether the list is in this order: "asc", "desc", or it is not."""
        if self.asked.sort.removeprefix("-") != sort:
            return None
        return "desc" if self.asked.sort.startswith("-") != (sort == "recent") else "asc"


def place(tx: Connection, edition_key: str, given: Mapping[str, str]) -> Place:
    """The list of the address for whoever looks; NotFound where there is no such edition for them."""
    edition, reader = edition_for(tx, edition_key), identity.current()
    roles = reader.roles(edition["id"]) if reader else frozenset()
    inside = reader is not None and bool(roles or reader.is_admin)
    around = panel(tx, edition["id"], reader.id) if reader and inside else Panel()
    asked = forms.read(given, reader, inside=inside, at=counted_at(edition, identity.at()))
    wanted = queries.Wanted(edition["id"], visible_states(edition, reader), asked.filters, asked.sort)
    names_minors = bool(roles & NAMES_MINORS) or bool(reader and reader.is_admin)
    return Place(edition, asked, wanted, around, inside, Role.STAFF in roles, names_minors)


@pages.get("/edycje/<edition_key>/lista")
@asks("anyone")
def show(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        here = place(tx, edition_key, request.args)
        if not request.args and here.panel.default:
            kept = forms.read_query(here.panel.default.query)
            return redirect(url_for(".show", edition_key=edition_key, **kept))  # type: ignore[arg-type]
        proposals = queries.list_proposals(tx, here.wanted, cursor=here.asked.cursor)
    return list_page(here, proposals)


def list_page(
    here: Place, proposals: queries.Page, errors: Mapping[str, str] | None = None, name: str = "",
    assigning: Choice | None = None, status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    """The page of a list; with the name that was typed or the rows that were ticked, and what is wrong with them."""
    fields = forms.fields(here.edition, here.panel.people, here.asked, inside=here.inside)
    page = render_template(
        "lists/list.html", here=here, rows=rows(proposals.lines), fields=fields,
        chosen=forms.chosen(fields, here.asked), errors=errors or {}, name=name,
        next_url=here.url(cursor=proposals.next_cursor) if proposals.next_cursor else None,
        sorts=forms.sort_options(), assigning=assigning or nothing_chosen(), offered=offered(here.panel.people),
    )  # fmt: skip
    return page, status


class Row(Struct, frozen=True):
    """One line in the reader's words."""

    id: int
    version: int
    number: int
    title: str
    url: str
    mark: Mapping[str, str]
    sector: str
    helpers: str
    cost: str
    due: str
    changed: str


def rows(lines: tuple[queries.Line, ...]) -> list[Row]:
    """Lines in the reader's words; what repeats is said once."""
    language = identity.language()
    moments = {at for line in lines for at in (line.due_at, line.updated_at)}
    days = {at: i18n.format_date(at, language) if at else "" for at in moments}
    before = address("proposals.show", proposal_id=0)[:-1]
    return [
        Row(
            line.id, line.version, line.number, line.title, f"{before}{line.id}",
            mark, line.sector,
            ", ".join(name for name in (line.animator, line.reviewer) if name),
            "" if line.cost is None else i18n.format_money(line.cost, language), days[line.due_at],
            days[line.updated_at],
        )
        for line, mark in zip(lines, marks_of(lines), strict=True)
    ]  # fmt: skip


# --- everything found as a file -------------------------------------------------------------------------------


@pages.get("/edycje/<edition_key>/lista.<any(csv, xlsx):ending>")
@asks("anyone")
def file(edition_key: str, ending: str) -> ResponseReturnValue:
    """All that the list would show, page after page, read as of one moment and written to a file of its own."""
    with resources().database.snapshot() as tx:
        here = place(tx, edition_key, request.args)
        columns = exports.columns(inside=here.inside, names_minors=here.names_minors)
        written = exports.write(ending, queries.every_proposal(tx, here.wanted), columns)
    return exports.attachment(ending, written, f"{edition_key}-{warsaw_date(identity.at())}")


# --- lists kept under a name ----------------------------------------------------------------------------------


@pages.post("/edycje/<edition_key>/lista/zapisz")
@asks("member_of_edition")
def keep(edition_key: str) -> ResponseReturnValue:
    name, given = request.form.get("name", ""), forms.read_query(request.form.get("query", ""))
    with writing() as tx:
        here = place(tx, edition_key, given)
        try:
            actions.save_filter(
                tx, name, here.asked.query, edition_id=here.edition["id"], actor=identity.actor(), at=identity.at(),
                is_default=bool(request.form.get("is_default")),
            )  # fmt: skip
        except BadInput as refusal:
            proposals = queries.list_proposals(tx, here.wanted)
            errors = {field: say(text) for field, text in refusal.fields.items()}
            return list_page(here, proposals, errors, name, status=refusal.status)
    flash(say(_("Kept: {name}.", name=name)), "success")
    return redirect(here.url(), 303)


@pages.post("/edycje/<edition_key>/lista/usun")
@asks("member_of_edition")
def forget(edition_key: str) -> ResponseReturnValue:
    number = request.form.get("filter", "")
    with writing() as tx:
        here = place(tx, edition_key, {})
        chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
        actions.delete_filter(tx, chosen, edition_id=here.edition["id"], actor=identity.actor())
    flash(say(_("The kept list is deleted.")), "success")
    return redirect(here.url(), 303)
