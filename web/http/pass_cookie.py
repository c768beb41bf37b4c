"""The pass of a conference on a phone: the cookie that keeps it, and whose pass this browser shows."""

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from web.http import identity
from web.http.resources import resources
from workflow.accounts.sealing import new_token
from workflow.base.errors import NotAllowed, NotFound
from workflow.participation import passes
from workflow.participation.passes import PassHolder

# The cookie holds the pass and the secret of this browser, with a letter between them that neither contains.
BETWEEN = "."


def cookie_name() -> str:
    """With HTTPS a name that browsers accept only from this very host."""
    return "__Host-partnerstwo-pass" if resources().settings.is_secure else "partnerstwo-pass"


def holder(tx: Connection) -> PassHolder | None:
    """Whose pass this browser shows; None where it has none that is valid. A connection for reading is enough.

    It may be a pass of another conference than the page is about: compare `conference_id`.
    """
    token, _between, browser = request.cookies.get(cookie_name(), "").partition(BETWEEN)
    if not token or not browser:
        return None
    try:
        return passes.find(tx, token, browser=browser, at=identity.at())
    except (NotAllowed, NotFound):
        return None


def browser_secret() -> str:
    """The secret of this browser: the one of its cookie, so that a pass may be opened twice, or a new one."""
    return request.cookies.get(cookie_name(), "").partition(BETWEEN)[2] or new_token()


def give_cookie(response: Response, token: str, browser: str) -> Response:
    """Keep a pass in this browser, as long as it is valid."""
    secure = resources().settings.is_secure
    response.set_cookie(
        cookie_name(), f"{token}{BETWEEN}{browser}", max_age=passes.LIVES, httponly=True, samesite="Lax",
        secure=secure, path="/",
    )  # fmt: skip
    return response
