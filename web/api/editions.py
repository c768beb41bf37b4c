"""Editions: the list and one of them, with its rules, dates, conferences and agreements."""

from typing import Any

from flask import Response
from sqlalchemy import Connection

from web.api.answers import plain_row
from web.api.calls import call
from web.api.lists import PAGING, answer_part, asked_part
from web.api.subjects import SubjectCalls, serve
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from workflow.base.errors import NotFound
from workflow.proposals import api_rows as rows
from workflow.rules.facts import Facts, Ref
from workflow.rules.settings_catalogue import value, values


@call("GET", "/editions", "Editions that you may see", {200: "Edition[]"}, query=PAGING)
@asks("signed_in")
def list_editions() -> Response:
    part = asked_part()
    with reading() as tx:
        editions = rows.list_editions(tx, identity.reader(), after=part.after, limit=part.reach)
    return answer_part([plain_row(row) for row in editions], part)


def edition_named(tx: Connection, name: str) -> Ref:
    """The edition with this key or number; NotFound where there is none."""
    number = rows.edition_named(tx, name)
    if number is None:
        raise NotFound
    return Ref("edition", number)


def edition_parts(tx: Connection, facts: Facts) -> dict[str, Any]:
    """The rules and dates of an edition, its conferences and its agreements."""
    within = {f"{kind}s": [plain_row(row) for row in rows.rows_in(tx, kind, facts.ref.id)]
              for kind in ("conference", "agreement")}  # fmt: skip
    settings = {"settings": values(facts.edition), "allows_appeals": value(facts.edition, "allows_appeals")}
    return {**plain_row(rows.row_of(facts, rows.EDITION_RULES)), **settings, **within}


serve(SubjectCalls("edition", "editions", "edition_key", edition_named, edition_parts))
