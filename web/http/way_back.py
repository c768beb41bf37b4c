"""The way back for somebody whose session ended while writing, and which forms the server has taken."""

from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, request
from flask import session as small_session
from werkzeug.exceptions import SecurityError

from web.http import identity
from web.http.resources import resources
from workflow.accounts.sealing import keyed_digest
from workflow.base.errors import NotAllowed
from workflow.base.i18n import _

SIGN_IN = "/login"
# Of addresses of forms that were taken since the last page; each is short, and the small session is a cookie.
MOST_TAKEN = 5
TAKEN, RETURNED = "taken", "returned"
# Forms by which people come and go hold nothing that anybody has written.
WITHOUT_TEXT = frozenset({"accounts", "second_factor"})


class SignedOut(NotAllowed):
    """A form came from somebody who is not signed in, or not any more; nothing was changed."""

    code = "signed_out"

    def __init__(self) -> None:
        super().__init__(sentence=_("You are not signed in any more. Nothing has been changed."))


def page_of_form() -> str:
    """The path of the page that this request was sent from, if it is one of ours that can be opened; else ""."""
    came = urlsplit(request.referrer or "")
    if came.netloc != _host() or not _opens(came.path):
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path


def sign_in_url() -> str:
    """The address of the sign-in page, with the way back to the page that is shown or that the form was sent from.

    The home page needs no way back.
    """
    here = request.full_path.rstrip("?") if _opens(request.path) else ""
    path = here if request.method == "GET" else page_of_form() or here
    return f"{SIGN_IN}?{urlencode({'next': path})}" if path and path != "/" else SIGN_IN


def _opens(path: str) -> bool:
    """Whether a path is that of a page, and not of the sign-in pages themselves."""
    adapter = current_app.create_url_adapter(request) if _host() else None
    return bool(adapter and not path.startswith(SIGN_IN) and adapter.test(path, "GET"))


def _host() -> str:
    """The host that the request is for; empty where it is not ours, which has no page of ours to go back to."""
    try:
        return request.host
    except SecurityError:
        return ""


def draft_scope() -> str:
    """Under which name this browser keeps what the reader types: another one for each account, "" for visitors."""
    person = identity.current()
    return keyed_digest(resources().settings, str(person.id), purpose="drafts")[:16] if person else ""


def note_return() -> None:
    """Remember for the next page that the reader has just signed in."""
    small_session[RETURNED] = True


def has_returned() -> bool:
    """Whether the reader has just signed in; asked by the frame of the page, once."""
    return bool(small_session.pop(RETURNED, False))


def taken_forms() -> str:
    """The addresses of forms that were taken since the last page, with blanks between; told once."""
    return " ".join(small_session.pop(TAKEN, ()))


def note_taken(response: Response) -> Response:
    """Remember a form that a browser sent from a page and that was answered by leading on; refusals never lead on."""
    is_form = request.method == "POST" and "text/html" in request.headers.get("Accept", "")
    if is_form and 300 <= response.status_code < 400 and request.blueprint not in WITHOUT_TEXT and identity.current():
        small_session[TAKEN] = [*small_session.get(TAKEN, ()), request.path][-MOST_TAKEN:]
    return response


def init_app(app: Flask) -> None:
    """Note every form that is taken, and let the frame of the pages say so."""
    app.after_request(note_taken)
    app.jinja_env.globals.update(
        draft_scope=draft_scope, has_returned=has_returned, taken_forms=taken_forms, sign_in_url=sign_in_url,
        page_of_form=page_of_form,
    )  # fmt: skip
