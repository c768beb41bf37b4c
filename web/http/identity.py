"""Who is asking: the session cookie, the person behind it, and the moment of the request."""

import logging
from collections.abc import Callable
from datetime import datetime

from flask import g, request
from flask import session as small_session
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from web.http.resources import reading, resources, writing
from workflow.accounts.sessions import SignedIn, note_visit, read_session
from workflow.accounts.tokens import note_use, read_token
from workflow.base import clock
from workflow.base.i18n import DEFAULT, LANGUAGES
from workflow.rules.facts import Actor
from workflow.rules.page_permissions import Reader

log = logging.getLogger(__name__)
API = "/api/"
# What other services report to, proved by a signature.
HOOKS = "/hooks/"


def cookie_name() -> str:
    """With HTTPS a name that browsers accept only from this very host."""
    return "__Host-partnerstwo-login" if resources().settings.is_secure else "partnerstwo-login"


def at() -> datetime:
    """The moment of this request; the same however often it is asked."""
    if "at" not in g:
        g.at = clock.now()
    moment: datetime = g.at
    return moment


def address() -> str:
    """The network address of the client, as far as the trusted proxies say it (`TRUSTED_PROXIES`)."""
    return request.remote_addr or ""


def opened() -> SignedIn | None:
    """The session of this browser, also one that still waits for its second factor; read once a request."""
    if "opened" not in g:
        token = request.cookies.get(cookie_name(), "")
        g.opened = None
        if token:
            with reading() as tx:
                g.opened = read_session(tx, token, at=at())
    session: SignedIn | None = g.opened
    return session


def keep_awake() -> None:
    """Write the visit down every few minutes, so that an active session does not end as idle."""
    session = opened()
    if session and session.is_worth_noting(at()):
        note(lambda tx: note_visit(tx, session.digest, at=at()))


def note(write: Callable[[Connection], None]) -> None:
    """Write down what a request can do without: where the database takes nothing in, the request goes on."""
    try:
        with writing() as tx:
            write(tx)
    except OperationalError as error:
        log.warning("A visit could not be noted: %s", error.orig)


def bearer() -> Reader | None:
    """Whose key a program showed in `Authorization: Bearer`; read once a request."""
    if "bearer" not in g:
        g.bearer = None
        given = request.authorization
        if given and given.type == "bearer" and given.token:
            with reading() as tx:
                token = read_token(tx, given.token, at=at())
            if token and token.is_worth_noting(at()):
                token_id = token.id
                note(lambda tx: note_use(tx, token_id, at=at()))
            g.bearer = token.reader if token else None
    owner: Reader | None = g.bearer
    return owner


def is_program() -> bool:
    """Whether this request comes from a program, whose key or signature counts; its cookie is never looked at."""
    return request.path.startswith((API, HOOKS))


def current() -> Reader | None:
    """The signed-in person, or None for a visitor."""
    if is_program():
        return bearer()
    session = opened()
    return session.reader if session and not session.needs_second_factor else None


def reader() -> Reader:
    """The signed-in person; for pages whose permission lets no visitor in."""
    person = current()
    if person is None:
        raise RuntimeError("A page for signed-in people was shown to a visitor: check its permission.")
    return person


def actor() -> Actor:
    """The signed-in person as the one who acts."""
    person = reader()
    return Actor(person.id, person.name, person.language)


def language() -> str:
    """The reader's language: the account's, else the one chosen in this browser, else Polish.

    A program may ask for a language with every request. A page asks a hundred times, so the answer is cached for the
    request once the reader is known.
    """
    known: str | None = g.get("language")
    if known:
        return known
    chosen = _language()
    if "opened" in g:
        g.language = chosen
    return chosen


def _language() -> str:
    if is_program():
        asked = request.accept_languages.best_match(LANGUAGES) if request.accept_languages else None
        owner: Reader | None = g.get("bearer")
        return asked or (owner.language if owner and owner.language in LANGUAGES else DEFAULT)
    session: SignedIn | None = g.get("opened")
    person: Reader | None = g.get("bearer") or (session.reader if session else None)
    chosen = person.language if person else small_session.get("language", DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


def choose_language(chosen: str) -> None:
    """Keep the language in this browser, for visitors; an account's own goes before it."""
    small_session["language"] = chosen


def give_cookie(response: Response, token: str) -> Response:
    """Sign this browser in; what it held before (form tokens, messages) is dropped."""
    language_before = small_session.get("language")
    small_session.clear()
    if language_before:
        small_session["language"] = language_before
    secure = resources().settings.is_secure
    response.set_cookie(cookie_name(), token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def take_cookie(response: Response) -> Response:
    """Sign this browser out."""
    small_session.clear()
    secure = resources().settings.is_secure
    response.delete_cookie(cookie_name(), httponly=True, samesite="Lax", secure=secure, path="/")
    return response
