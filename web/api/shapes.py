"""What the calls take and answer, as JSON Schema 2020-12."""

from collections.abc import Mapping
from typing import Any

from web.api.body import LARGEST_VERSION, NOTE_LENGTH
from workflow.engine import machine
from workflow.rules.field_types import LINE, MONEY_MAXIMUM, Input
from workflow.rules.fields import INPUTS, asked
from workflow.rules.sheet_sections import DIGEST_LENGTH, FREE_TEXT, NAMES

Shape = dict[str, Any]
TEXT: Shape = {"type": "string"}
FLAG: Shape = {"type": "boolean"}
NUMBER: Shape = {"type": "integer"}
MOMENT: Shape = {"type": "string", "format": "date-time"}
TEXTS: Shape = {"type": "array", "items": TEXT}
VERSION: Shape = {"type": "integer", "minimum": 0, "maximum": LARGEST_VERSION}
# Text that can be stored: no NUL, no halves of characters.
STORABLE = r"^[^\u0000]*$"


def maybe(shape: Shape) -> Shape:
    """The shape, or null."""
    if "type" not in shape or "enum" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    return {**shape, "type": [*kinds, "null"]}


def ref(name: str) -> Shape:
    """Another shape of the document; a list of it where the name ends in []."""
    if name.endswith("[]"):
        return {"type": "array", "items": ref(name.removesuffix("[]"))}
    return {"$ref": f"#/components/schemas/{name}"}


def thing(fields: Mapping[str, Shape], **more: Any) -> Shape:
    """An object with all of these fields and no others."""
    names = list(fields)
    return {"type": "object", "properties": dict(fields), "required": names, "additionalProperties": False, **more}


def states(kind: str) -> list[str]:
    """The states of a kind of subject, in any version of its table."""
    return list(dict.fromkeys(key for table in machine.tables().values() if table.kind == kind for key in table.states))


def _rows() -> dict[str, Shape]:
    proposal = {
        "id": NUMBER, "number": NUMBER, "title": TEXT, "edition": TEXT,
        "state": {"type": "string", "enum": states("proposal")}, "version": VERSION, "updated_at": MOMENT,
    }  # fmt: skip
    edition = {
        "id": NUMBER, "key": TEXT, "title": TEXT, "county": TEXT, "voivodeship": TEXT, "year": NUMBER,
        "state": {"type": "string", "enum": states("edition")}, "version": VERSION, "historical": FLAG,
        "updated_at": MOMENT,
    }  # fmt: skip
    dates = ("submission_deadline", "summary_on", "implementation_until", "appeals_until", "reserve_valid_until")
    flags = ("registration_open", "allows_appeals", "requires_agreement")
    detail = {
        **edition, **dict.fromkeys(("initiators", "sectors", "areas", "communes"), TEXTS),
        **dict.fromkeys(dates, maybe(MOMENT)), **dict.fromkeys(flags, FLAG),
        **dict.fromkeys(("rules_version", "clause_version", "clause_text"), TEXT), "minimum_members": NUMBER,
        "places": maybe(NUMBER), "budget": {**maybe(NUMBER), "description": "In grosze."},
        "conferences": ref("Conference[]"),
    }  # fmt: skip
    conference = {
        "id": NUMBER, "number": NUMBER, "state": TEXT, "is_summary": FLAG, "starts_at": maybe(MOMENT), "purpose": TEXT,
        "host_commune": TEXT, "venue": TEXT, "participants": maybe(NUMBER), "participants_qualifier": TEXT,
    }  # fmt: skip
    whole = {
        **proposal, "state_label": TEXT, "phase": TEXT, "due_at": maybe(MOMENT),
        "submission_until": maybe(MOMENT), "reserve_position": maybe(NUMBER),
        "merged_into": maybe(NUMBER), "lifecycle": TEXT, "sheet": ref("Sheet"), "group": ref("Group"),
        "steps": ref("Step[]"), "records": ref("Step[]"),
    }  # fmt: skip
    return {"Proposal": thing(proposal), "ProposalDetail": thing(whole), "Edition": thing(edition),
            "EditionDetail": thing(detail), "Conference": thing(conference)}  # fmt: skip


def _parts() -> dict[str, Shape]:
    missing = {"code": TEXT, "message": TEXT, "who": TEXTS, "until": maybe(MOMENT), "field": maybe(TEXT)}
    step = {"name": TEXT, "label": TEXT, "to": TEXTS, "allowed": FLAG, "missing": ref("Missing[]")}
    person = {"id": maybe(NUMBER), "name": TEXT}
    named = thing({"id": NUMBER, "name": TEXT, "accepted": FLAG})
    group = {"member_count": NUMBER, "leader": maybe(named), "coordinator": maybe(named),
             "members": {"type": "array", "items": thing(person)}}  # fmt: skip
    entry = {
        "seq": NUMBER, "version": VERSION, "step": TEXT, "from": maybe(TEXT), "to": TEXT, "actor": maybe(NUMBER),
        "actor_name": maybe(TEXT), "at": MOMENT, "note": TEXT, "prev_hash": TEXT, "hash": TEXT,
    }  # fmt: skip
    money = {"type": ["string", "null"], "description": "In złoty, such as 12500.00.", "pattern": r"^\d+\.\d\d$"}
    sheet = {"title": TEXT, "summary": TEXT, "sector": TEXT, "area": TEXT, "cost": money}
    return {"Missing": thing(missing), "Step": thing(step), "Group": thing(group), "HistoryEntry": thing(entry),
            "Sheet": thing(sheet, additionalProperties=True)}  # fmt: skip


