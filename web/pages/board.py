"""The board of an edition by phase."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import lists as forms
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.views.subject import marks_of, state_mark
from workflow.base.errors import NotFound
from workflow.editions import queries as editions
from workflow.engine import machine
from workflow.proposals import queries

pages = Blueprint("board", __name__)


def edition_for(tx: Connection, key: str) -> Mapping[str, Any]:
    """The edition of the address for whoever looks; NotFound where it does not exist for them."""
    edition = editions.find_edition(tx, key, identity.current())
    if edition is None:
        raise NotFound
    return edition


@pages.get("/edycje/<edition_key>/tablica")
@asks("anyone")
def show(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        visible = queries.visible_states(edition, identity.current())
        columns = queries.board(tx, edition_id=edition["id"], visible=visible)
    return render_template("board/board.html", board_edition=edition, phases=phases(columns))


def phases(columns: Mapping[str, queries.Column]) -> list[dict[str, Any]]:
    """The phases in order, each with its states that hold anything."""
    table = machine.newest("proposal")
    shown = []
    for key, label in forms.phase_options():
        states: list[dict[str, Any]] = [
            {"mark": state_mark(table, state), "column": columns[state]}
            for state, definition in table.states.items()
            if definition.phase == key and state in columns
        ]
        shown.append(
            {"key": key, "label": label, "states": states, "count": sum(state["column"].count for state in states)}
        )
    return shown


def lines(cards: tuple[queries.Card, ...]) -> list[dict[str, Any]]:
    """Cards with the mark of their state, which is the same for many."""
    return [{"line": line, "mark": mark} for line, mark in zip(cards, marks_of(cards), strict=True)]
