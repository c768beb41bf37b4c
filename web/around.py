"""What stands around every page of a signed-in person: the editions to switch to, the number of unread messages."""

from typing import Any

from flask import Flask, g, request, url_for

from web import identity
from web.extensions import reading
from workflow.permissions import Reader
from workflow.queries.editions import Around, around

NOBODY = Around(0, ())


def of(reader: Reader | None) -> Around:
    """Read once a request."""
    if reader is None:
        return NOBODY
    if "around" not in g:
        with reading() as tx:
            g.around = around(tx, reader)
    found: Around = g.around
    return found


def unread(reader: Reader | None) -> int:
    """How many messages the reader has not opened, for the menu."""
    return of(reader).unread


def shown_edition() -> str:
    """The key of the edition that the page is about."""
    named = (request.view_args or {}).get("edition_key")
    return str(named or g.get("shown_edition", ""))


def values() -> dict[str, Any]:
    """For the switcher in the head of the page: only where there is something to switch to."""
    mine, here = of(identity.current()).editions, shown_edition()
    listed = [
        {"label": title, "href": url_for("editions.show", edition_key=key), "current": key == here}
        for key, title, _state in mine
    ]
    return {"editions": listed, "edition": next((one for one in listed if one["current"]), None)}


def init_app(app: Flask) -> None:
    """Give these to every template."""
    app.context_processor(values)
