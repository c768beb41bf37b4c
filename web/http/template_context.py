"""What every template may use: words, dates and amounts in the reader's language, addresses, the menu."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from msgspec import Struct

from web.http import identity, mail_alarm
from web.http.content_language import content, plain
from web.http.navigation import NAV, USER_MENU, MenuEntry
from web.http.resources import base_url
from web.http.security import asked_by
from web.http.template_i18n import ISOLATED, isolated_value
from web.http.user_agent import browser_name
from workflow.base import clock, i18n
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence
from workflow.rules.page_permissions import PAGES

STATIC = Path(__file__).parents[1] / "static"


class MenuItem(Struct, frozen=True):
    """A menu entry as one page shows it."""

    label: str
    href: str
    current: bool
    count: int | None = None


def say(sentence: Sentence | str) -> str:
    """A sentence in the reader's language, for messages that a page passes on."""
    return i18n.say(sentence, identity.language())


@lru_cache(maxsize=256)
def _fingerprint(path: str, _changed: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def static(path: str) -> str:
    """The address of a file of ours; it changes with the content, so that browsers may keep it for a year.

    The name of a font carries its hash, for the style sheet names it too and the browser must see one address.
    """
    if path.endswith(".woff2"):
        return f"/static/{path}"
    try:
        changed = (STATIC / path).stat().st_mtime_ns
    except OSError:
        return f"/static/{path}"
    return f"/static/{path}?v={_fingerprint(path, changed)}"


def menu_addresses() -> Mapping[str, str]:
    """The address of each menu entry whose endpoint exists; built once for an application."""
    addresses: dict[str, str] | None = current_app.extensions.get("menu_addresses")
    if addresses is None:
        build, endpoints = current_app.url_map.bind("").build, current_app.view_functions
        entries = [entry for entry in (*NAV, *USER_MENU) if entry.endpoint in endpoints]
        addresses = {entry.endpoint: build(entry.endpoint) for entry in entries}
        current_app.extensions["menu_addresses"] = addresses
    return addresses


# So many addresses are cached before all are dropped.
ADDRESSES = 5000


def address(endpoint: str, **values: Any) -> str:
    """As Flask's `url_for`; addresses within this host are cached for the application."""
    plain = all(type(value) in (str, int) and not name.startswith("_") for name, value in values.items())
    if endpoint.startswith(".") or not plain:
        return url_for(endpoint, **values)
    cache: dict[Any, str] = current_app.extensions.setdefault("addresses", {})
    key = (request.script_root, endpoint, *values.items())
    path = cache.get(key)
    if path is None:
        if len(cache) >= ADDRESSES:
            cache.clear()
        path = cache[key] = url_for(endpoint, **values)
    return path


def menu(entries: tuple[MenuEntry, ...]) -> list[MenuItem]:
    """The entries whose pages exist and that this reader may open."""
    reader, path, addresses = identity.current(), request.path, menu_addresses()
    items = []
    for entry in entries:
        href = addresses.get(entry.endpoint)
        if href and PAGES[entry.permission](reader, None):
            here = path == href or (href != "/" and path.startswith(href + "/"))
            items.append(MenuItem(say(entry.label), href, here, entry.count(reader) if entry.count else None))
    return items


def public_address() -> str:
    """The address under which search engines and previews know this page; empty for one that not everybody reads.

    A page whose address carries a token is one person's own.
    """
    if asked_by(current_app, request.endpoint) != "anyone" or "token" in (request.view_args or {}):
        return ""
    return absolute(request.path)


def absolute(path: str) -> str:
    """The whole address of a page of this site, for those who read it elsewhere."""
    return f"{base_url()}{path}"


def page_values() -> dict[str, Any]:
    """What changes with every request."""
    return {
        "public_address": public_address(),
        "lang": identity.language(),
        "moved_to": identity.at() if clock.is_moved() else None,
        "current": identity.current(),
        "nav": menu(NAV),
        "user_menu": menu(USER_MENU),
        "mail_stalled": mail_alarm.stalled(),
    }


def _in_language(name: str) -> Callable[..., str]:
    """One of the functions of `i18n` that write a value, in the reader's language; a dash where there is no value."""

    def write(value: date | datetime | int | Decimal | None) -> str:
        if value is None:
            return "–"
        text: str = getattr(i18n, name)(value, identity.language())
        return text

    return write


def _gettext(text: str) -> str:
    return i18n.translator(identity.language()).gettext(text)


def _ngettext(singular: str, plural: str, count: int) -> str:
    return i18n.translator(identity.language()).ngettext(singular, plural, count)


def is_past(until: date | datetime | str | None, as_of: datetime) -> bool:
    """Whether a deadline has passed as of a moment (`workflow.rules.lateness`); a day has when it is over in Warsaw,
    a term in words never.
    """
    if isinstance(until, datetime):
        return until < as_of
    return isinstance(until, date) and until < warsaw_date(as_of)


def init_app(app: Flask) -> None:
    """Give the templates their words. Macros see only these globals, page templates the values of the request too."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        static=static,
        absolute=absolute,
        say=say,
        is_past=is_past,
        url_for=address,
        **{
            name: _in_language(name)
            for name in (
                "format_date",
                "format_field_date",
                "format_datetime",
                "format_time",
                "format_money",
                "format_number",
            )
        },
    )
    environment.filters["browser"] = browser_name
    environment.filters["content"] = content
    environment.filters["plain"] = plain
    environment.filters["inner_quotes"] = i18n.inner_quotes
    environment.filters[ISOLATED] = isolated_value
    app.context_processor(page_values)
