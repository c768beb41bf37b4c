"""The OpenAPI 3.1 document, made from the calls themselves and from the tables."""

import re
from functools import cache
from typing import Any

from flask import Response

from web.api.body import KEY_LENGTH
from web.api.calls import CALLS, PREFIX, Call, answer, call
from web.api.field_schemas import schema_name, steps_of
from web.api.lists import LIMIT, MOST, WORD_LENGTH
from web.api.schemas import ref, schemas, states
from web.http.security import asks

PROBLEM = {"application/problem+json": {"schema": ref("Problem")}}
REASONS = {
    400: "The request cannot be read.",
    401: "No key was shown, or one that does not work.",
    403: "This is never for you to do here.",
    404: "It does not exist, or not for you.",
    405: "The address does not take this method.",
    409: "The version is stale, or the table has no such step from this state.",
    412: "No tag of If-Match is that of the present version; the detail says why.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Something given is wrong, or something is missing; every item is listed.",
    428: "If-Match is missing.",
    429: "Too many requests.",
    500: "A fault of ours; its reference is in our log.",
    503: "The service is having a short break.",
}
ALWAYS = (400, 401, 405, 422, 429, 500, 503)
WORD = {"type": "string", "minLength": 1, "maxLength": WORD_LENGTH}
TAG = {"type": "string", "examples": ['"3"']}


def query_schemas() -> dict[str, dict[str, Any]]:
    """What a query string may hold."""
    return {
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
        "cursor": {"type": "string", "pattern": "^[0-9]{1,18}$"},
        "edition": WORD,
        "state": {"type": "string", "enum": states("proposal")},
        "area": WORD,
        "sector": WORD,
        "q": WORD,
        "version": {"type": "integer", "minimum": 1, "maximum": 10**6},
    }


A_TAG = r'(W/)?"[!#-~]*"'
HEADERS = {
    "Idempotency-Key": {"type": "string", "pattern": rf"^[!-~]([ -~]{{0,{KEY_LENGTH - 2}}}[!-~])?$"},
    "If-Match": {**TAG, "pattern": rf"^[ \t]*(\*|[, \t]*{A_TAG}([ \t]*,([ \t]*{A_TAG})?)*)[ \t]*$"},
    "If-None-Match": TAG,
}
SAID = {
    "cursor": "From the link rel=next of the part before.",
    "q": "Words of title, summary, sector or area, with or without Polish marks.",
    "Idempotency-Key": "The same key with the same body has its effect once and gets the first answer again.",
    "If-Match": "The ETag of the version that is changed, several with commas, or * for any (RFC 9110, 13.1.1).",
}


def parameters(described: Call) -> list[dict[str, Any]]:
    """Everything of a call that stands in its address and headers."""
    queries = query_schemas()
    named = [
        {"name": name, "in": "path", "required": True, "schema": path_schema(described, name, is_number=bool(kind))}
        for kind, name in re.findall(r"<(int:)?(\w+)>", described.path)
    ]
    named += [{"name": name, "in": "query", "schema": queries[name]} for name in described.query]
    named += [
        {"name": name, "in": "header", "required": name == "If-Match", "schema": HEADERS[name]}
        for name in described.headers
    ]
    return [{**item, "description": SAID[item["name"]]} if item["name"] in SAID else item for item in named]


def path_schema(described: Call, name: str, *, is_number: bool) -> dict[str, Any]:
    """What a part of an address takes: a number, one of the steps, or a name."""
    if is_number:
        return {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
    steps = {"enum": list(steps_of(described.steps_of))} if described.steps_of and name == "name" else {}
    return {"type": "string", **steps}


def body_schema(described: Call) -> dict[str, Any]:
    """What a call takes in its body; where it takes a step, the body of one of the steps."""
    if described.steps_of:
        return {"anyOf": [ref(schema_name(described.steps_of, step)) for step in steps_of(described.steps_of)]}
    return ref(described.takes)


def good_answer(name: str) -> dict[str, Any]:
    """An answer that is no refusal; without the name of a schema it says that nothing has changed."""
    if not name:
        return {"description": "Not changed."}
    schema = {"type": "object"} if name == "any" else ref(name)
    good: dict[str, Any] = {"description": "As asked.", "content": {"application/json": {"schema": schema}}}
    if name.endswith("[]"):
        good["headers"] = {"Link": {"schema": {"type": "string"}, "description": "The next part, rel=next."}}
    return good


def answers(described: Call) -> dict[str, Any]:
    """Every answer that a call can give."""
    good = {str(status): good_answer(name) for status, name in described.answers.items()}
    refusals = {*ALWAYS, *described.refuses, *((413, 415) if described.takes or described.steps_of else ())} - (
        {401} if described.open_to_all else set()
    )
    return good | {str(status): {"description": REASONS[status], "content": PROBLEM} for status in sorted(refusals)}


def operation(described: Call) -> dict[str, Any]:
    """One call."""
    entry: dict[str, Any] = {
        "operationId": described.name,
        "summary": described.summary,
        "parameters": parameters(described),
    }
    if described.about:
        entry["description"] = described.about
    if described.takes or described.steps_of:
        entry["requestBody"] = {"required": True, "content": {"application/json": {"schema": body_schema(described)}}}
    if described.open_to_all:
        entry["security"] = []
    return entry | {"responses": answers(described)}


@cache
def document() -> dict[str, Any]:
    """The whole document; the same for every reader."""
    paths: dict[str, dict[str, Any]] = {}
    for described in CALLS:
        path = PREFIX + re.sub(r"<(?:int:)?(\w+)>", r"{\1}", described.path)
        paths.setdefault(path, {})[described.method.lower()] = operation(described)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Partnerstwo", "version": "1", "description": "A local partnership programme for programs."},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


@call("GET", "/openapi.json", "This document", {200: "any"}, open_to_all=True)
@asks("anyone")
def show_document() -> Response:
    return answer(document())
