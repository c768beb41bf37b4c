"""Editions: the list and one of them, with its rules, dates and conferences."""

from datetime import datetime
from typing import Any

from flask import Response

from web.api.calls import answer, call
from web.api.lists import PAGING, answer_part, asked_part, nothing_asked
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from workflow.base.errors import NotFound
from workflow.proposals import api_rows as rows


def plainly(row: rows.Row) -> dict[str, Any]:
    """A row with its moments as text."""
    return {name: rows.moment(value) if isinstance(value, datetime) else value for name, value in row.items()}


@call("GET", "/editions", "Editions that you may see", {200: "Edition[]"}, query=PAGING)
@asks("signed_in")
def list_editions() -> Response:
    part = asked_part()
    with reading() as tx:
        found = rows.list_editions(tx, identity.reader(), after=part.after, limit=part.reach)
    return answer_part([plainly(row) for row in found], part)


@call("GET", "/editions/<edition_key>", "One edition", {200: "EditionDetail"}, refuses=(404,))
@asks("signed_in")
def show_edition(edition_key: str) -> Response:
    nothing_asked()
    with reading() as tx:
        found = rows.find_edition(tx, identity.reader(), edition_key)
        if found is None:
            raise NotFound
        conferences = [plainly(row) for row in rows.conferences_of(tx, found["id"])]
    return answer({**plainly(found), "conferences": conferences}, version=found["version"])
