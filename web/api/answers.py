"""The parts of answers that are not plain rows: their types, from which the document takes its schemas."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import Field, WithJsonSchema
from sqlalchemy import RowMapping
from typing_extensions import TypedDict

from workflow.base import errors
from workflow.lifecycle import definition
from workflow.rules.fields import asked

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Version = Annotated[int, Field(ge=0)]


class Missing(TypedDict):
    """One thing that stands in the way of a step, and who can do something about it."""

    code: str
    message: str
    who: list[str]
    until: Moment | None
    field: str | None


class Ask(TypedDict):
    """A field that a step asks for."""

    name: str
    type: str
    label: str
    required: bool
    maximum: int
    choices: dict[str, str]


class Step(TypedDict):
    """A step or a record that the table has from the present state."""

    name: str
    label: str
    to: list[str]
    allowed: bool
    missing: list[Missing]
    asks: list[Ask]
    # The schema of the body that takes it; None where it is taken on a page alone.
    body: str | None


class SubjectParts(TypedDict):
    """What every subject shows beside its row."""

    lifecycle: str
    state_label: str
    phase: str
    due_at: Moment | None
    steps: list[Step]
    records: list[Step]


class Member(TypedDict):
    """A person of a group; without a number where there is no account."""

    id: int | None
    name: str


class Holder(TypedDict):
    """A person who leads or coordinates, or was named to."""

    id: int
    name: str
    accepted: bool


class Group(TypedDict):
    """Who works on a proposal: names for people of the edition, a count for everybody."""

    member_count: int
    leader: Holder | None
    coordinator: Holder | None
    members: list[Member]


class ProposalParts(TypedDict):
    """What a proposal shows beside what every subject shows; the sheet has a schema of its own."""

    submission_until: Moment | None
    reserve_position: int | None
    merged_into: int | None
    group: Group


HistoryEntry = TypedDict("HistoryEntry", {
            "seq": int, "version": Version, "step": str, "from": str | None, "to": str, "actor": int | None,
            "actor_name": str | None, "at": Moment, "note": str, "prev_hash": str, "hash": str,
        })  # fmt: skip


class LifecycleName(TypedDict):
    """A version of a table."""

    name: str
    version: int
    subject: str
    label: str
    digest: str


class Phase(TypedDict):
    """A group of states."""

    key: str
    label: str


class State(TypedDict):
    """A state of a table."""

    key: str
    label: str
    phase: str
    kind: str
    remembers: bool


Row = TypedDict("Row", {
            "id": str, "name": str, "label": str, "from": list[str], "to": str | None, "came_from": list[str],
            "who": list[str], "guards": list[str], "undo": list[str], "asks": list[Ask], "tells": str | None,
            "private": bool, "basis": str,
        })  # fmt: skip


class Lifecycle(LifecycleName):
    """A version of a table with everything in it."""

    versions: list[int]
    initial: str
    states: list[State]
    phases: list[Phase]
    steps: list[Row]
    records: list[Row]


class LastChange(TypedDict):
    """Who changed the subject last."""

    who: str
    step: str
    at: Moment
    version: Version


class ProblemParts(TypedDict, total=False):
    """What a problem says besides what RFC 9457 names."""

    code: str
    missing: list[Missing]
    current: Version
    last: LastChange
    reference: str


def missing_items(items: Iterable[errors.Missing], language: str) -> list[Missing]:
    """Everything that stands in the way, in a language."""
    return [cast("Missing", item.as_json(language)) for item in items]


def asks_of(row: definition.Step, language: str) -> list[Ask]:
    """Everything that a row of a table asks for, in a language."""
    return [
        {"name": field.name, "type": field.type, "label": field.label.say(language), "required": field.required,
         "maximum": field.maximum, "choices": {key: text.say(language) for key, text in field.options().items()}}
        for field in asked(row)
    ]  # fmt: skip


def plain_row(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    """A row with its moments as text."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
