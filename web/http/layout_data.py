"""What the layout of every page needs: the editions to switch to, the number of unread messages, where to sign in."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for

from web.http import identity
from workflow.accounts.sessions import OwnEdition
from workflow.rules.page_permissions import Reader

SIGN_IN = "/login"


def editions() -> tuple[OwnEdition, ...]:
    """The editions in which the reader holds a role, the latest first; none for a visitor."""
    session = identity.opened() if identity.current() else None
    return session.editions if session else ()


def unread(reader: Reader | None) -> int:
    """How many messages the reader has not opened, for the menu."""
    session = identity.opened() if reader else None
    return session.unread if session else 0


def shown_edition() -> str:
    """The key of the edition that the page is about."""
    named = (request.view_args or {}).get("edition_key")
    return str(named or g.get("shown_edition", ""))


def sign_in_address() -> str:
    """Where a visitor signs in, and comes back from to the page that is shown; the home page needs no way back."""
    here = request.full_path.rstrip("?")
    if request.method != "GET" or here == "/" or request.path.startswith(SIGN_IN):
        return SIGN_IN
    return f"{SIGN_IN}?{urlencode({'next': here})}"


def values() -> dict[str, Any]:
    """The switcher in the head of the page, only where there is something to switch to, and where to sign in.

    The names are the layout's own, so that no page takes them for values of its own.
    """
    key = shown_edition()
    named = (
        {"label": g.edition_title, "href": url_for("editions.show", edition_key=key)}
        if g.get("edition_title")
        else None
    )
    entries = [
        {"label": edition.title, "href": url_for("editions.show", edition_key=edition.key),
         "current": edition.key == key}
        for edition in editions()
    ]  # fmt: skip
    current = next((entry for entry in entries if entry["current"]), named)
    return {"switcher": {"entries": entries, "current": current}, "sign_in_address": sign_in_address()}


def init_app(app: Flask) -> None:
    """Give these to every template."""
    app.context_processor(values)
