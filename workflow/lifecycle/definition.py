"""Reads, checks and freezes the tables that subjects live by: Lifecycle, State, Step, Reminder."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from workflow.lifecycle.schema import Findings, Lines, Mistake, Row, rows
from workflow.lifecycle.validation import ANY, PREVIOUS, SYSTEM, Graph, Names, check, check_file_name

__all__ = [
    "ANY", "FOLDER", "PREVIOUS", "SYSTEM", "Ask", "Lifecycle", "LifecycleError", "Mistake", "Names",
    "Reminder", "State", "Step", "Text", "TimerRule", "load", "registry",
]  # fmt: skip

FOLDER = Path(__file__).parents[1] / "lifecycles"


class LifecycleError(Exception):
    """A lifecycle table cannot be used; `mistakes` holds everything that is wrong with it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class Text(Struct, frozen=True):
    """A label in both languages."""

    pl: str
    en: str

    def say(self, language: str) -> str:
        """The label in a language; Polish where it is not English."""
        return self.en if language == "en" else self.pl


class State(Struct, frozen=True):
    """Where a subject is; one that `remembers` keeps the state that was left for it."""

    key: str
    label: Text
    phase: str
    kind: str
    remembers: bool


class Ask(Struct, frozen=True):
    """An input that a step asks for."""

    name: str
    required: bool


class TimerRule(Struct, frozen=True):
    """When the system takes a step, and how long before that people are reminded."""

    at: str
    remind: tuple[int, ...]
    unit: str


class Step(Struct, frozen=True):
    """One row of the table; a record is a step that stays where it is and has no target."""

    id: str
    name: str
    # What to do, as a button says it, and what was done, as messages and the history say it.
    label: Text
    done: Text
    sources: tuple[str, ...]
    target: str | None
    came_from: tuple[str, ...]
    who: tuple[str, ...]
    guards: tuple[str, ...]
    asks: tuple[Ask, ...]
    effects: tuple[str, ...]
    tells: str | None
    undo: tuple[str, ...]
    paper: bool
    timer: TimerRule | None
    tone: str
    basis: str
    is_record: bool
    keeps: str
    private: bool
    line: int
    # What it decides about; empty for a row that judges nothing. Rows of one verdict are choices beside each other.
    verdict: str = ""


class Reminder(Struct, frozen=True):
    """A deadline that people are reminded of: the topics that are told before it and after it, None for no such one."""

    name: str
    label: Text
    states: tuple[str, ...]
    at: str
    before: str | None
    after: str | None
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Lifecycle:
    """One version of a table, checked; nothing in it changes after it is loaded."""

    name: str
    version: int
    kind: str
    label: Text
    phases: Mapping[str, Text]
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    records: tuple[Step, ...]
    reminders: tuple[Reminder, ...]
    initial: str
    digest: str
    previous_states: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> tuple[Step, ...]:
        """Every row of the table: steps, then records, in its order."""
        return (*self.steps, *self.records)

    def rows_named(self, name: str) -> tuple[Step, ...]:
        """The steps and records of this name, whatever state they begin in."""
        return tuple(row for row in self.rows if row.name == name)

    def steps_from(self, state: str | None) -> tuple[Step, ...]:
        """Steps, then records, that the table has for the state (None: those that create a subject), in its order."""
        return tuple(row for row in self.rows if (state in row.sources if state else not row.sources))

    def targets(self, step: Step, state: str) -> tuple[str, ...]:
        """The states that the step may lead to from the state; for a record, the state itself."""
        if step.target != PREVIOUS:
            return (step.target or state,)
        previous_states = self.previous_states.get(state, ())
        return tuple(state for state in previous_states if not step.came_from or state in step.came_from)


def load(path: Path, names: Names | None = None) -> Lifecycle:
    """Reads one table; without `names`, names of guards and the like are taken on trust.

    Raises LifecycleError with every mistake of the file, each with its line.
    """
    text, document = _read(path)
    findings = Findings(path.name, Lines(text))
    check_file_name(path.stem, document, findings=findings)
    check(document, names=names, findings=findings)
    if findings.mistakes:
        raise LifecycleError(findings.in_order())
    return _freeze(document, findings.lines)


