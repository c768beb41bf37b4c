"""What a lifecycle file may hold, key by key, and on which line of the file each thing stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

LANGUAGES = ("pl", "en")
UNITS = ("days", "working_days")
ROWS = ("state", "step", "record", "reminder")


class Mistake(Struct, frozen=True):
    """One thing wrong with a lifecycle file, and where."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.where}: {self.message}"


class Lines:
    """The line of every section and key of a TOML file, which tomllib itself does not tell."""

    _HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?$")
    _KEY = re.compile(r"\s*([\w-]+)\s*=")

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, int, str], int] = {}
        section, index, counts, in_string = "", 0, dict[str, int](), False
        for number, line in enumerate(text.splitlines(), start=1):
            if not in_string and (header := self._HEADER.match(line)):
                section = header[1]
                index = counts.get(section, 0)
                counts[section] = index + 1
                self._lines[section, index, ""] = number
            elif not in_string and (key := self._KEY.match(line)):
                self._lines.setdefault((section, index, key[1]), number)
            if (line.count('"""') + line.count("'''")) % 2:
                in_string = not in_string

    def line(self, section: str = "", index: int = 0, key: str = "") -> int:
        """The line of the key, else of its section, else the first line."""
        exact = self._lines.get((section, index, key))
        return exact or self._lines.get((section, index, "")) or self._lines.get(("", 0, section), 1)


class Row(Struct, frozen=True):
    """One `[[section]]` of the document, read without trusting its types."""

    section: str
    index: int
    raw: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The section and what names the row in it."""
        name = next((self.raw[key] for key in ("id", "name", "key") if key in self.raw), None)
        return f"{self.section} {name if isinstance(name, str) else '#' + str(self.index + 1)}"

    def text(self, key: str) -> str:
        """A text, empty where there is none."""
        value = self.raw.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list, without what is no text."""
        value = self.raw.get(key)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def timer(self) -> Mapping[str, Any] | None:
        """The table `timer`, None where there is none."""
        value = self.raw.get("timer")
        return value if isinstance(value, dict) else None


@dataclass(slots=True)
class Findings:
    """Collects every mistake of one file, so that all are named at once."""

    file: str
    lines: Lines
    mistakes: list[Mistake] = field(default_factory=list)
    misshapen: bool = False

    def add(self, row: Row, key: str, message: str) -> None:
        """Add a mistake with the line of the key."""
        line = self.lines.line(row.section, row.index, key)
        self.mistakes.append(Mistake(self.file, line, row.title if row.section in ROWS else "table", message))

    def in_order(self) -> list[Mistake]:
        """The mistakes by line, each once."""
        return sorted(set(self.mistakes), key=lambda mistake: (mistake.line, mistake.where, mistake.message))


class Key(Struct, frozen=True):
    """A key that a section may hold."""

    kind: str
    required: bool = False
    among: tuple[str, ...] = ()


_KINDS: dict[str, str] = {
    "text": "a text that is not empty",
    "any text": "a text",
    "texts": "a list of texts",
    "number": "a whole number above zero",
    "numbers": "a list of whole numbers above zero",
    "flag": "true or false",
    "table": "a table",
    "rows": "a list of sections",
}
_TEXT, _TEXTS, _LABEL = Key("text", required=True), Key("texts"), Key("table", required=True)
_NEEDED_TEXTS = Key("texts", required=True)
_DOING = {
    "name": _TEXT, "label": _LABEL, "done": Key("table"), "who": _NEEDED_TEXTS, "guards": _TEXTS, "asks": _TEXTS,
    "effects": _TEXTS, "undo": _TEXTS, "paper": Key("flag"), "basis": Key("any text"), "verdict": Key("text"),
    "tone": Key("text", among=("primary", "danger", "neutral")),
}  # fmt: skip
KEYS: dict[str, dict[str, Key]] = {
    "": {
        "name": _TEXT, "version": Key("number", required=True), "subject": _TEXT, "label": _LABEL,
        "phases": Key("table"), "state": Key("rows", required=True), "step": Key("rows", required=True),
        "record": Key("rows"), "reminder": Key("rows"),
    },
    "state": {
        "key": _TEXT, "label": _LABEL, "phase": Key("text"), "remembers": Key("flag"),
        "kind": Key("text", required=True, among=("initial", "normal", "closed", "final")),
    },
    "step": _DOING | {
        "id": _TEXT, "from": _NEEDED_TEXTS, "to": _TEXT, "came_from": _TEXTS, "tells": _TEXT,
        "timer": Key("table"),
    },
    "record": _DOING | {
        "id": Key("text"), "in": _NEEDED_TEXTS, "tells": Key("any text"), "private": Key("flag"),
        "keeps": Key("text", among=("one", "many", "none")),
    },
    "reminder": {
        "name": _TEXT, "label": _LABEL, "in": _NEEDED_TEXTS, "at": _TEXT, "before": Key("text"), "after": Key("text"),
    },
    "timer": {"at": _TEXT, "remind": Key("numbers"), "unit": Key("text", among=UNITS)},
}  # fmt: skip
# A row without these well in place would make every question about the whole table answer nonsense.
_BONES = ("key", "kind", "from", "to", "came_from", "remembers", "state", "step", "name")


