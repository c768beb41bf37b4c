"""JSON Schema 2020-12 of what the calls take and answer, made from columns, fields and the types of answers."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer

from web.api import answers, field_schemas
from web.api.field_schemas import VERSION, Schema, setting_value
from workflow.engine import machine
from workflow.implementation.parts import CHANGE, MILESTONE, PLAN, REQUEST
from workflow.models.base import UtcDateTime
from workflow.proposals import api_rows
from workflow.rules.field_types import Input
from workflow.rules.settings_catalogue import CATALOGUE

TEMPLATE = "#/components/schemas/{model}"
MOMENT: Schema = {"type": "string", "format": "date-time"}
PARTS = (answers.SubjectParts, answers.ProposalParts, answers.HistoryEntry, answers.LifecycleName, answers.Lifecycle,
         answers.ProblemParts)  # fmt: skip
KINDS = ("proposal", "edition", "conference", "agreement", "meeting", "poll", "hall_poll", "agreement_partner",
         "milestone", "change_request")  # fmt: skip


class _Plain(GenerateJsonSchema):
    """Without a title for each field that only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the base class's own
        return False


def ref(name: str) -> Schema:
    """Another schema of the document; a list of it where the name ends in []."""
    if name.endswith("[]"):
        return {"type": "array", "items": ref(name.removesuffix("[]"))}
    return {"$ref": TEMPLATE.format(model=name)}


def complete(properties: Mapping[str, Schema], **more: Any) -> Schema:
    """An object with all of these properties; answers may gain others."""
    return {"type": "object", "properties": dict(properties), "required": list(properties), **more}


def states(kind: str) -> list[str]:
    """The states of a kind of subject, in any version of its table."""
    return list(dict.fromkeys(key for table in machine.tables().values() if table.kind == kind for key in table.states))


def column_schema(kind: str, name: str, column: Column[Any]) -> Schema:
    """What a column of a row holds."""
    if name == "state":
        return {"type": "string", "enum": states(kind)}
    if name == "version":
        return VERSION
    if isinstance(column.type, UtcDateTime):
        schema = MOMENT
    elif isinstance(column.type, JSON):
        schema = {"type": "array", "items": {"type": "string"}}
    elif isinstance(column.type, Boolean):
        schema = {"type": "boolean"}
    else:
        schema = {"type": "integer" if isinstance(column.type, (Integer, BigInteger)) else "string"}
    return {"anyOf": [schema, {"type": "null"}]} if column.nullable else schema


def row_schema(kind: str, columns: Sequence[Any]) -> dict[str, Schema]:
    """The properties of a row: its columns by the names under which they are answered."""
    return {column.key: column_schema(kind, column.key, _plain_column(column)) for column in columns}


def _plain_column(column: Any) -> Column[Any]:
    """The column of the table behind a column of a query."""
    plain: Column[Any] = next(iter(column.base_columns))
    return plain


def sheet_properties() -> dict[str, Schema]:
    """The fields of a sheet as they are read: amounts in złoty, and no limits, since older texts stay as they were."""
    fields = field_schemas.fields_of(machine.newest("proposal"), "edit_sheet")
    return {field.name: _read_schema(field) for field in fields if field.type != "digests"}


def _read_schema(field: Input) -> Schema:
    money = {"type": ["string", "null"], "description": "In złoty, such as 12500.00.", "pattern": r"^\d+\.\d\d$"}
    texts = {"type": "array", "items": {"type": "string"}}
    rows = {"type": ["array", "string"], "items": {"type": "object"}}
    schemas: dict[str, Schema] = {"money": money, "lines": texts, "choices": texts, "rows": rows}
    return schemas.get(field.type, {"type": "string"})


@cache
def types() -> dict[str, Schema]:
    """The schemas of the typed parts of answers, by name."""
    adapters = [(part.__name__, "validation", TypeAdapter(part)) for part in PARTS]
    _names, document = TypeAdapter.json_schemas(adapters, schema_generator=_Plain, ref_template=TEMPLATE)  # type: ignore[arg-type]
    schemas: dict[str, Schema] = document["$defs"]
    return {name: {key: value for key, value in schema.items() if key != "title"} for name, schema in schemas.items()}


def subject_schemas() -> dict[str, Schema]:
    """For each kind of subject its row, and all of it as its own address answers it."""
    schemas = {}
    common = types()["SubjectParts"]["properties"]
    sheet = complete(
        sheet_properties(), required=["title", "summary", "sector", "area", "cost"], additionalProperties=True
    )
    more: dict[str, dict[str, Schema]] = {
        "proposal": {**types()["ProposalParts"]["properties"], "sheet": ref("Sheet")},
        "edition": {**row_schema("edition", api_rows.EDITION_RULES), "allows_appeals": {"type": "boolean"},
                    "settings": complete({setting.key: setting_value(setting) for setting in CATALOGUE}),
                    "conferences": ref("Conference[]"),
                    "agreements": ref("Agreement[]")},
    }  # fmt: skip
    for kind in KINDS:
        row = row_schema(kind, api_rows.ROWS[kind])
        schemas[kind.capitalize()] = complete(row)
        schemas[f"{kind.capitalize()}Detail"] = complete({**row, **common, **more.get(kind, {})})
    return {**schemas, "Sheet": sheet}


def problem() -> Schema:
    """RFC 9457, with what the programme adds."""
    always = {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
              "detail": {"type": "string"}, "code": {"type": "string"}}  # fmt: skip
    return complete({**types()["ProblemParts"]["properties"], **always}, required=list(always))


def schemas() -> dict[str, Schema]:
    """Every schema of the document by name."""
    parts = {name: schema for name, schema in types().items() if not name.endswith("Parts")}
    bodies = {name: schema for kind in KINDS for name, schema in field_schemas.step_schemas(kind).items()}
    taken = {
        "NewProposal": field_schemas.new_proposal(), "SheetChange": field_schemas.sheet_change(),
        "NewMilestone": field_schemas.new_part(MILESTONE, PLAN),
        "NewChangeRequest": field_schemas.new_part(CHANGE, REQUEST),
    }  # fmt: skip
    return {**subject_schemas(), **parts, **taken, **bodies, "Problem": problem()}
