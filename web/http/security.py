"""Default deny: a route without a named permission answers nobody; and the headers that every answer carries."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from msgspec import Struct
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as AnyResponse

from web.http import identity, input_guard, origin
from web.http.resources import csrf, reading, resources
from web.http.way_back import SignedOut
from workflow.base.errors import NotAllowed, NotFound
from workflow.base.i18n import LANGUAGES, _, say
from workflow.base.urls import is_loopback
from workflow.db.statements import Query, slot
from workflow.models import (
    Agreement,
    AgreementPartner,
    ChangeRequest,
    Conference,
    Edition,
    Meeting,
    Milestone,
    Poll,
    Proposal,
)
from workflow.rules.page_permissions import PAGES

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SECOND_FACTOR_PATH = "/login/second-factor"
# Routes whose address carries a signature, look at no session and do one thing that the address names (RFC 8058).
PROVEN_BY_ADDRESS = frozenset({"preferences.unsubscribe", "following.end"})
# The header of a page that reads codes with the camera of the device.
WITH_CAMERA = {"Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"}
# Files whose name carries a hash of their content, so that a browser may keep them for good.
HASHED = ".woff2"
# Pages that other sites may show in a frame: what is public, without a form, a script or a cookie.
EMBEDDABLE = frozenset({"embeds.edition", "embeds.project"})
# Permissions that are about no edition.
WITHOUT_EDITION = frozenset({"signed_in", "admin"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Of a page in a frame of another site: it loads our style sheet and pictures, and nothing else happens on it.
EMBEDDED = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    "Content-Security-Policy": "; ".join((
        "default-src 'none'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "form-action 'none'",
        "frame-ancestors *", "base-uri 'none'",
    )),
    "Cross-Origin-Resource-Policy": "cross-origin",
}  # fmt: skip


class Asked(Struct, frozen=True):
    """What a route asks of whoever comes."""

    permission: str


def asks(permission: str) -> Callable[[View], View]:
    """Name the permission of a route, one of `rules.page_permissions.PAGES`; put it directly above the function.

    A permission that is about an edition finds it by the name of the route's own value, see EDITION_OF.
    A refused permission whose name starts with `see_` answers 404, so that nobody learns what exists.
    """
    if permission not in PAGES:
        raise ValueError(f"There is no permission {permission!r} in workflow.rules.page_permissions.PAGES.")

    def mark(view: View) -> View:
        view.asks = Asked(permission)  # type: ignore[attr-defined]
        return view

    return mark


def asked_by(app: Flask, endpoint: str | None, method: str = "GET") -> str | None:
    """The permission that a route asks, or None where nobody named one."""
    view: Any = app.view_functions.get(endpoint or "")
    by_method = getattr(getattr(view, "view_class", None), method.lower(), None)
    asked = getattr(by_method, "asks", None) or getattr(view, "asks", None)
    return asked.permission if isinstance(asked, Asked) else None


def _edition_by(column: Any, edition: Any) -> Callable[[Connection, Any], int | None]:
    query = Query(select(edition.label("edition")).where(column == slot("value", column)))

    def find(tx: Connection, value: Any) -> int | None:
        row = query.first(tx, {"value": value})
        return None if row is None else row.edition

    return find


# The name of a value in a route's address -> how the edition is found by it.
EDITION_OF: Mapping[str, Callable[[Connection, Any], int | None]] = {
    "edition_key": _edition_by(Edition.key, Edition.id),
    "edition_id": _edition_by(Edition.id, Edition.id),
    "proposal_id": _edition_by(Proposal.id, Proposal.edition_id),
    "conference_id": _edition_by(Conference.id, Conference.edition_id),
    "agreement_id": _edition_by(Agreement.id, Agreement.edition_id),
    "agreement_partner_id": _edition_by(AgreementPartner.id, AgreementPartner.edition_id),
    "meeting_id": _edition_by(Meeting.id, Meeting.edition_id),
    "poll_id": _edition_by(Poll.id, Poll.edition_id),
    "milestone_id": _edition_by(Milestone.id, Milestone.edition_id),
    "change_request_id": _edition_by(ChangeRequest.id, ChangeRequest.edition_id),
}


def edition_of_request() -> int | None:
    """The edition that the address of this request is about; NotFound when the address names none that exists."""
    if "edition_id" not in g:
        g.edition_id = None
        for name, value in (request.view_args or {}).items():
            if name in EDITION_OF:
                with reading() as tx:
                    g.edition_id = EDITION_OF[name](tx, value)
                if g.edition_id is None:
                    raise NotFound
                break
    edition_id: int | None = g.edition_id
    return edition_id


def guard() -> AnyResponse | None:
    """Before every request, in this order: a host, clean text, no forgery, the named permission."""
    if not origin.has_host(request):
        abort(400)
    if request.routing_exception is not None:
        return None
    if field := input_guard.wrong_field():
        text = _("The field {field} contains characters that cannot be stored.", field=field)
        raise input_guard.UnreadableText(say(text, identity.language()))
    follow_language()
    # A program proves itself by a header that no other site can make a browser send; its cookie is never read. What a
    # signed address asks for is proven by the address, and a mail provider asks for it with no form at all.
    is_proven = identity.is_program() or request.endpoint in PROVEN_BY_ADDRESS
    if not is_proven and request.method not in SAFE:
        check_forgery()
    return check_permission()


def follow_language() -> None:
    """A link of a letter opens its page in the letter's language; an account's own language goes before it."""
    chosen = request.args.get("lang", "")
    if chosen in LANGUAGES and request.method in SAFE and not identity.is_program():
        identity.choose_language(chosen)


def check_forgery() -> None:
    """Refuse a form that another site sends in a reader's name: by what the browser says, and by the form's token."""
    if origin.is_from_another_site(request, base_url=resources().settings.base_url):
        raise NotAllowed(sentence=_("This form was sent from another site. Open the page here and send it again."))
    csrf.protect()


def check_permission() -> AnyResponse | None:
    """Let the request through, send a visitor to sign in, or refuse."""
    permission = asked_by(current_app, request.endpoint, request.method)
    if permission is None:
        abort(403)
    if permission == "anyone":
        return None
    session = None if identity.is_program() else identity.opened()
    if session and session.needs_second_factor:
        return _ask_to(SECOND_FACTOR_PATH)
    if permission == "metrics":
        check_metrics()
        return None
    edition_id = None if permission in WITHOUT_EDITION else edition_of_request()
    if PAGES[permission](identity.current(), edition_id):
        identity.keep_awake()
        return None
    if permission.startswith("see_"):
        raise NotFound
    if identity.current() is None:
        return _ask_to("/login")
    raise NotAllowed


def check_metrics() -> None:
    """Figures are for this machine, and for programs with an administrator's key; a proxy's guest is no loopback."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if is_loopback(request.remote_addr or "") and not forwarded:
        return
    owner = identity.bearer()
    if owner is None or not owner.is_admin:
        raise NotAllowed


