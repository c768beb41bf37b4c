"""The board of an edition: its projects in columns by phase."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from web.forms import lists as forms
from web.http import identity
from web.http.layout_data import short_name
from web.http.resources import reading
from web.http.security import asks
from web.http.template_context import address
from web.views.board import Reading, column_views
from web.views.subject import marks_of
from workflow.base.errors import NotFound
from workflow.editions import queries as editions
from workflow.engine import machine
from workflow.overview import board as queries
from workflow.overview.waiting import states_awaiting
from workflow.proposals.list_sidebar import Panel, panel
from workflow.proposals.lists import Wanted
from workflow.proposals.queries import Card, visible_states
from workflow.rules.lateness import counted_at
from workflow.rules.roles import NAMES_MINORS, Role
from workflow.rules.states import RESTING

pages = Blueprint("board", __name__)
STATE_OF_OFFICE = ",".join(states_awaiting(Role.STAFF))


def edition_for(tx: Connection, key: str) -> Mapping[str, Any]:
    """The edition of the address for whoever looks; NotFound where it does not exist for them."""
    edition = editions.find_edition(tx, key, identity.current())
    if edition is None:
        raise NotFound
    g.shown_edition, g.edition_title = key, edition["title"]
    g.edition_short = short_name(edition["county"], edition["year"])
    return edition


@pages.get("/edycje/<edition_key>/tablica")
@asks("anyone")
def show(edition_key: str) -> ResponseReturnValue:
    person, at = identity.current(), identity.at()
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        roles = person.roles(edition["id"]) if person else frozenset()
        inside = person is not None and bool(roles or person.is_admin)
        sidebar = panel(tx, edition["id"], person.id) if person and inside else Panel()
        late_at = counted_at(edition, at)
        asked = forms.read(request.args, person, inside=inside, at=late_at)
        wanted = Wanted(edition["id"], visible_states(edition, person), asked.filters)
        board = queries.board(tx, wanted, machine.newest("proposal"), at=late_at)
    reader = Reading(edition, inside, bool(roles & NAMES_MINORS) or bool(person and person.is_admin), roles, at)
    labels = dict(forms.phase_options())
    fields = forms.fields(edition, sidebar.people, asked, inside=inside)
    return render_template(
        "board/board.html", own=edition, asked=asked, fields=fields, chosen=forms.chosen(fields, asked), inside=inside,
        columns=column_views(board, labels, reader, {phase: list_of(edition_key, asked, phase) for phase in labels}),
        chips=chips(edition, asked, board) if inside else [], here=lambda **more: here(edition_key, asked, **more),
        list_url=address("lists.show", edition_key=edition_key, **{**asked.values, "sort": asked.sort}),
    )  # fmt: skip


def here(edition_key: str, asked: forms.Asked, **more: Any) -> str:
    """The address of this board with changes; None takes a filter out."""
    values = {name: value for name, value in {**asked.values, **more}.items() if value}
    return address("board.show", edition_key=edition_key, **values)


def list_of(edition_key: str, asked: forms.Asked, phase: str) -> str:
    """The list of a column with the filters of the board."""
    values = asked.address() if "state" in asked.values else asked.address(phase=phase)
    return address("lists.show", edition_key=edition_key, **values)


class Chip(Struct, frozen=True):
    """A way to narrow the board by one press: how it is told from others, how many projects, its address."""

    kind: str
    count: int
    href: str
    current: bool


def chips(edition: Mapping[str, Any], asked: forms.Asked, board: queries.Board) -> list[Chip]:
    """What waits for the office and what is late, counted within the filters that are set."""
    key, states = edition["key"], board.states
    office = sum(states[state].count for state in states_awaiting(Role.STAFF) if state in states)
    if edition["state"] in RESTING:
        return []
    return [
        Chip("office", office, here(key, asked, state=STATE_OF_OFFICE, phase=None),
             asked.values.get("state") == STATE_OF_OFFICE),
        Chip("late", board.late, here(key, asked, due="late"), asked.values.get("due") == "late"),
    ]  # fmt: skip


def lines(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Cards with the mark of their state, which is the same for many."""
    return [{"line": line, "mark": mark} for line, mark in zip(cards, marks_of(cards), strict=True)]
