"""take(): the one door through which anything moves; with decide() and open_steps() from `workflow.engine.decision`.

Order of a step, always the same: does it exist for this person, who may, is the page fresh, does the table have the
step here, what was answered, only if; then state, effects, history, outbox. Deciding is pure; `take` reads before it
and writes after it, in the caller's transaction. Nothing else changes a state, and only this file imports
`transitions`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache, reduce
from operator import or_
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from transitions import Machine

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.base.errors import BadInput, NotReady, Refusal, Stale
from workflow.base.i18n import _
from workflow.db.database import Database
from workflow.engine import facts_reader
from workflow.engine.conflicts import last_of
from workflow.engine.decision import Decision, OpenStep, admit, decide, lacking, open_steps, target_of
from workflow.engine.edition_totals import with_totals
from workflow.engine.idempotency import answered, fingerprint, keep
from workflow.engine.move import Move, Moved, advance, advance_alone, is_alone, keep_record
from workflow.engine.references import names_others, with_named
from workflow.engine.remembered import Remembered, Sight
from workflow.engine.undo import may_undo, undo
from workflow.lifecycle.definition import Lifecycle
from workflow.rules.effects import EFFECTS, Change, Doing
from workflow.rules.effects.base import OVERWRITING
from workflow.rules.facts import NARROW, SYSTEM, Actor, Attempt, Facts, Ref, Scope
from workflow.rules.field_types import Input, read
from workflow.rules.fields import asked
from workflow.rules.guards import NEEDS_TOTALS
from workflow.rules.guards.base import scope_of
from workflow.rules.registry import lifecycle_of, newest, scope_from, tables

__all__ = ["Moved", "OpenStep", "create", "decide", "facts_of", "graph", "lifecycle_of", "may_undo", "newest",
           "open_steps", "tables", "take", "take_alone", "undo"]  # fmt: skip

# Stored in the history, so in the language of the office.
SUSPENDED = "Edycja była wstrzymana."
NOTE = Input("note", "text", _("Note"), required=False)


@cache
def graph(name: str, version: int) -> Machine:
    """The table as a `transitions` machine: the independent reading that the compiled lookup is held against."""
    table = tables()[name, version]
    arrows = [one for one in table.as_transitions() if one["source"] is not None]
    return Machine(model=None, states=list(table.states), transitions=arrows, initial=None, auto_transitions=False)


def facts_of(tx: Connection, refs: Iterable[Ref], *, actor: Actor, scope: Scope = NARROW) -> dict[Ref, Facts]:
    """Facts for pages, with as much of the totals as open steps look at, and at least what the scope says.

    A fixed number of statements, however many subjects of a kind.
    """
    found = facts_reader.read_facts(tx, refs, actor=actor)
    return with_totals(tx, found, reduce(or_, map(scope_from, found.values()), scope))


def take(
    tx: Connection, ref: Ref, step: str, *, actor: Actor, at: datetime, version: int | None = None, note: str = "",
    data: Mapping[str, Any] | None = None, key: str | None = None, paper_on: date | None = None,
) -> Moved:  # fmt: skip
    """Take one step of a subject, wholly, in the caller's transaction.

    `version` is the one on the page that was acted on (None: whatever it is now); `key` makes a repeated call give the
    first answer; `paper_on` is the day on which a leader's paper reached the office. Permission, guards, state,
    effects, history and outbox are one; no mail is sent and nothing is committed here. Raises a Refusal, having
    written nothing.
    """
    given = attempt_of(at, data, note, paper_on)
    call = fingerprint(ref, step, version, given) if key else ""
    if key and (kept := answered(tx, actor, key, call)):
        return kept
    facts = facts_reader.read_one(tx, ref, actor=actor, scope=scope_of_step(ref.kind, step), data=given.data or {})
    # The same call may have been on its way: now that the subject is locked, its answer is known.
    if key and (kept := answered(tx, actor, key, call)):
        return kept
    try:
        move = moving(facts, step, given, version, actor)
    except Stale as stale:
        raise Stale(stale.current, last_of(tx, facts)) from None
    moved = advance(tx, move)
    if moved is None:
        raise Stale(facts.version, last_of(tx, facts))
    if move.change.timers == "thaw":
        _shift_terms(tx, facts, at)
    for other, record, answers in move.change.follow:
        take(tx, other, record, actor=SYSTEM, at=at, data=answers)
    return keep(tx, actor, key, call, moved)


def take_alone(
    database: Database, ref: Ref, step: str, *, actor: Actor, at: datetime, version: int | None = None, note: str = "",
    data: Mapping[str, Any] | None = None, key: str | None = None, paper_on: date | None = None,
) -> Moved:  # fmt: skip
    """The same as `take`, as a transaction of its own and with the fewest words between us and the database.

    On PostgreSQL a step that writes nothing but its own rows is one look without a lock and one statement, which
    holds the edition and the subject only while it writes and does nothing where either has changed since the look;
    where this process remembers its last look, it tries without another. Whatever does not fit this, a refusal
    included, is done again with `take`, which waits and looks under lock.
    """
    if not database.is_sqlite and ref.kind != "edition" and scope_of_step(ref.kind, step) is None:
        given = attempt_of(at, data, note, paper_on)
        with database.alone() as tx:
            if moved := _at_once(tx, database.remembered, ref, step, given, version, actor, key):
                return moved
    return database.in_transaction(
        lambda tx: take(tx, ref, step, actor=actor, at=at, version=version, note=note, data=data, key=key,
                        paper_on=paper_on)
    )  # fmt: skip


def _at_once(
    tx: Connection, memory: Remembered, ref: Ref, step: str, given: Attempt, version: int | None, actor: Actor,
    key: str | None,
) -> Moved | None:  # fmt: skip
    call = fingerprint(ref, step, version, given) if key else ""
    if key and (kept := answered(tx, actor, key, call)):
        return kept
    for seen in _sights(tx, memory, ref, actor):
        facts = facts_reader.facts_of(ref, seen, actor=actor)
        if names_others(facts, given.data or {}):
            return None
        try:
            move = moving(facts, step, given, version, actor)
            if not is_alone(move):
                return None
            if written := advance_alone(tx, move, seen, key=key, call=call):
                moved, new, mark = written
                memory.moved(ref, seen, new, mark)
                return moved
        except (Refusal, IntegrityError):
            # To be refused under lock; or the same call was on its way, and its answer is there now.
            pass
        memory.forget(ref, actor.id)
    return None


def _sights(tx: Connection, memory: Remembered, ref: Ref, actor: Actor) -> Iterator[Sight]:
    """What is remembered, and then what there is."""
    if remembered := memory.recall(ref, actor.id):
        yield remembered
    if seen := facts_reader.look(tx, ref, actor=actor):
        memory.keep(ref, actor.id, seen)
        yield seen


def _shift_terms(tx: Connection, edition: Facts, at: datetime) -> None:
    """Move every running term by the days that the edition rested, each with an entry of its own."""
    since = datetime.fromisoformat(edition.entry("suspension")["at"])
    days = (warsaw_date(at) - warsaw_date(since)).days
    running = facts_reader.with_running_term(tx, edition.ref.id)
    for ref in running:
        take(tx, ref, "shift_term", actor=SYSTEM, at=at, data={"days": days, "reason": SUSPENDED})


def create(
    tx: Connection, kind: str, step: str, *, actor: Actor, at: datetime, edition_id: int | None = None, note: str = "",
    data: Mapping[str, Any] | None = None, key: str | None = None, paper_on: date | None = None,
    values: Mapping[str, Any] | None = None,
) -> Moved:  # fmt: skip
    """Take the step by which a subject begins: its row and its first history entry, wholly.

    `values` are columns that no form asks for (such as `historical`). Raises a Refusal, having written nothing.
    """
    given = attempt_of(at, data, note, paper_on)
    call = fingerprint(Ref(kind, edition_id or 0), step, None, given)
    if key and (kept := answered(tx, actor, key, call)):
        return kept
    lifecycle = newest(kind)
    around = facts_reader.around(tx, kind, edition_id=edition_id, actor=actor, begins=True)
    around = with_named(tx, around, given.data or {})
    if key and (kept := answered(tx, actor, key, call)):
        return kept
    decision, attempt = _decide(lifecycle, around, step, given, None)
    change = _effects(decision, around, attempt, actor)
    facts = facts_reader.born(
        tx, kind, lifecycle, decision.target, edition_id, dict(values or {}) | change.columns, actor, at
    )
    rest = Change(join=change.join, recorded=change.recorded, rows=change.rows)
    moved = advance(tx, _move(lifecycle, facts, decision, attempt, actor, rest))
    if moved is None:
        raise Stale(0)
    return keep(tx, actor, key, call, moved)


def attempt_of(at: datetime, data: Mapping[str, Any] | None, note: str, paper_on: date | None) -> Attempt:
    """What came with the call, the note checked like any other answer."""
    if data is not None and not isinstance(data, Mapping):
        raise BadInput({"data": _("This has to be a set of named answers.")})
    clean = read((NOTE,), {"note": note}).get("note", "") if note else ""
    return Attempt(at, dict(data or {}), clean, paper_on, end_of_day(paper_on) if paper_on else None)


def _decide(
    lifecycle: Lifecycle, facts: Facts, name: str, given: Attempt, version: int | None
) -> tuple[Decision, Attempt]:
    """Who may and whether the page is fresh, then the answers, then the guards with the answers read."""
    raw = dict(given.data or {})
    # What a historical record names instead of answers: its source, and what was assumed.
    source: dict[str, Any] = {}
    if facts.edition.get("historical"):
        source = {name: raw.pop(name) for name in ("as_published", "assumed") if name in raw}
    row, role = admit(lifecycle, facts, name, given.answered(source or None), version=version)
    specs = asked(row)
    if source:
        specs = tuple(replace(spec, required=False) for spec in specs)
    try:
        answers = read(specs, raw, empties=not OVERWRITING.isdisjoint(row.effects))
    except BadInput as bad:
        raise BadInput(bad.fields, lacking(row, facts, given.answered(None), role)) from None
    attempt = given.answered({**answers, **source})
    if missing := lacking(row, facts, attempt, role):
        raise NotReady(missing)
    return Decision(row, role, target_of(row, facts)), attempt


def _effects(decision: Decision, facts: Facts, attempt: Attempt, actor: Actor) -> Change:
    change = Change()
    doing = Doing(facts, attempt, decision.step.name, attempt.data or {}, actor.id, actor.name)
    for name in decision.step.effects:
        EFFECTS[name](doing, change)
    return change


def moving(facts: Facts, name: str, given: Attempt, version: int | None, actor: Actor) -> Move:
    """The move that a call amounts to, decided and ready to be written; pure. Raises a Refusal."""
    lifecycle = lifecycle_of(facts)
    decision, attempt = _decide(lifecycle, facts, name, given, version)
    return _move(lifecycle, facts, decision, attempt, actor, _effects(decision, facts, attempt, actor))


def _move(
    lifecycle: Lifecycle, facts: Facts, decision: Decision, attempt: Attempt, actor: Actor, change: Change
) -> Move:
    step, target = decision.step, decision.target
    remembers = lifecycle.states[target].remembers and target != facts.state
    previous = facts.state if remembers else (facts.previous_state if target == facts.state else None)
    paper = {"paper_on": attempt.paper_on} if attempt.paper_on else {}
    move = Move(
        lifecycle=lifecycle, facts=facts, row=step.id, step=step.name, target=target, previous_state=previous,
        role=decision.role, actor=actor, at=attempt.at, topic=step.tells, change=change, note=attempt.note,
        data={**(attempt.data or {}), **paper}, reversible=bool(step.undo), enters=not step.is_record,
    )  # fmt: skip
    keep_record(step, move)
    return move


@cache
def scope_of_step(kind: str, step: str) -> Scope | None:
    """How much of the edition the guards of a step look at, besides its own row; None where they do not."""
    mine = (table for table in tables().values() if table.kind == kind)
    rows = (row for table in mine for row in (*table.steps, *table.records) if row.name == step)
    guards = {name for row in rows for name in row.guards}
    return scope_of(guards) if guards & NEEDS_TOTALS else None