def rows(document: Mapping[str, Any], *sections: str) -> Iterator[Row]:
    """The sections of these names, in the order of the file, misshapen ones left out."""
    for section in sections:
        listed = document.get(section, [])
        for index, raw in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(raw, dict):
                yield Row(section, index, raw)


def check_shape(document: Mapping[str, Any], findings: Findings) -> None:
    """Adds every unknown key, missing key, wrong type and empty label to the findings."""
    top = Row("", 0, document)
    _check_keys(top, KEYS[""], findings)
    _check_label(Row("label", 0, document), findings, "label")
    phases = document.get("phases")
    for name, label in phases.items() if isinstance(phases, dict) else ():
        _check_label(Row(f"phases.{name}", 0, {"label": label}), findings, f"phase {name}")
    for row in rows(document, *ROWS):
        _check_keys(row, KEYS[row.section], findings)
        _check_label(row, findings, "label")
        _check_label(row, findings, "what was done", key="done")
        if timer := row.timer():
            inner = Row(row.section, row.index, timer)
            _check_keys(inner, KEYS["timer"], findings, inside="timer", owner=row)


def _check_keys(
    row: Row, keys: Mapping[str, Key], findings: Findings, *, inside: str = "", owner: Row | None = None
) -> None:
    place, prefix = owner or row, f"{inside}." if inside else ""
    for name in row.raw:
        if name not in keys:
            findings.add(place, inside or name, f"unknown key `{prefix}{name}`{like(name, keys)}")
    for name, key in keys.items():
        if name not in row.raw:
            wrong = f"missing key `{prefix}{name}`" if key.required else ""
        elif not _fits(row.raw[name], key.kind):
            wrong = f"`{prefix}{name}` must be {_KINDS[key.kind]}"
        elif key.among and row.raw[name] not in key.among:
            wrong = f"`{prefix}{name}` must be one of: {', '.join(key.among)}"
        else:
            continue
        if wrong:
            findings.add(place, inside or name, wrong)
            findings.misshapen |= name in _BONES


def _fits(value: object, kind: str) -> bool:
    if kind in ("texts", "numbers", "rows"):
        single = {"texts": "text", "numbers": "number", "rows": "table"}[kind]
        return isinstance(value, list) and all(_fits(item, single) for item in value)
    if kind == "number":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if kind == "text":
        return isinstance(value, str) and bool(value.strip())
    return isinstance(value, {"any text": str, "flag": bool, "table": dict}[kind])


def _check_label(row: Row, findings: Findings, what: str, key: str = "label") -> None:
    label = row.raw.get(key)
    if not isinstance(label, dict):
        return
    for language in LANGUAGES:
        if not _fits(label.get(language), "text"):
            findings.add(row, key, f"{what} missing in language `{language}`")
    for name in label:
        if name not in LANGUAGES:
            findings.add(row, key, f"unknown key `{name}` in {what}{like(name, LANGUAGES)}")


def like(name: str, known: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    """A suggestion for a name that is probably misspelt, or nothing."""
    close = get_close_matches(name, [str(other) for other in known], n=1, cutoff=0.7)
    return f"; did you mean `{close[0]}`?" if close else ""
