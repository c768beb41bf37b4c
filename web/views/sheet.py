"""The project sheet in words: its sections in order, which of them are ready, and what belongs into each."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from web.http.template_context import say
from web.views.case_file import cell_in_words, value_in_words
from workflow.base.i18n import _
from workflow.rules.facts import Facts
from workflow.rules.fields import INPUTS
from workflow.rules.sheet_sections import (
    NAMES,
    Section,
    as_rows,
    asked_sections,
    filled,
    progress,
    sections_of,
    values_of,
)

# What the public reads of a project.
PUBLIC = ("sector", "area", "places", "goals")
# What the page of a proposal shows; title and summary stand above.
OVERVIEW = tuple(name for name in NAMES if name not in ("title", "summary"))
EMPTY: tuple[Any, ...] = (None, "", [])


class Grid(Struct, frozen=True):
    """A part in rows: the heads of its columns and the cells in words, a number in its own way."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: str = ""


class Part(Struct, frozen=True):
    """One answer of a section that has several: what it is called, and its text or its rows."""

    name: str
    label: str
    text: str
    grid: Grid | None = None


class Shown(Struct, frozen=True):
    """A section of the sheet, ready to be read."""

    name: str
    label: str
    help: str
    needed: bool
    ready: bool
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """All of its words."""
        return "\n".join(part.text for part in self.parts if part.text)

    @property
    def pair(self) -> tuple[str, str]:
        """The name and the text, for a list of short facts."""
        return self.label, self.text


class Sheet(Struct, frozen=True):
    """The sheet of a proposal, ready to be read, and how far it has come."""

    sections: tuple[Shown, ...]
    ready: int
    all: int
    missing: tuple[str, ...]
    # The section to go on with: the first one that is still needed.
    next: str

    @property
    def line(self) -> str:
        """How far it has come, in one sentence."""
        if not self.missing:
            return say(_("All {all} needed sections are ready.", all=self.all))
        names = ", ".join(self.missing)
        return say(_("{ready} of {all} sections ready, missing: {names}.", ready=self.ready, all=self.all, names=names))


def shown_section(section: Section, values: Mapping[str, Any]) -> Shown:
    """One section with its text as people read it."""
    parts = tuple(part for name in section.fields if (part := part_of(name, values, is_only=name == section.name)))
    return Shown(
        section.name, say(section.label), say(section.help) if section.help else "", section.required,
        filled(section, values), parts,
    )  # fmt: skip


def part_of(name: str, values: Mapping[str, Any], *, is_only: bool = True) -> Part | None:
    """One answer in words; None where there is none. The sum of a budget stands below its lines."""
    value, spec = values.get(name), INPUTS[name]
    if value in EMPTY or (name == "cost" and values.get("budget_lines")):
        return None
    label = "" if is_only else say(spec.label)
    if spec.type != "rows":
        return Part(name, label, value_in_words(spec.type, value, name))
    rows = as_rows(name, value)
    return Part(name, label, value_in_words("rows", rows, name), grid_of(name, rows))


def grid_of(name: str, rows: list[dict[str, Any]]) -> Grid:
    """Rows as a table; columns in which nothing is written are left out."""
    columns = [column for column in INPUTS[name].columns if any(row.get(column.name) for row in rows)]
    cells = tuple(
        tuple(cell_in_words(column, row[column.name]) if row.get(column.name) else "" for column in columns)
        for row in rows
    )
    return Grid(tuple(say(column.label) for column in columns), cells, _sums(rows) if name == "budget_lines" else "")


def _sums(lines: list[dict[str, Any]]) -> str:
    """What a budget comes to, and how much of it the group and its partners bring themselves."""
    total, own = (sum(line["amount"] for line in some) for some in (lines, [line for line in lines if line.get("own")]))
    if not own:
        return say(_("Together: {total}", total=value_in_words("money", total)))
    whole, part = value_in_words("money", total), value_in_words("money", own)
    return say(_("Together: {total}, of which own contribution: {own}", total=whole, own=part))


def sheet(facts: Facts, names: tuple[str, ...] | None = None) -> Sheet:
    """The sections that the edition asks for, those with a text besides; or only the ones that are named."""
    values = values_of(facts.own)
    wanted = [section for section in sections_of(facts.edition) if names is None or section.name in names]
    shown = [shown_section(item, values) for item in wanted if item.on or filled(item, values)]
    written = progress(facts)
    following = written.missing or asked_sections(facts.edition)
    missing = tuple(say(section.label) for section in written.missing)
    return Sheet(tuple(shown), written.ready, written.all, missing, following[0].name)
