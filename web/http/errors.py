"""Every refusal and every fault as a designed page, or as problem+json for programs."""

import logging
import secrets
import time
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, InternalServerError

from web.http import identity
from web.http.input_guard import UnreadableText
from web.http.resources import limiter
from web.http.security import asked_by
from web.http.typed_fields import typed_fields
from web.http.way_back import SignedOut
from workflow.accounts.sign_in import TooManyTries
from workflow.base.errors import BadInput, Refusal, Stale
from workflow.base.i18n import _, say
from workflow.rules.role_titles import TITLES

log = logging.getLogger(__name__)
# The header of a refused form with the code of its refusal.
REFUSED = "X-Refused"
# What the browser shows when our own template is about another number.
PAGES = {400, 403, 404, 409, 413, 422, 429, 500, 503}
WORDS = {
    405: _("This address does not take this kind of request. Nothing has been changed."),
    413: _("What was sent is larger than the service accepts. Nothing has been changed."),
    429: _("There were too many requests from your address. Wait a moment and try again."),
}
# What programs tell refusals apart by, where the workflow has not said it.
CODES = {
    400: "malformed", 401: "no_key", 403: "not_allowed", 404: "not_found", 405: "wrong_method", 413: "too_large",
    415: "wrong_type", 429: "too_many_requests", 500: "fault", 503: "unavailable",
}  # fmt: skip
# For programs, which get no page with words of its own.
DETAILS = {
    400: _("This request cannot be read."),
    401: _("Show a key that works: Authorization: Bearer KEY."),
    403: _("You may not do this."),
    404: _("There is nothing here."),
    415: _("Send JSON, with the header Content-Type: application/json."),
    500: _("Something broke on our side. The reference is in our log."),
}


def missing_lines(refusal: Refusal) -> list[dict[str, Any]]:
    """What is missing, for templates: a sentence, who can mend it in words, until when."""
    lang = identity.language()
    return [
        {
            "message": item.say(lang),
            "field": item.field,
            "who": ", ".join(say(TITLES[name], lang) for name in item.who if name in TITLES),
            "until": item.until,
        }
        for item in refusal.missing
    ]


def problem(status: int, detail: str, **more: Any) -> Response:
    """An answer for programs, as RFC 9457 has it, always with a code."""
    title, code = HTTPStatus(status).phrase, CODES.get(status, "refused")
    response = jsonify(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **more}
    )
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def page(status: int, **values: Any) -> Response:
    """The designed page of a status; a status without one of its own gets the plainest."""
    name = status if status in PAGES else 400
    try:
        body = render_template(f"errors/{name}.html", **values)
    except (TemplateNotFound, OSError):
        log.exception("The page of status %s could not be made", status)
        body = f"<!doctype html><title>{status}</title><h1>{HTTPStatus(status).phrase}</h1>"
    response = make_response(body, status)
    response.headers.setdefault("Vary", "HX-Request")
    return response


def retry_after(refusal: Refusal) -> dict[str, str]:
    """The header that says in how many seconds to try again, for a refusal that knows it."""
    if not isinstance(refusal, TooManyTries):
        return {}
    return {"Retry-After": str(max(1, ceil((refusal.until - identity.at()).total_seconds())))}


def on_refusal(error: Refusal) -> Response:
    """A refusal of the workflow that the page itself did not take care of."""
    lang = identity.language()
    if identity.is_program():
        missing = [item.as_json(lang) for item in error.missing]
        return problem(error.status, error.say(lang), code=error.code, missing=missing)
    if isinstance(error, SignedOut):
        return signed_out(error.status)
    values: dict[str, Any] = {"message": error.say(lang), "url": request.path}
    if isinstance(error, Stale) and error.last:
        values |= {"who": error.last.who, "when": error.last.at}
    if isinstance(error, BadInput):
        values["errors"] = [{"message": line["message"]} for line in missing_lines(error)]
    else:
        values["missing"] = missing_lines(error)
    response = page(error.status, **values)
    response.headers.update(retry_after(error))
    return marked(response, error.code)


def signed_out(status: int) -> Response:
    """The way back for somebody whose session has ended, with what was sent for whoever has no scripts."""
    body = render_template("errors/signed_out.html", typed=typed_fields())
    return marked(make_response(body, status), SignedOut.code)


def marked(response: Response, code: str) -> Response:
    """Say in a header why a form was refused, for scripts of ours that sent it in the background."""
    response.headers[REFUSED] = code
    return response


def on_http(error: HTTPException) -> Response:
    """Whatever the framework refuses."""
    status = error.code or 500
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and is_signed_out():
        return signed_out(status)
    if 300 <= status < 400:
        return make_response(error.get_response())
    own = say(WORDS[status], identity.language()) if status in WORDS else None
    message = own or (error.description if isinstance(error, UnreadableText) else None)
    wait = seconds_to_wait() if status == HTTPStatus.TOO_MANY_REQUESTS else None
    if identity.is_program():
        message = message or (say(DETAILS[status], identity.language()) if status in DETAILS else None)
        response = problem(status, message or HTTPStatus(status).phrase)
    else:
        response = page(status, message=message, retry_after=wait and ceil(wait / 60))
    if isinstance(error, CSRFError):
        marked(response, "old_form")
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    if wait:
        response.headers["Retry-After"] = str(wait)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


def is_signed_out() -> bool:
    """Whether a page for signed-in people was sent something by somebody who is not; only they may send much."""
    asked = asked_by(current_app, request.endpoint, request.method)
    return not identity.is_program() and asked not in (None, "anyone") and identity.current() is None


def seconds_to_wait() -> int | None:
    """In how many seconds the limit of requests that was reached lets one through; None where it is not known."""
    reached = limiter.current_limit
    if reached is None:
        return None
    # The moment is rounded up to a second; nobody waits longer than the limit looks back.
    return min(max(1, ceil(reached.reset_at - time.time())), reached.limit.get_expiry())


def on_fault(error: InternalServerError) -> Response:
    """A fault of ours: it gets a mark that is in the log too, and tells nothing else."""
    mark = secrets.token_hex(4)
    log.error("Fault %s at %s %s", mark, request.method, request.path, exc_info=error.original_exception or error)
    g.setdefault("opened", None)
    g.setdefault("bearer", None)
    if identity.is_program():
        return problem(500, say(DETAILS[500], identity.language()), reference=mark)
    return page(500, reference=mark)


def init_app(app: Flask) -> None:
    """Take care of every error; a limit that is reached answers like any other refusal."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(InternalServerError, on_fault)
