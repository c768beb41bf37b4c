"""JSON Schema of what a step asks for, made from its fields: the same fields that forms and the machine read."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec.structs import replace

from web.api.body import LARGEST_NUMBER, LARGEST_VERSION, NOTE_LENGTH
from workflow.engine import machine
from workflow.lifecycle.definition import Lifecycle
from workflow.rules.field_types import LINE, ROWS, SLUG, Input
from workflow.rules.fields import INPUTS, asked
from workflow.rules.scalar_types import MONEY_MAXIMUM
from workflow.rules.setting_types import NONE, Setting, SettingType
from workflow.rules.settings_catalogue import SETTINGS
from workflow.rules.sheet_sections import DIGEST_LENGTH, FREE_TEXT, NAMES

Schema = dict[str, Any]
# Text that can be stored has no NUL.
STORABLE = r"^[^\u0000]*$"
VERSION: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_VERSION}
NOTE: Schema = {"type": "string", "maxLength": NOTE_LENGTH, "pattern": STORABLE}


def _text(field: Input) -> Schema:
    return {"type": "string", "maxLength": field.maximum, "minLength": 1, "pattern": STORABLE}


def _choice(field: Input) -> Schema:
    return {"type": "string", "enum": list(field.options())}


def _choices(field: Input) -> Schema:
    return {"type": "array", "minItems": 1, "items": _choice(field)}


def _lines(field: Input) -> Schema:
    line = {"type": "string", "maxLength": LINE, "minLength": 1, "pattern": STORABLE}
    # So many of the longest lines fit.
    return {"type": "array", "minItems": 1, "maxItems": max(1, field.maximum // (LINE + 1)), "items": line}


def _number(field: Input) -> Schema:
    digits = {"type": "string", "pattern": r"^\d{1,12}$"}
    return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": field.maximum}, digits]}


def _numbers(field: Input) -> Schema:
    return {"type": "array", "minItems": 1, "maxItems": ROWS, "items": _number(field)}


def _money(_field: Input) -> Schema:
    amount = {"type": "string", "pattern": r"^\d{1,9}([.,]\d\d)?$"}
    return {"anyOf": [amount, {"type": "integer", "minimum": 0, "maximum": MONEY_MAXIMUM // 100}]}


def _counts(_field: Input) -> Schema:
    number = {"type": "integer", "minimum": 0, "maximum": 10**6 - 1}
    return {"type": "object", "minProperties": 1, "additionalProperties": number}


def _rows(field: Input) -> Schema:
    rows = {"type": "array", "minItems": 1, "maxItems": ROWS, "items": object_of(field.columns)}
    return {"anyOf": [rows, _text(field)]} if field.name in FREE_TEXT else rows


def _digests(_field: Input) -> Schema:
    digest = {"type": "string", "pattern": f"^[0-9a-f]{{{DIGEST_LENGTH}}}$"}
    names = dict.fromkeys(NAMES, digest)
    return {"type": "object", "properties": names, "additionalProperties": False, "minProperties": 1}


def setting_value(setting: Setting) -> Schema:
    """What the value of a setting of an edition is."""
    if setting.type is SettingType.FLAG:
        return {"type": "boolean"}
    if setting.type is SettingType.CHOICE:
        return {"type": "string", "enum": list(setting.options)}
    if setting.type is SettingType.SHARE:
        return {"type": "string", "pattern": r"^\d+(/\d+)?$"}
    if setting.type is SettingType.TEXT:
        return {"type": "string", "maxLength": int(setting.maximum)}
    if setting.type is SettingType.LADDER:
        return {"type": "string", "maxLength": 60}
    number: Schema = {"type": "integer", "minimum": int(setting.minimum), "maximum": int(setting.maximum)}
    return {"anyOf": [number, {"type": "null"}]} if setting.type is SettingType.PERCENT_OR_NONE else number


def _setting(field: Input) -> Schema:
    """What a setting takes: its value, and a word for no limit instead of null."""
    schema = setting_value(SETTINGS[field.name])
    return {"anyOf": [schema["anyOf"][0], {"const": NONE}]} if "anyOf" in schema else schema


def _pattern(pattern: str, **more: Any) -> Callable[[Input], Schema]:
    return lambda _field: {"type": "string", "pattern": pattern, **more}


# One entry for each type in `workflow.rules.field_types.READERS`, except files: these are sent on a page.
TYPES: Mapping[str, Callable[[Input], Schema]] = {
    "line": _text,
    "text": _text,
    "date": lambda _field: {"type": "string", "format": "date"},
    "time": _pattern(r"^([01]\d|2[0-3]):[0-5]\d$"),
    "number": _number,
    "numbers": _numbers,
    "money": _money,
    "flag": lambda _field: {"type": "boolean"},
    "choice": _choice,
    "choices": _choices,
    "lines": _lines,
    "counts": _counts,
    "rows": _rows,
    "digests": _digests,
    "email": lambda field: {"type": "string", "format": "email", "maxLength": field.maximum},
    "slug": _pattern(f"^{SLUG.pattern}$"),
    "person": _number,
    "proposal": _number,
    "setting": _setting,
}


def schema_of(field: Input) -> Schema:
    """What a field takes from a program."""
    hint = f" {field.hint.say('en')}" if field.hint else ""
    return {**TYPES[field.type](field), "description": f"{field.label.say('en')}.{hint}"}


def object_of(fields: Sequence[Input]) -> Schema:
    """An object of these fields and no others, with those that are needed."""
    return {
        "type": "object",
        "properties": {field.name: schema_of(field) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def fields_of(table: Lifecycle, step: str) -> tuple[Input, ...]:
    """What the rows of a step or record ask for; needed is what each of them needs."""
    rows = table.rows_named(step)
    by_name = {field.name: field for row in rows for field in asked(row)}
    needed = [{field.name for field in asked(row) if field.required} for row in rows]
    return tuple(replace(field, required=name in set.intersection(*needed)) for name, field in by_name.items())


@cache
def steps_of(kind: str) -> tuple[str, ...]:
    """The steps and records that a program can take of a subject that exists, by the newest table of its kind."""
    table = machine.newest(kind)
    names = dict.fromkeys(row.name for row in table.rows if row.sources)
    return tuple(name for name in names if all(field.type in TYPES for field in fields_of(table, name)))


def step_schema(kind: str, step: str) -> Schema:
    """The body of a call that takes a step."""
    data = object_of(fields_of(machine.newest(kind), step))
    table = machine.newest(kind)
    row = table.rows_named(step)[0]
    return {
        "type": "object",
        "description": f"{row.label.say('en')}. Who may: {', '.join(row.who)}.",
        "properties": {"version": VERSION, "note": NOTE, "data": data},
        "required": ["version", *(["data"] if data["required"] else [])],
        "additionalProperties": False,
    }


def step_schemas(kind: str) -> dict[str, Schema]:
    """The body of each step of a kind, by the name of the table and of the step."""
    return {schema_name(kind, step): step_schema(kind, step) for step in steps_of(kind)}


def schema_name(kind: str, step: str) -> str:
    """The name of the schema of a step's body in the document."""
    return f"{machine.newest(kind).name}.{step}"


def new_proposal() -> Schema:
    """The body of the call by which a proposal begins: its edition and the fields of the first step."""
    schema = object_of(fields_of(machine.newest("proposal"), "record_idea"))
    edition = {
        "type": "string",
        "minLength": 1,
        "maxLength": INPUTS["key"].maximum,
        "description": "Key of an edition.",
    }
    return {**schema, "properties": {"edition": edition, **schema["properties"]},
            "required": ["edition", *schema["required"]]}  # fmt: skip


def new_part(kind: str, step: str) -> Schema:
    """The body of a call by which a part of a plan begins: its project and the fields of the first step."""
    schema = object_of(fields_of(machine.newest(kind), step))
    project = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER, "description": "Number of the project."}
    return {**schema, "properties": {**schema["properties"], "project": project}}


def sheet_change() -> Schema:
    """The fields of the sheet that a change may name; null empties those that may be empty."""
    schema = object_of(fields_of(machine.newest("proposal"), "edit_sheet"))
    properties = {
        name: field if INPUTS[name].stays else {"anyOf": [field, {"type": "null"}]}
        for name, field in schema["properties"].items()
    }
    return {**schema, "properties": properties, "required": [], "minProperties": 1}
