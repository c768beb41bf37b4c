"""The plan of a project: a new milestone of it, and a request to change what was accepted."""

from typing import Any

from flask import Response
from sqlalchemy import Connection

from web.api import body
from web.api.calls import PREFIX, answer, call
from web.api.field_schemas import fields_of
from web.api.once import once
from web.http import identity
from web.http.security import asks
from workflow.engine import machine
from workflow.implementation.parts import CHANGE, MILESTONE, PLAN, REQUEST, begin_part


@call(
    "POST", "/milestones", "Plan a milestone of a project", {201: "Milestone"}, takes="NewMilestone",
    headers=("Idempotency-Key",), gives=("ETag", "Location"), refuses=(403, 404, 409),
    about="Where the plan is accepted already, its day becomes that of the accepted plan.",
)  # fmt: skip
@asks("signed_in")
def add_milestone() -> Response:
    return begin(MILESTONE, PLAN)


@call(
    "POST", "/change_requests", "Ask for a change of an accepted plan", {201: "Change_request"},
    takes="NewChangeRequest", headers=("Idempotency-Key",), gives=("ETag", "Location"), refuses=(403, 404, 409),
    about="It changes nothing before it is approved.",
)  # fmt: skip
@asks("signed_in")
def add_change_request() -> Response:
    return begin(CHANGE, REQUEST)


def begin(kind: str, step: str) -> Response:
    """Begin a part of a plan, once for a key; the body names its project beside what the first step asks."""
    data = body.read_body(known=[field.name for field in fields_of(machine.newest(kind), step)])
    project = body.number_in(data, "project")

    def work(tx: Connection, key: str | None) -> machine.Moved:
        given, actor, at = without_project(data), identity.actor(), identity.at()
        return begin_part(tx, project, kind, step, given, actor=actor, at=at, key=key)

    row = once(work)
    response = answer(row, 201, version=row["version"])
    response.headers["Location"] = f"{PREFIX}/{kind}s/{row['id']}"
    return response


def without_project(data: dict[str, Any]) -> dict[str, Any]:
    """The answers to the first step but for the project, which the call itself reads."""
    return {name: value for name, value in data.items() if name != "project"}
