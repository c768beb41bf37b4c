"""Two texts of a sheet held against each other, section by section, in the words in which people read them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from web.http.template_context import say
from web.views.case_file import cell_in_words
from web.views.sheet import part_of
from workflow.base.i18n import Sentence, _
from workflow.rules.field_types import Input
from workflow.rules.fields import INPUTS
from workflow.rules.sheet_sections import Section, as_rows, section_values, values_of
from workflow.sheet.text_diff import Kind, Piece, RowChange, row_changes, text_pieces

ROW_WORDS: Mapping[str, Sentence] = {
    Kind.SAME: _("unchanged"),
    Kind.GONE: _("taken out"),
    Kind.NEW: _("put in"),
    "changed": _("changed"),
}


class ComparedRow(Struct, frozen=True):
    """One row: what became of it, and its cells under their heads."""

    kind: str
    word: str
    cells: tuple[tuple[str, list[Piece]], ...]


class ComparedPart(Struct, frozen=True):
    """One answer of a section: what differs in its text, or in its rows."""

    label: str
    pieces: list[Piece]
    rows: tuple[ComparedRow, ...] = ()


class Compared(Struct, frozen=True):
    """A section that differs."""

    name: str
    label: str
    parts: tuple[ComparedPart, ...]


class Comparison(Struct, frozen=True):
    """Everything that differs between two texts of a sheet, and the names of the sections that do not."""

    changed: tuple[Compared, ...]
    same: tuple[str, ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any], sections: Sequence[Section]) -> Comparison:
    """Two contents, as versions keep them, held against each other.

    Of a section that differs, only the answers that differ are told; a section that is empty in both is left out.
    """
    old, new = values_of(before), values_of(after)
    changed, same = [], []
    for section in sections:
        first, second = section_values(section.name, old), section_values(section.name, new)
        if first != second:
            changed.append(Compared(section.name, say(section.label), tuple(_parts(section, first, second))))
        elif any(value is not None for value in second.values()):
            same.append(say(section.label))
    return Comparison(tuple(changed), tuple(same))


def _parts(section: Section, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ComparedPart]:
    for name in section.fields:
        if old.get(name) != new.get(name):
            label = "" if name == section.name else say(INPUTS[name].label)
            yield _part(name, label, old.get(name), new.get(name))


def _part(name: str, label: str, old: Any, new: Any) -> ComparedPart:
    if INPUTS[name].type == "rows":
        changes = row_changes(as_rows(name, old), as_rows(name, new))
        return ComparedPart(label, [], tuple(_row(INPUTS[name].columns, change) for change in changes))
    return ComparedPart(label, text_pieces(_words(name, old), _words(name, new)))


def _words(name: str, value: Any) -> str:
    part = part_of(name, {name: value})
    return part.text if part else ""


def _row(columns: Sequence[Input], change: RowChange) -> ComparedRow:
    old, new = change.before or {}, change.after or {}
    cells = tuple(
        (say(column.label), text_pieces(_cell(column, old), _cell(column, new))) for column in columns
        if old.get(column.name) or new.get(column.name)
    )  # fmt: skip
    return ComparedRow(change.kind, say(ROW_WORDS[change.kind]), cells)


def _cell(column: Input, row: Mapping[str, Any]) -> str:
    return cell_in_words(column, row[column.name]) if row.get(column.name) else ""
