"""The board of an edition by phase, the list with search and filters, and the export of everything found."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from web import exports, identity
from web.extensions import reading
from web.forms import board as forms
from web.security import asks
from web.subjects import state_mark
from workflow import machine
from workflow.errors import NotFound
from workflow.queries import editions
from workflow.queries import proposals as queries

pages = Blueprint("board", __name__)


def edition_for(tx: Any, key: str) -> Mapping[str, Any]:
    """The edition of the address for whoever looks; NotFound where it does not exist for them."""
    found = editions.find_edition(tx, key, identity.current())
    if found is None:
        raise NotFound
    return found


@pages.get("/edycje/<edition_key>/tablica")
@asks("anyone")
def show(edition_key: str) -> Any:
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        visible = queries.visible_states(edition, identity.current())
        columns = queries.board(tx, edition_id=edition["id"], visible=visible)
    return render_template("board/board.html", board_edition=edition, phases=phases(columns))


def phases(columns: Mapping[str, queries.Column]) -> list[dict[str, Any]]:
    """The phases in order, each with its states that hold anything."""
    table = machine.newest("proposal")
    found = []
    for key, label in forms.phase_options():
        states: list[dict[str, Any]] = [
            {"mark": state_mark(table, state), "column": columns[state]}
            for state, one in table.states.items()
            if one.phase == key and state in columns
        ]
        found.append(
            {"key": key, "label": label, "states": states, "count": sum(one["column"].count for one in states)}
        )
    return found


@pages.get("/edycje/<edition_key>/lista")
@asks("anyone")
def list_all(edition_key: str) -> Any:
    asked = forms.from_address()
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        page = queries.list_proposals(
            tx, edition_id=edition["id"], visible=queries.visible_states(edition, identity.current()),
            filters=asked.filters, sort=asked.sort, cursor=asked.cursor,
        )  # fmt: skip
    more = page.next_cursor
    next_url = url_for(".list_all", edition_key=edition_key, **asked.address(cursor=more)) if more else None
    return render_template(
        "board/list.html", board_edition=edition, lines=lines(page.lines), asked=asked, next_url=next_url,
        states=forms.state_options(), phases=forms.phase_options(), options=options(edition),
    )  # fmt: skip


def options(edition: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """What the edition's own lists offer to narrow to."""
    return {name: [(one, one) for one in edition[name]] for name in ("sectors", "areas", "communes")}


def lines(found: tuple[queries.Line, ...]) -> list[dict[str, Any]]:
    """Rows of a list with the mark of their state."""
    tables = machine.tables()
    return [
        {"line": line, "mark": state_mark(tables[line.lifecycle, line.lifecycle_version], line.state)}
        for line in found
    ]  # fmt: skip


@pages.get("/edycje/<edition_key>/lista.csv")
@asks("anyone")
def export(edition_key: str) -> Any:
    asked = forms.from_address()
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        visible = queries.visible_states(edition, identity.current())
        found = queries.every_proposal(
            tx, edition_id=edition["id"], visible=visible, filters=asked.filters, sort=asked.sort
        )
        text = exports.proposals_csv(found)
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{edition_key}.csv"'
    return response
