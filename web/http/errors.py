"""Every refusal and every fault as a designed page, or as problem+json for programs."""

import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from jinja2 import TemplateNotFound
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from web.http import identity
from web.http.input_guard import UnreadableText
from workflow.base.errors import BadInput, Refusal, Stale
from workflow.base.i18n import _, say
from workflow.rules.permissions import TITLES

log = logging.getLogger(__name__)
RETRY_SECONDS = 10
# What the browser shows when our own template is about another number.
PAGES = {400, 403, 404, 409, 413, 422, 429, 500, 503}
WORDS = {
    405: _("This address does not take this kind of request. Nothing has been changed."),
    413: _("What was sent is larger than the service accepts. Nothing has been changed."),
    429: _("There were too many requests from your address. Wait a moment and try again."),
}
# For programs, which get no page with words of its own.
TOLD = {
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
    """An answer for programs, as RFC 9457 has it."""
    title = HTTPStatus(status).phrase
    response = jsonify({"type": "about:blank", "title": title, "status": status, "detail": detail, **more})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def page(status: int, **values: Any) -> Response:
    """The designed page of a status; a status without one of its own gets the plainest."""
    name = status if status in PAGES else 400
    try:
        body = render_template(f"errors/{name}.html", **values)
    except TemplateNotFound:
        body = f"<!doctype html><title>{status}</title><h1>{HTTPStatus(status).phrase}</h1>"
    response = make_response(body, status)
    response.headers.setdefault("Vary", "HX-Request")
    return response


def on_refusal(error: Refusal) -> Response:
    """A refusal of the workflow that the page itself did not take care of."""
    lang = identity.language()
    if identity.is_program():
        missing = [item.as_json(lang) for item in error.missing]
        return problem(error.status, error.say(lang), code=error.code, missing=missing)
    values: dict[str, Any] = {"message": error.say(lang), "url": request.path}
    if isinstance(error, Stale) and error.last:
        values |= {"who": error.last.who, "when": error.last.at}
    if isinstance(error, BadInput):
        values["errors"] = [{"message": line["message"]} for line in missing_lines(error)]
    else:
        values["missing"] = missing_lines(error)
    return page(error.status, **values)


def on_http(error: HTTPException) -> Response:
    """Whatever the framework refuses."""
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    own = say(WORDS[status], identity.language()) if status in WORDS else None
    told = own or (error.description if isinstance(error, UnreadableText) else None)
    if identity.is_program():
        told = told or (say(TOLD[status], identity.language()) if status in TOLD else HTTPStatus(status).phrase)
        response = problem(status, told)
    else:
        response = page(status, message=told)
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    if status == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


def on_database_down(error: Exception) -> Response:
    """The database does not answer: say so, and when to come back. Asks the database nothing more."""
    log.error("The database does not answer: %s", str(getattr(error, "orig", error)).splitlines()[:1])
    g.setdefault("opened", None)
    g.setdefault("bearer", None)
    text = _("The service is having a short break. Nothing that was saved is lost.")
    if identity.is_program():
        response = problem(503, say(text, identity.language()))
    else:
        response = page(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def on_fault(error: InternalServerError) -> Response:
    """A fault of ours: it gets a mark that is in the log too, and tells nothing else."""
    mark = secrets.token_hex(4)
    log.error("Fault %s at %s %s", mark, request.method, request.path, exc_info=error.original_exception or error)
    g.setdefault("opened", None)
    g.setdefault("bearer", None)
    if identity.is_program():
        return problem(500, say(TOLD[500], identity.language()), reference=mark)
    return page(500, reference=mark)


def init_app(app: Flask) -> None:
    """Take care of every error; a limit that is reached answers like any other refusal."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(InternalServerError, on_fault)
    for down in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(down, on_database_down)
