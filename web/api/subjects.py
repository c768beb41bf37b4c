"""Every kind of subject: itself with its open steps, and the call that takes a step of it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request
from msgspec import Struct
from sqlalchemy import Connection

from web.api import body
from web.api.answers import Step, SubjectParts, asks_of, missing_items, plain_row
from web.api.calls import answer, call
from web.api.field_schemas import schema_name, steps_of
from web.api.lists import nothing_asked
from web.api.once import once
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from workflow.base.errors import NotFound
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.participation import steps
from workflow.proposals import api_rows as rows
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see

Parts = Callable[[Connection, Facts], Mapping[str, Any]]


class SubjectCalls(Struct, frozen=True):
    """A kind of subject as the API serves it: its name in addresses, how an address names one, what it shows more."""

    kind: str
    plural: str
    address: str
    ref: Callable[[Connection, Any], Ref]
    parts: Parts

    @property
    def path(self) -> str:
        """The address of one subject."""
        return f"/{self.plural}/<{self.address}>"

    @property
    def schema(self) -> str:
        """The name of a row of it in the document."""
        return self.kind.capitalize()


def numbered(kind: str) -> Callable[[Connection, Any], Ref]:
    """For kinds whose address is the number."""
    return lambda _tx, number: Ref(kind, number)


def serve(kind: SubjectCalls) -> None:
    """Add the calls of a kind."""
    _serve_subject(kind)
    _serve_steps(kind)


def _serve_subject(kind: SubjectCalls) -> None:
    @call(
        "GET", kind.path, f"One {kind.kind} with its open steps", {200: f"{kind.schema}Detail", 304: ""},
        name=f"show_{kind.kind}", headers=("If-None-Match",), gives=("ETag",), refuses=(404,),
        about="The tag is the version. Which steps are open depends on the edition and on the clock too: to see them "
        "anew, ask without If-None-Match.",
    )  # fmt: skip
    @asks("signed_in")
    def show(**address: Any) -> Response:
        nothing_asked()
        with reading() as tx:
            facts = visible(tx, kind.ref(tx, *address.values()))
            if str(facts.version) in request.if_none_match:
                response = answer(None, 304, version=facts.version)
                response.set_data(b"")
                return response
            facts = rows.with_all(tx, facts)
            parts = kind.parts(tx, facts)
        return answer({**row_of(facts), **common_parts(facts), **parts}, version=facts.version)


def _serve_steps(kind: SubjectCalls) -> None:
    @call(
        "POST", f"{kind.path}/steps/<name>", "Take a step, or note a record", {200: kind.schema},
        name=f"take_step_of_{kind.kind}", steps_of=kind.kind, headers=("Idempotency-Key",), gives=("ETag",),
        refuses=(403, 404, 409),
        about="The body of a step is the schema that is named after its table and itself. 404 where the subject does "
        "not exist for you, 403 where the step is never yours, 409 where the version is stale or the table has no such "
        "step here, 422 with everything that is missing.",
    )  # fmt: skip
    @asks("signed_in")
    def take_step(name: str, **address: Any) -> Response:
        given = body.read_body(known=("version", "note", "data"))
        version, note, data = body.version_in(given), body.note_in(given), body.data_in(given)

        def take(tx: Connection, key: str | None) -> machine.Moved:
            command = StepCommand(
                kind.ref(tx, *address.values()), name, actor=identity.actor(), at=identity.at(), version=version,
                note=note, answers=data, key=key,
            )  # fmt: skip
            return steps.take(tx, resources().settings, command)

        row = once(take)
        return answer(row, version=row["version"])


def visible(tx: Connection, ref: Ref) -> Facts:
    """The facts of a subject that exists for the reader, without what its edition amounts to; NotFound otherwise."""
    facts = rows.find_facts(tx, ref, actor=identity.actor())
    if facts is None or not may_see(facts):
        raise NotFound
    return facts


def row_of(facts: Facts) -> dict[str, Any]:
    """A subject as a row of a list."""
    return plain_row(rows.row_of(facts, rows.ROWS[facts.ref.kind]))


def common_parts(facts: Facts) -> SubjectParts:
    """What every subject shows beside its row, in the reader's language."""
    table, lang = machine.lifecycle_of(facts), identity.language()
    state = table.states[facts.state or ""]
    steps = machine.open_steps(facts, at=identity.at())
    return {
        "lifecycle": f"{table.name}/{table.version}", "state_label": state.label.say(lang),
        "phase": state.phase, "due_at": rows.moment(facts.due_at),
        "steps": [shown_step(facts, step) for step in steps if not step.step.is_record],
        "records": [shown_step(facts, step) for step in steps if step.step.is_record],
    }  # fmt: skip


def shown_step(facts: Facts, step: machine.OpenStep) -> Step:
    """A step or record with what is missing for it, in the reader's language."""
    lang, table = identity.language(), machine.lifecycle_of(facts)
    return {
        "name": step.step.name, "label": step.step.label.say(lang),
        "to": list(table.targets(step.step, facts.state or "")), "allowed": step.allowed,
        "missing": missing_items(step.missing, lang), "asks": asks_of(step.step, lang),
        "body": schema_name(facts.ref.kind, step.step.name) if step.step.name in steps_of(facts.ref.kind) else None,
    }  # fmt: skip


for _kind in (
    "conference", "agreement", "meeting", "poll", "hall_poll", "agreement_partner", "milestone", "change_request",
):  # fmt: skip
    serve(SubjectCalls(_kind, f"{_kind}s", f"int:{_kind}_id", numbered(_kind), lambda _tx, _facts: {}))
