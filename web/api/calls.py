"""How a call is written: one decorator adds its address and says in the document what it takes and answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request
from msgspec import Struct

from web.http import identity

View = TypeVar("View", bound=Callable[..., Response])
PREFIX = "/api/v1"
api = Blueprint("api", __name__, url_prefix=PREFIX)


class Call(Struct, frozen=True):
    """One call as the document shows it."""

    method: str
    path: str
    name: str
    summary: str
    # Status -> the name of a schema, a list of it where it ends in [].
    answers: Mapping[int, str]
    # The name of the schema of its body, or the kind of subject whose steps it takes.
    takes: str = ""
    steps_of: str = ""
    query: Sequence[str] = ()
    headers: Sequence[str] = ()
    refuses: Sequence[int] = ()
    # The headers that its good answers have.
    gives: Sequence[str] = ()
    about: str = ""
    open_to_all: bool = False


CALLS: list[Call] = []


def call(
    method: str, path: str, summary: str, answers: Mapping[int, str], *, name: str = "", **more: Any
) -> Callable[[View], View]:
    """Add a view under a path of the API; `asks` stands directly below, as on every route."""

    def add(view: View) -> View:
        CALLS.append(Call(method, path, name or view.__name__, summary, answers, **more))
        api.add_url_rule(path, name or view.__name__, view, methods=[method])
        return view

    return add


def answer(body: Any, status: int = 200, *, version: int | None = None) -> Response:
    """A JSON answer; with the version of what it shows as its tag."""
    response = jsonify(body)
    response.status_code = status
    if version is not None:
        response.set_etag(str(version))
    return response


def after(response: Response) -> Response:
    """No cache keeps an answer of the API; it depends on whose key was shown and on the language asked for."""
    if identity.is_program():
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(("Authorization", "Accept-Language"))
        if request.method != "OPTIONS":
            response.headers.setdefault("Content-Language", identity.language())
    return response
