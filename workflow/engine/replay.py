"""Replays the entries of a subject's history and compares the outcome with its row and its case file.

The effects of a step are pure, so running them again on what the entries say gives the columns and records that the
row must have. What no entry determines is left out (UNTRACKED, FROM_ROWS), and so is a person's name, which may have
changed since. Where words were erased, what they determined cannot be known: then only states and the chain are
compared. Because old entries are replayed by today's effects, an effect never changes what it writes for the same
answers: a new outcome is a new effect, named in a new version of the table.
"""

import json
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, String, select

from workflow.base.calendar import end_of_day
from workflow.engine.chains import Entry
from workflow.engine.facts_reader import KINDS
from workflow.engine.move import UNDO
from workflow.engine.replay_carried import CARRIED, carried_milestones
from workflow.engine.replay_from_rows import FROM_ROWS
from workflow.engine.replay_values import ANY_NAME, same, typed
from workflow.engine.session_reader import announced_decisions
from workflow.lifecycle.definition import Step
from workflow.models import Milestone
from workflow.models.base import table_of
from workflow.rules.effects import EFFECTS, Change, Effect, EffectContext
from workflow.rules.facts import ActorRights, Attempt, Facts, Ref
from workflow.rules.fields import asked
from workflow.rules.registry import tables

# Columns that are given when the row is created and never by a step's answers, or that change with other tables.
UNTRACKED = frozenset(
    {
        "id",
        "edition_id",
        "number",
        "member_count",
        "report_due_at",
        "source_key",
        "historical",
        "source",
        "facts",
        "voivodeship",
        "organisation_id",
    }
)
HOW_A_HALL_VOTES = frozenset({"method", "secret", "max_choices", "points_total", "points_each", "minutes"})
# Columns that every entry writes; they are compared one by one, but for `state_since`, which no rule reads.
MOVED = frozenset({
    "lifecycle", "lifecycle_version", "state", "state_since", "previous_state", "version", "head_hash", "recorded",
    "updated_at",
})  # fmt: skip
NOBODY = ActorRights()
# What resolutions decided about proposals, by proposal and moment of announcing.
Decisions = Mapping[tuple[int, datetime | str], Mapping[str, Any]]