def _tables() -> dict[str, Shape]:
    name = {"name": TEXT, "version": NUMBER, "subject": TEXT, "label": TEXT, "digest": TEXT}
    state = {"key": TEXT, "label": TEXT, "phase": TEXT, "kind": TEXT, "remembers": FLAG}
    ask = {"name": TEXT, "type": TEXT, "label": TEXT, "required": FLAG, "maximum": NUMBER,
           "choices": {"type": "object", "additionalProperties": TEXT}}  # fmt: skip
    row = {
        "id": TEXT, "name": TEXT, "label": TEXT, "from": TEXTS, "to": maybe(TEXT), "came_from": TEXTS, "who": TEXTS,
        "guards": TEXTS, "undo": TEXTS, "asks": {"type": "array", "items": thing(ask)}, "tells": maybe(TEXT),
        "private": FLAG, "basis": TEXT,
    }  # fmt: skip
    phase = {"type": "array", "items": thing({"key": TEXT, "label": TEXT})}
    whole = {**name, "versions": {"type": "array", "items": NUMBER}, "initial": TEXT,
             "states": {"type": "array", "items": thing(state)}, "phases": phase, "steps": ref("Row[]"),
             "records": ref("Row[]")}  # fmt: skip
    return {"LifecycleName": thing(name), "Lifecycle": thing(whole), "Row": thing(row)}


def storable(spec: Input) -> Shape:
    """A text that can be stored."""
    return {"type": "string", "maxLength": spec.maximum, "minLength": 1, "pattern": STORABLE}


def row_of(spec: Input) -> Shape:
    """One row of an answer in rows: its columns, those that it needs."""
    needed = [column.name for column in spec.columns if column.required]
    columns = {column.name: field_of(column) for column in spec.columns}
    return {"type": "object", "properties": columns, "required": needed, "additionalProperties": False}


def field_of(spec: Input) -> Shape:
    """What an input takes from a program."""
    said: Shape = {"description": spec.label.say("en")}
    if spec.type in ("line", "text"):
        return {**storable(spec), **said}
    if spec.type == "lines":
        line = {"type": "string", "maxLength": LINE, "minLength": 1, "pattern": STORABLE}
        return {"type": "array", "minItems": 1, "maxItems": 20, "items": line, **said}
    if spec.type == "rows":
        rows = {"type": "array", "minItems": 1, "maxItems": 20, "items": row_of(spec)}
        return {"anyOf": [rows, {**storable(spec)}], **said} if spec.name in FREE_TEXT else {**rows, **said}
    if spec.type == "digests":
        digest = {"type": "string", "pattern": f"^[0-9a-f]{{{DIGEST_LENGTH}}}$"}
        names = {"type": "object", "properties": dict.fromkeys(NAMES, digest), "additionalProperties": False}
        return {**names, "minProperties": 1, **said}
    if spec.type == "choice":
        return {"type": "string", "enum": list(spec.options()), **said}
    if spec.type == "choices":
        return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(spec.options())}, **said}
    if spec.type == "flag":
        return {"type": "boolean", **said}
    if spec.type == "money":
        amount = {"type": "string", "pattern": r"^\d{1,9}([.,]\d\d)?$"}
        return {"anyOf": [amount, {"type": "integer", "minimum": 0, "maximum": MONEY_MAXIMUM // 100}], **said}
    return {"type": ["string", "integer"], **said}


def fields_of(name: str) -> dict[str, Shape]:
    """What a step or record of the newest table of proposals takes."""
    table = machine.newest("proposal")
    row = next(one for one in (*table.steps, *table.records) if one.name == name)
    return {spec.name: field_of(spec) for spec in asked(row)}


def _taken() -> dict[str, Shape]:
    new = {"edition": {"type": "string", "minLength": 1, "maxLength": 64}, **fields_of("record_idea")}
    attempt = {
        "version": {**VERSION, "description": "The version that the step was decided on."},
        "note": {"type": "string", "maxLength": NOTE_LENGTH, "pattern": STORABLE},
        "data": {"type": "object", "description": "What the step asks for, see `asks` of its row in the lifecycle."},
    }
    # Null takes out what was there; a title stays.
    fields = {name: shape if INPUTS[name].stays else maybe(shape) for name, shape in fields_of("edit_sheet").items()}
    change = thing(fields, required=[], minProperties=1)
    return {
        "NewProposal": thing(new, required=["edition", "title"]), "Attempt": thing(attempt, required=["version"]),
        "SheetChange": change,
    }  # fmt: skip


def _problem() -> Shape:
    last = thing({"who": TEXT, "step": TEXT, "at": MOMENT, "version": VERSION})
    always = {"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT}
    at_times = {"code": TEXT, "missing": ref("Missing[]"), "current": VERSION, "last": last, "reference": TEXT}
    return thing({**always, **at_times}, required=list(always))


def shapes() -> dict[str, Shape]:
    """Every shape by name."""
    return {**_rows(), **_parts(), **_tables(), **_taken(), "Problem": _problem()}
