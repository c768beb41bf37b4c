"""What the layout of every page needs: the editions to switch to, the number of unread messages, where to sign in."""

from typing import Any

from flask import Flask, g, request, url_for

from web.http import identity
from workflow.accounts.sessions import OwnEdition
from workflow.rules.page_permissions import Reader
from workflow.rules.roles import Role


def editions() -> tuple[OwnEdition, ...]:
    """The editions in which the reader holds a role, the latest first; none for a visitor."""
    session = identity.opened() if identity.current() else None
    return session.editions if session else ()


def unread(reader: Reader | None) -> int:
    """How many messages the reader has not opened, for the menu."""
    session = identity.opened() if reader else None
    return session.unread if session else 0


def lacks_contact(reader: Reader | None) -> bool:
    """Whether the office is to be reminded that the site cannot name who runs it."""
    session = identity.opened() if reader else None
    is_office = reader is not None and (reader.is_admin or Role.STAFF in reader.roles(None))
    return bool(session and is_office and not session.knows_contact)


def work_views() -> list[dict[str, Any]]:
    """The reader's saved views of the worklist, for the menu."""
    session = identity.opened() if identity.current() else None
    here = request.query_string.decode()
    return [
        {"label": view.name, "href": f"{url_for('my_work.show')}?{view.query}",
         "current": request.path == "/praca" and here == view.query}
        for view in (session.views if session else ())
    ]  # fmt: skip


def shown_edition() -> str:
    """The key of the edition that the page is about."""
    named = (request.view_args or {}).get("edition_key")
    return str(named or g.get("shown_edition", ""))


def short_name(county: str, year: int) -> str:
    """An edition where there is room for a few words, as in the head of a phone's page."""
    return f"{county} {year}"


def values() -> dict[str, Any]:
    """The switcher in the head of the page, only where there is something to switch to.

    The name is the layout's own, so that no page takes it for a value of its own.
    """
    key = shown_edition()
    named = (
        {
            "label": g.edition_title,
            "short": g.get("edition_short", ""),
            "href": url_for("editions.show", edition_key=key),
        }
        if g.get("edition_title")
        else None
    )
    entries = [
        {"label": edition.title, "short": short_name(edition.county, edition.year),
         "href": url_for("editions.show", edition_key=edition.key), "current": edition.key == key}
        for edition in editions()
    ]  # fmt: skip
    return {"switcher": {"entries": entries, "current": next((entry for entry in entries if entry["current"]), named)},
            "work_views": work_views(), "lacks_contact": lacks_contact(identity.current())}  # fmt: skip


def init_app(app: Flask) -> None:
    """Give these to every template."""
    app.context_processor(values)