class EditionHistory:
    """The columns of an edition after each of its entries that changed one, by the number of the entry."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._columns: list[Mapping[str, Any]] = []

    def add(self, number: int, columns: Mapping[str, Any]) -> None:
        """Remember the columns as they are from an entry on."""
        self._numbers.append(number)
        self._columns.append(dict(columns))

    def before(self, number: int) -> Mapping[str, Any]:
        """The columns as a step of something in the edition read them, whose entry has this number."""
        position = bisect(self._numbers, number) - 1
        return self._columns[position] if position >= 0 else {}


@dataclass(slots=True)
class Subject:
    """One subject between two of its entries: its columns, its case file, and the row to compare them with."""

    ref: Ref
    row: Mapping[str, Any]
    columns: dict[str, Any]
    edition: EditionHistory
    recorded: dict[str, Any] = field(default_factory=dict)
    state: str | None = None
    previous_state: str | None = None
    table: tuple[str, int] = ("", 0)
    at: datetime | None = None
    # What the last entry overwrote; an undoing puts it back.
    overwritten: Mapping[str, Any] | None = None
    # Columns that are no longer determined by the entries.
    unknown: set[str] = field(default_factory=set)
    erased: bool = False

    def begin_from(self, carried: Mapping[str, Any]) -> None:
        """Begin with what was carried over from a case file instead of with a first entry."""
        self.columns |= {name: value for name, value in carried.items() if name != "state"}
        self.state, self.at, self.table = carried["state"], carried["created_at"], ("milestone", 1)
        self.recorded = {CARRIED: self.row["recorded"][CARRIED]}

    def differences(self) -> Iterator[str]:
        """The names of columns and records that differ from what the entries lead to, the state first."""
        row = self.row
        fixed: dict[str, Any] = {"state": self.state, "lifecycle": self.table[0], "lifecycle_version": self.table[1]}
        if not self.erased:
            fixed |= {"previous_state": self.previous_state, "updated_at": self.at, **self._tracked()}
        yield from (name for name, value in fixed.items() if not same(value, row[name]))
        if not self.erased:
            names = sorted(self.recorded.keys() | row["recorded"].keys())
            yield from (
                f"record {name}" for name in names if not same(self.recorded.get(name), row["recorded"].get(name))
            )

    def _tracked(self) -> Mapping[str, Any]:
        return {name: self.columns[name] for name in defaults(self.ref.kind) if name not in self.unknown}


class Replay:
    """Follows chains while `chains.verify` reads them; editions have to come before what belongs to them.

    Reads the rows of some hundred subjects with one statement. Keeps the columns of editions only.
    """

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self._rows: dict[int, Mapping[str, Any]] = {}
        self._editions: dict[int, EditionHistory] = {}
        self._decisions: Decisions = {}
        self._carried: Mapping[int, Mapping[str, Any]] = {}
        self._subject: Subject
        self.erased = 0

    def load(self, kind: str, ids: Sequence[int]) -> None:
        """Read the rows of the subjects that follow."""
        table = table_of(KINDS[kind])
        rows = self._tx.execute(select(*table.c).where(table.c.id.in_(ids)))
        self._rows = {row.id: row._asdict() for row in rows}
        self._decisions = announced_decisions(self._tx, ids) if kind == "proposal" else {}
        self._carried = carried_milestones(self._tx, self._rows) if kind == Milestone.__tablename__ else {}

    def begin(self, ref: Ref) -> None:
        """Start with a subject that was loaded, before its first entry."""
        row = self._rows[ref.id]
        edition = self._editions.setdefault(ref.id if ref.kind == "edition" else row["edition_id"], EditionHistory())
        columns = {**{name: row[name] for name in _untracked(ref.kind) if name in row}, **defaults(ref.kind)}
        self._subject = Subject(ref, row, columns, edition)
        if ref.id in self._carried:
            self._subject.begin_from(self._carried[ref.id])

    def follow(self, entry: Entry) -> str | None:
        """Apply one entry, or say why it cannot be one of this subject."""
        subject = self._subject
        if entry.from_state != subject.state:
            return "it does not start from the state that the entry before led to"
        if entry.erased and not subject.erased:
            subject.erased = True
            self.erased += 1
        if not subject.erased:
            try:
                change = _apply(subject, entry, *self._decided(entry))
            except (LookupError, ValueError, TypeError, AttributeError):
                return "its step cannot be repeated from its words"
            if subject.ref.kind == "edition" and change.columns:
                subject.edition.add(entry.seq, subject.columns)
        subject.state, subject.table = entry.to_state, (entry.lifecycle, entry.lifecycle_version)
        return None

    def _decided(self, entry: Entry) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        """The decision that was announced with an entry, and the one that was carried out by it."""
        here, number = self._subject.ref.id, (entry.data or {}).get("resolution")
        pending = self._decisions.get((here, number)) if isinstance(number, str) else None
        return self._decisions.get((here, entry.at)), pending

    def end(self) -> str | None:
        """Say what of the row differs from what its entries lead to, after the last of them."""
        name = next(self._subject.differences(), None)
        return None if name is None else f"{name} of its row is not what the history led to"


class TableRow(Struct, frozen=True):
    """A row of a table with all that replaying it needs, found once."""

    step: Step
    effects: tuple[Effect, ...]
    # The answers that are days, and the states that remember the one that was left for them.
    days: tuple[str, ...]
    remembering: frozenset[str]
    keeps: bool
    # Columns that the step writes from other rows than its own.
    unknown: frozenset[str]


@cache
def _table(name: str, version: int) -> Mapping[str, TableRow]:
    """The rows of a version of a table, steps and records, by their id."""
    lifecycle = tables()[name, version]
    remembering = frozenset(state.key for state in lifecycle.states.values() if state.remembers)
    return {
        step.id: TableRow(
            step, tuple(EFFECTS[effect] for effect in step.effects if effect not in FROM_ROWS),
            tuple(spec.name for spec in asked(step) if spec.type == "date"), remembering,
            step.is_record and step.keeps != "none",
            frozenset().union(*(FROM_ROWS.get(effect, ()) for effect in step.effects)),
        )
        for step in lifecycle.rows
    }  # fmt: skip


def _apply(
    subject: Subject, entry: Entry, decision: Mapping[str, Any] | None, pending: Mapping[str, Any] | None
) -> Change:
    if entry.row == UNDO:
        before = subject.overwritten or {}
        change = Change(columns=typed(subject.ref.kind, before["columns"]), recorded=dict(before["recorded"]))
        subject.previous_state = before["previous_state"]
    else:
        row = _table(entry.lifecycle, entry.lifecycle_version)[entry.row]
        change = _repeated(subject, row, entry, decision, pending) if row.effects else Change()
        subject.unknown |= row.unknown
        if row.keeps:
            _keep_record(subject, row.step, entry, change)
        if entry.to_state != subject.state:
            subject.previous_state = subject.state if entry.to_state in row.remembering else None
    if subject.at is None:
        change.columns["created_at"] = entry.at
    subject.at, subject.overwritten = entry.at, entry.before
    subject.columns |= change.columns
    if change.recorded:
        merged = subject.recorded | change.recorded
        subject.recorded = {name: value for name, value in merged.items() if value is not None}
    return change


def _repeated(
    subject: Subject, row: TableRow, entry: Entry, decision: Mapping[str, Any] | None,
    pending: Mapping[str, Any] | None,
) -> Change:  # fmt: skip
    """What the effects of the step write, from the facts as they were and the answers as they were given."""
    data, columns = _answers(row, entry.data), subject.columns
    paper_on = date.fromisoformat(data.pop("paper_on")) if "paper_on" in data else None
    facts = Facts(
        ref=subject.ref, lifecycle=entry.lifecycle, lifecycle_version=entry.lifecycle_version, state=subject.state,
        version=entry.version - 1, previous_state=subject.previous_state, due_at=columns["due_at"], head_hash="",
        recorded=subject.recorded, own=columns, rights=NOBODY, decision=decision, pending=pending,
        edition=columns if subject.ref.kind == "edition" else subject.edition.before(entry.seq),
    )  # fmt: skip
    attempt = Attempt(entry.at, data, entry.note, paper_on, end_of_day(paper_on) if paper_on else None)
    context, change = EffectContext(facts, attempt, row.step.name, data, entry.actor_id, ANY_NAME), Change()
    for effect in row.effects:
        effect(context, change)
    return change


def _keep_record(subject: Subject, step: Step, entry: Entry, change: Change) -> None:
    """The entry of the case file that a record leaves, as `workflow.engine.move` writes it."""
    record = {"by": entry.actor_id, "by_name": ANY_NAME, "at": entry.at.isoformat(), **entry.data}
    if entry.note:
        record["note"] = entry.note
    before = subject.recorded.get(step.name) or []
    change.recorded[step.name] = record if step.keeps == "one" else [*before, record]


def _answers(row: TableRow, data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in their own types again: days are written as ISO text."""
    answers = dict(data)
    for name in row.days:
        if answers.get(name) is not None:
            answers[name] = date.fromisoformat(answers[name])
    return answers


@cache
def defaults(kind: str) -> Mapping[str, Any]:
    """The columns that the entries of a subject determine, with their values before any step gave them another."""
    columns = table_of(KINDS[kind]).c
    return {column.name: _default(column) for column in columns if column.name not in _untracked(kind) | MOVED}


def _untracked(kind: str) -> frozenset[str]:
    return UNTRACKED | HOW_A_HALL_VOTES if kind == "hall_poll" else UNTRACKED


def _default(column: Column[Any]) -> Any:
    if column.server_default is None:
        return None
    text = str(getattr(column.server_default, "arg", ""))
    plain = text.strip("'")
    return plain if isinstance(column.type, String) else json.loads(plain)
