"""The log of an edition: who did what and when, with search and files; no word of a private paper is in it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import address, say
from web.pages.board import edition_for
from web.views import activity_log as views
from web.views import exports
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import _, format_number
from workflow.overview import activity_log as queries
from workflow.rules.scalar_types import WrongAnswer, read_date

pages = Blueprint("activity_log", __name__)
LONGEST = 100
NAMES = ("q", "rodzaj", "od", "do")


@pages.get("/edycje/<edition_key>/dziennik")
@asks("staff_or_admin")
def show(edition_key: str) -> ResponseReturnValue:
    values, errors = asked(request.args)
    before = request.args.get("before", "")
    below = int(before) if before.isdecimal() and len(before) < 18 else None
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        page = queries.read_log(tx, edition["id"], wanted(edition["id"], values), before=below)
    return render_template(
        "activity_log/show.html", own=edition, lines=views.lines(page.lines, edition), values=values, errors=errors,
        kinds=[(kind, say(title)) for kind, title in views.KINDS.items()],
        next_url=address(".show", edition_key=edition_key, **values, before=page.before) if page.before else None,
        first_url=address(".show", edition_key=edition_key, **values) if below else None,
        most=format_number(queries.MOST, identity.language()),
    )  # fmt: skip


def asked(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, and what is wrong with the days of it."""
    values = {name: given[name].strip()[:LONGEST] for name in NAMES if given.get(name, "").strip()}
    errors = {}
    for name in ("od", "do"):
        try:
            read_date(values.get(name))
        except WrongAnswer as wrong:
            errors[name] = say(wrong.sentence)
    return values, errors


def wanted(edition_id: int, values: Mapping[str, str]) -> queries.LogFilter:
    """What the log is narrowed to, and what of it the reader may not know."""
    reader, words = identity.reader(), values.get("q", "")
    kind = values.get("rodzaj", "")
    inside = bool(reader.roles(edition_id) & views.READS_PRIVATE)
    return queries.LogFilter(
        words, kind if kind in views.KINDS else "", _day(values.get("od")), _day(values.get("do")),
        rows=views.rows_saying(words) if words else frozenset(),
        hidden=frozenset() if inside else views.private_rows(), without=frozenset() if inside else queries.OF_BODIES,
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    try:
        return read_date(text)
    except WrongAnswer:
        return None


@pages.get("/edycje/<edition_key>/dziennik.<any(csv, xlsx):ending>")
@asks("staff_or_admin")
def file(edition_key: str, ending: str) -> ResponseReturnValue:
    """All that was found, as of one moment, as a file that no cache stores."""
    values, _errors = asked(request.args)
    with resources().database.snapshot() as tx:
        edition = edition_for(tx, edition_key)
        found: Any = queries.every_line(tx, edition["id"], wanted(edition["id"], values))
        written = exports.write(ending, views.lines(found, edition), views.COLUMNS, title=_("Log of the edition"))
    return exports.attachment(ending, written, f"{edition_key}-dziennik-{warsaw_date(identity.at())}")