def _ask_to(path: str) -> AnyResponse:
    """Send a visitor who only looks to the place to sign in; nobody's form is thrown away by a redirect."""
    if identity.is_program():
        abort(401)
    if request.method not in SAFE:
        raise SignedOut
    return redirect(f"{path}?{urlencode({'next': request.full_path.rstrip('?')})}", 303)


def local_path(given: str | None, default: str = "/") -> str:
    """A path on this site to go on to; anything that leads or could lead elsewhere is replaced."""
    if not given or not given.startswith("/") or given[1:2] in ("/", "\\") or "\\" in given:
        return default
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in given):
        return default
    try:
        parts = urlsplit(given)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else given


def add_headers(response: Response) -> Response:
    """Put the protective headers on every answer; no cache stores what a signed-in person sees."""
    for name, value in (EMBEDDED if request.endpoint in EMBEDDABLE else HEADERS).items():
        response.headers.setdefault(name, value)
    if resources().settings.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static" and (request.args.get("v") or request.path.endswith(HASHED)):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static":
        response.vary.add("Cookie")
        response.headers.setdefault("Cache-Control", "no-store" if g.get("opened") else "no-cache")
    return response


def protect(app: Flask) -> None:
    """Put the guard before and the headers after every request of the application."""
    csrf.init_app(app)
    app.before_request(guard)
    app.after_request(add_headers)
