"""The sections of a project sheet: the catalogue, merged with what an edition has settled about them; pure."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.base.i18n import Sentence, _
from workflow.rules.facts import Facts

TEXT = 20_000
SHORT = 4000
LINE = 200
NAME = 120
DIGEST_LENGTH = 16
# Written as people of the county write it, since it stands among the names of communes.
WHOLE_COUNTY = "cały powiat"
# Columns of the proposal that belong to its sheet; everything else of the sheet lies in its JSON.
COLUMNS = ("title", "summary", "sector", "area", "cost")
# Sections in rows were free text once; that text is the row's own words in this column.
FREE_TEXT: Mapping[str, str] = {"partners": "promise", "timetable": "what"}


class Section(Struct, frozen=True):
    """One part of the sheet as an edition asks for it; `limit` is the most characters that one text may have."""

    name: str
    label: Sentence
    help: Sentence | None
    # line, text, choice, lines, rows or budget
    kind: str
    required: bool
    on: bool = True
    limit: int = TEXT

    @property
    def fields(self) -> tuple[str, ...]:
        """The answers that make up the section, by the names under which a step asks for them."""
        return FIELDS.get(self.name, (self.name,))

    @property
    def fixed(self) -> bool:
        """Whether the edition cannot do without it: a proposal without a title is none."""
        return self.name in FIXED


CATALOGUE: tuple[Section, ...] = (
    Section("title", _("Title"), None, "line", required=True, limit=LINE),
    Section("summary", _("In a few sentences"), None, "text", required=False, limit=SHORT),
    Section("sector", _("Sector"), None, "line", required=True, limit=NAME),
    Section("principle", _("Principle of revival"), None, "choice", required=False, limit=NAME),
    Section("area", _("Area to improve"), None, "line", required=False, limit=NAME),
    Section("places", _("Where"), _("Communes and places, or the whole county"), "lines", required=True, limit=SHORT),
    Section("problem", _("Problem"), _("What does the project answer to?"), "text", required=False),
    Section("goals", _("Goals"), _("What will be different when the project is done?"), "text", required=True),
    Section("beneficiaries", _("Who gains from it"), None, "text", required=True),
    Section("activities", _("Activities"), _("What will be done, in which order?"), "text", required=False),
    Section(
        "partners", _("Partners"), _("Who takes part and what each one promises"), "rows", required=True, limit=SHORT
    ),
    Section("timetable", _("Timetable"), _("What happens when"), "rows", required=True, limit=SHORT),
    Section("budget", _("Budget"), _("What is paid for, how much it costs and who pays"), "budget", required=True),
    Section("risks", _("Risks"), _("What may go wrong, and what then?"), "text", required=True),
    Section("sustainability", _("What remains afterwards"), None, "text", required=False),
)
NAMES = tuple(section.name for section in CATALOGUE)
FIELDS: Mapping[str, tuple[str, ...]] = {
    "sector": ("sector", "more_sectors"),
    "principle": ("principle", "more_principles"),
    "budget": ("budget_lines", "cost", "funding", "no_budget_reason"),
}
FIXED = frozenset({"title"})
_BY_NAME = {section.name: section for section in CATALOGUE}


class Progress(Struct, frozen=True):
    """How far a sheet has come: of the sections needed to hand it in, those that are ready, and the others."""

    ready: int
    all: int
    missing: tuple[Section, ...]


def sections_of(edition: Mapping[str, Any]) -> tuple[Section, ...]:
    """Every section of the catalogue, in order, as this edition has settled it; those that are off say so."""
    settled = edition.get("sheet_sections")
    if not settled:
        return CATALOGUE
    return tuple(_settled(section, settled.get(section.name) or {}) for section in CATALOGUE)


def asked_sections(edition: Mapping[str, Any]) -> tuple[Section, ...]:
    """The sections that this edition asks for, in order."""
    return tuple(section for section in sections_of(edition) if section.on)


def _settled(section: Section, own: Mapping[str, Any]) -> Section:
    """One section with the edition's own words; an edition that says nothing keeps the catalogue's."""
    return replace(
        section,
        label=Sentence(own["label"]) if own.get("label") else section.label,
        help=Sentence(own["help"]) if own.get("help") else section.help,
        required=section.fixed or own.get("required", section.required),
        on=section.fixed or own.get("on", section.on),
        limit=min(own.get("limit") or section.limit, section.limit),
    )


def section_of_field(name: str) -> str | None:
    """The section that an answer belongs to; None for an answer that belongs to none."""
    if name in _BY_NAME:
        return name
    return next((section for section, fields in FIELDS.items() if name in fields), None)


def values_of(own: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a sheet holds, by the names of the answers; `own` are the columns of the proposal."""
    return {**(own.get("sheet") or {}), **{name: own.get(name) for name in COLUMNS}}


def filled(section: Section, values: Mapping[str, Any]) -> bool:
    """Whether a section has what it needs; a budget needs lines, a sum, or the reason why there is none."""
    if section.name == "budget":
        return values.get("cost") is not None or bool(values.get("budget_lines") or values.get("no_budget_reason"))
    return bool(values.get(section.name))


def progress(facts: Facts) -> Progress:
    """How far the sheet of a proposal has come; the one place that counts."""
    values = values_of(facts.own)
    needed = [section for section in asked_sections(facts.edition) if section.required]
    missing = tuple(section for section in needed if not filled(section, values))
    return Progress(len(needed) - len(missing), len(needed), missing)


def as_rows(name: str, value: Any) -> list[dict[str, Any]]:
    """A section in rows; a text from before there were rows is one row of its own words."""
    if isinstance(value, str):
        return [{FREE_TEXT.get(name, "what"): value}] if value else []
    return list(value or [])


def section_values(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a section holds, in the one form in which two of them are compared: nothing is None, rows are rows."""
    content = {field: values.get(field) or None for field in FIELDS.get(name, (name,))}
    if name in FREE_TEXT:
        content[name] = as_rows(name, content[name]) or None
    if name == "budget":
        # A sum of nothing is a sum too, and where there are lines, the sum follows from them.
        content["cost"] = None if content["budget_lines"] else values.get("cost")
    return content


def section_digest(name: str, values: Mapping[str, Any]) -> str:
    """A short digest of one section: whoever saves it says by this which text the new one was written over."""
    text = json.dumps(section_values(name, values), sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