def registry(names: Names | None = None, *, folder: Path = FOLDER) -> dict[tuple[str, int], Lifecycle]:
    """Every version of every table of the folder, by name and version.

    Raises LifecycleError with the mistakes of all the files.
    """
    versions: dict[tuple[str, int], Lifecycle] = {}
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            table = load(path, names)
        except LifecycleError as error:
            mistakes.extend(error.mistakes)
            continue
        if (table.name, table.version) in versions:
            mistakes.append(Mistake(path.name, 1, "table", f"{table.name} {table.version} is in two files"))
        versions[table.name, table.version] = table
    if mistakes:
        raise LifecycleError(mistakes)
    return versions


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line, wrong = raw[: error.start].count(b"\n") + 1, "not UTF-8 text"
    except tomllib.TOMLDecodeError as error:
        at_line = re.search(r"line (\d+)", str(error))
        line, wrong = int(at_line[1]) if at_line else raw.count(b"\n") + 1, f"not TOML: {error}"
    raise LifecycleError([Mistake(path.name, line, "table", wrong)])


def _freeze(document: Mapping[str, Any], lines: Lines) -> Lifecycle:
    graph = Graph(document)
    content = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    states = {key: _state(row) for key, row in graph.states.items()}
    return Lifecycle(
        name=document["name"],
        version=document["version"],
        kind=document["subject"],
        label=Text(**document["label"]),
        phases=MappingProxyType({key: Text(**label) for key, label in document.get("phases", {}).items()}),
        states=MappingProxyType(states),
        steps=tuple(_step(row, graph, lines) for row in graph.steps),
        records=tuple(_step(row, graph, lines) for row in graph.records),
        reminders=tuple(_reminder(row, graph, lines) for row in rows(document, "reminder")),
        initial=next(key for key, state in states.items() if state.kind == "initial"),
        digest=hashlib.sha256(content.encode()).hexdigest(),
        previous_states=MappingProxyType({
            key: tuple(state for state in states if state in graph.left_for(key))
            for key, at in states.items() if at.remembers
        }),
    )  # fmt: skip


def _state(row: Row) -> State:
    raw = row.raw
    remembers = raw.get("remembers", False)
    return State(raw["key"], Text(**raw["label"]), row.text("phase"), raw["kind"], remembers)


def _step(row: Row, graph: Graph, lines: Lines) -> Step:
    raw, is_record = row.raw, row.section == "record"
    return Step(
        id=raw.get("id", raw["name"]),
        name=raw["name"],
        label=Text(**raw["label"]),
        done=Text(**raw.get("done", raw["label"])),
        sources=graph.sources(row),
        target=None if is_record else raw["to"],
        came_from=row.texts("came_from"),
        who=row.texts("who"),
        guards=row.texts("guards"),
        asks=tuple(Ask(name.removesuffix("?"), not name.endswith("?")) for name in row.texts("asks")),
        effects=row.texts("effects"),
        tells=row.text("tells") or None,
        undo=row.texts("undo"),
        paper=raw.get("paper", False),
        timer=_timer(row.timer()),
        tone=raw.get("tone", "neutral"),
        basis=row.text("basis"),
        is_record=is_record,
        keeps=raw.get("keeps", "one" if is_record else "none"),
        private=raw.get("private", False),
        line=lines.line(row.section, row.index),
        verdict=row.text("verdict"),
    )


def _timer(raw: Mapping[str, Any] | None) -> TimerRule | None:
    if raw is None:
        return None
    return TimerRule(raw["at"], tuple(raw.get("remind", ())), raw.get("unit", "days"))


def _reminder(row: Row, graph: Graph, lines: Lines) -> Reminder:
    raw = row.raw
    return Reminder(
        name=raw["name"],
        label=Text(**raw["label"]),
        states=tuple(graph.states) if ANY in raw["in"] else row.texts("in"),
        at=raw["at"],
        before=row.text("before") or None,
        after=row.text("after") or None,
        line=lines.line(row.section, row.index),
    )
