"""decide(), open_steps(), take(): the one door through which anything moves.

Order of a step, always the same: does it exist for this person, who may, is the page fresh, does the table have the
step here, what was answered, only if; then state, effects, history, outbox. Deciding is pure; `take` reads before it
and writes after it, in the caller's transaction. Nothing else changes a state, and only this file imports
`transitions`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, select
from transitions import Machine

from workflow import history, store
from workflow.advance import UNDO, Move, Moved, advance, step_move
from workflow.answers import read as read_answers
from workflow.effects import EFFECTS, Change, Doing
from workflow.effects.base import plain
from workflow.errors import BadInput, Happened, KeyReused, Missing, NoSuchStep, NotAllowed, NotFound, NotReady, Stale
from workflow.events import Topic
from workflow.facts import Actor, Attempt, Facts, Ref
from workflow.guards import GUARDS, NEEDS_TOTALS
from workflow.guards.base import missing
from workflow.inputs import INPUTS, asked
from workflow.language import _
from workflow.lifecycle import PREVIOUS, Lifecycle, Names, Step, registry
from workflow.models import HistoryContent, HistoryEntry, Person, UsedKey
from workflow.permissions import OVER, RULES, may_see
from workflow.timers import RULES as TIMER_RULES
from workflow.times import end_of_day

__all__ = ["Moved", "OpenStep", "create", "decide", "facts_of", "lifecycle_of", "open_steps", "tables", "take", "undo"]

NAMES = Names(
    guards=GUARDS.keys(),
    permissions=RULES.keys(),
    effects=EFFECTS.keys(),
    inputs=INPUTS.keys(),
    topics=frozenset(Topic),
    timers=TIMER_RULES.keys(),
)
ARCHIVIST = "archivist"
NOTE_LIMIT = 20_000


@cache
def tables() -> Mapping[tuple[str, int], Lifecycle]:
    """Every version of every table, checked; read once a process."""
    return registry(NAMES)


@cache
def newest(kind: str) -> Lifecycle:
    """The table that a new subject of a kind lives by."""
    return max((one for one in tables().values() if one.kind == kind), key=lambda one: one.version)


@cache
def graph(name: str, version: int) -> Machine:
    """The table as a `transitions` machine: the independent reading that the compiled lookup is held against."""
    table = tables()[name, version]
    arrows = [one for one in table.as_transitions() if one["source"] is not None]
    return Machine(model=None, states=list(table.states), transitions=arrows, initial=None, auto_transitions=False)


def lifecycle_of(facts: Facts) -> Lifecycle:
    """The version of the table that a subject runs on."""
    return tables()[facts.lifecycle, facts.lifecycle_version]


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One step of a subject, as its page shows it."""

    step: Step
    # May this person ever take it here?
    permitted: bool
    missing: tuple[Missing, ...]

    @property
    def allowed(self) -> bool:
        """Whether it can be taken now, by this person."""
        return self.permitted and not self.missing


@dataclass(frozen=True, slots=True)
class Decision:
    """A move that may be made: the row, the role used, the state it leads to."""

    step: Step
    role: str
    target: str


def decide(lifecycle: Lifecycle, facts: Facts, name: str, attempt: Attempt, *, version: int | None = None) -> Decision:
    """Whether the actor of these facts may take a step, and where it leads; pure.

    Raises NotFound, NotAllowed, Stale, NoSuchStep, BadInput or NotReady, in this order of precedence.
    """
    if not may_see(facts):
        raise NotFound
    everywhere = [row for row in (*lifecycle.steps, *lifecycle.records) if row.name == name]
    if everywhere and not any(_role(row, facts, attempt) for row in everywhere):
        raise NotAllowed([_not_yours(everywhere)])
    if version is not None and version != facts.version:
        raise Stale(facts.version)
    rows = lifecycle.rows(facts.state, name)
    if not rows:
        raise NoSuchStep(name, facts.state)
    row = _fitting(rows, facts)
    role = _role(row, facts, attempt)
    if role is None:
        raise NotAllowed([_not_yours([row])])
    lacking = _lacking(row, facts, attempt, role)
    if lacking:
        raise NotReady(lacking)
    return Decision(row, role, _target(row, facts))


def open_steps(facts: Facts, *, at: datetime) -> tuple[OpenStep, ...]:
    """Every step and record that the table has from the subject's state, in its order; pure.

    Each says whether this person may take it now, and if not, everything that is missing. Of rows that share a name
    the one that fits is shown. Facts need their totals, see `facts_of`.
    """
    lifecycle, attempt = lifecycle_of(facts), Attempt(at)
    found = []
    for name in dict.fromkeys(row.name for row in lifecycle.steps_from(facts.state)):
        row = _fitting(lifecycle.rows(facts.state, name), facts)
        role = _role(row, facts, attempt) or (ARCHIVIST if row.paper and _office(facts) else None)
        lacking = [] if role else [_not_yours([row])]
        found.append(OpenStep(row, role is not None, tuple(lacking + _lacking(row, facts, attempt, role or ""))))
    return tuple(found)


def _fitting(rows: Sequence[Step], facts: Facts) -> Step:
    """Of rows that share state and name, the one for the remembered state; the checks allow one at most."""
    return next((row for row in rows if not row.came_from or facts.previous_state in row.came_from), rows[0])


def _target(row: Step, facts: Facts) -> str:
    if row.target is None:
        return facts.state or ""
    return (facts.previous_state or "") if row.target == PREVIOUS else row.target


def _office(facts: Facts) -> bool:
    return "staff" in facts.standing.roles


def _role(row: Step, facts: Facts, attempt: Attempt) -> str | None:
    """The first rule of the row that the actor meets. Staff may enter a leader's paper; a past edition has a keeper."""
    for name in row.who:
        if RULES[name](facts):
            return name
    if row.paper and attempt.paper_on is not None and _office(facts):
        return "staff"
    if _as_published(facts, attempt) and (_office(facts) or facts.standing.is_admin):
        return ARCHIVIST
    return None


def _as_published(facts: Facts, attempt: Attempt) -> bool:
    """A step of a historical edition, entered from a source that is named as its justification.

    What the source does not state cannot be asked for, so guards are excused; only an edition that was created as
    historical knows this, and it can never become one.
    """
    return bool(facts.edition.get("historical")) and bool((attempt.data or {}).get("as_published"))


def _lacking(row: Step, facts: Facts, attempt: Attempt, role: str) -> list[Missing]:
    if row.came_from and facts.previous_state not in row.came_from:
        return [missing("other_origin", _("This step does not fit what went before."))]
    if facts.ref.kind != "edition" and facts.edition and facts.state is not None:
        if facts.edition["state"] in OVER:
            return [missing("edition_over", _("The edition is closed; nothing of it can be changed any more."))]
        if facts.edition["state"] == "suspended":
            return [
                missing(
                    "edition_suspended", _("The edition is suspended; everything rests until it is resumed."), "staff"
                )
            ]
    if role == ARCHIVIST and _as_published(facts, attempt):
        return []
    return [lack for name in row.guards if (lack := GUARDS[name](facts, attempt))]


def _not_yours(rows: Iterable[Step]) -> Missing:
    who = tuple(dict.fromkeys(name for row in rows for name in row.who))
    return missing("not_allowed", _("This is for somebody else to do."), *who)


def facts_of(tx: Connection, refs: Iterable[Ref], *, actor: Actor) -> dict[Ref, Facts]:
    """Facts with totals for pages: a fixed number of statements, however many subjects of a kind."""
    return store.read_facts(tx, refs, actor=actor, totals=True)


def take(
    tx: Connection,
    ref: Ref,
    step: str,
    *,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    key: str | None = None,
    paper_on: date | None = None,
) -> Moved:
    """Take one step of a subject, wholly, in the caller's transaction.

    `version` is the one on the page that was acted on (None: whatever it is now); `key` makes a repeated call give the
    first answer; `paper_on` is the day on which a leader's paper reached the office. Permission, guards, state,
    effects, history and outbox are one; no mail is sent and nothing is committed here. Raises a Refusal, having
    written nothing.
    """
    given, note = _given(data, note)
    print_ = _fingerprint(ref, step, version, given, note, paper_on)
    if key and (kept := _answered(tx, actor, key, print_)):
        return kept
    wide = _needs_totals(ref.kind, step)
    facts = store.read_one(tx, ref, actor=actor, totals=wide, data=given)
    lifecycle = lifecycle_of(facts)
    attempt = Attempt(at, given, note, paper_on, end_of_day(paper_on) if paper_on else None)
    try:
        decision, attempt = _decide_with_answers(lifecycle, facts, step, attempt, version)
    except Stale as stale:
        raise Stale(stale.current, last_of(tx, facts)) from None
    moved = _write(tx, lifecycle, facts, decision, attempt, actor)
    return _keep(tx, actor, key, print_, moved, at)


def create(
    tx: Connection,
    kind: str,
    step: str,
    *,
    actor: Actor,
    at: datetime,
    edition_id: int | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    key: str | None = None,
    paper_on: date | None = None,
    values: Mapping[str, Any] | None = None,
) -> Moved:
    """Take the step by which a subject begins: its row and its first history entry, wholly.

    `values` are columns that no form asks for (such as `historical`). Raises a Refusal, having written nothing.
    """
    given, note = _given(data, note)
    print_ = _fingerprint(Ref(kind, edition_id or 0), step, None, given, note, paper_on)
    if key and (kept := _answered(tx, actor, key, print_)):
        return kept
    lifecycle = newest(kind)
    facts = store.around(tx, kind, edition_id=edition_id, actor=actor)
    attempt = Attempt(at, given, note, paper_on, end_of_day(paper_on) if paper_on else None)
    decision, attempt = _decide_with_answers(lifecycle, facts, step, attempt, None)
    change = _effects(decision, facts, attempt, actor)
    columns = dict(values or {}) | change.columns
    if edition_id is not None:
        columns["edition_id"] = edition_id
    if kind == "proposal":
        columns["number"] = store.next_number(tx, edition_id or 0)
    start = {
        "lifecycle": lifecycle.name,
        "lifecycle_version": lifecycle.version,
        "state": decision.target,
        "version": 0,
        "created_at": at,
        "updated_at": at,
        "head_hash": "",
        "recorded": {},
    }
    number = store.insert_subject(tx, kind, columns | start)
    born = store.read_facts(tx, [Ref(kind, number)], actor=actor)[Ref(kind, number)]
    move = _move(lifecycle, _unborn(born), decision, attempt, actor, Change(join=change.join, recorded=change.recorded))
    moved = advance(tx, move)
    if moved is None:
        raise Stale(0)
    return _keep(tx, actor, key, print_, moved, at)


def _unborn(facts: Facts) -> Facts:
    from dataclasses import replace

    return replace(facts, state=None)


def undo(tx: Connection, ref: Ref, *, actor: Actor, at: datetime, version: int | None, reason: str) -> Moved:
    """Revert the last step of a subject: a new entry with a reason that restores what was before it, wholly.

    Only the last entry, only where its row names who may, never an undoing or the first entry. Timers follow; letters
    that went out are followed by another. Raises a Refusal, having written nothing.
    """
    facts = store.read_one(tx, ref, actor=actor, totals=False, data={})
    if not may_see(facts):
        raise NotFound
    lifecycle = lifecycle_of(facts)
    entry = _last_entry(tx, ref)
    row = _row_of(lifecycle, entry)
    if row is None or not any(RULES[name](facts) for name in row.undo):
        raise NotAllowed(
            [
                missing(
                    "cannot_undo", _("The last step cannot be taken back, or not by you."), *(row.undo if row else ())
                )
            ]
        )
    if version is not None and version != facts.version:
        raise Stale(facts.version, last_of(tx, facts))
    if not reason.strip():
        raise NotReady([missing("no_reason", _("Say why it is taken back."), field="reason")])
    role = next(name for name in row.undo if RULES[name](facts))
    moved = advance(tx, _undoing(lifecycle, facts, entry, role, actor, at, reason.strip()))
    if moved is None:
        raise Stale(facts.version)
    return moved


def may_undo(facts: Facts, entry_row: str, entry_version: int) -> bool:
    """Whether the actor may take back the last step, given the row of the last entry."""
    lifecycle = lifecycle_of(facts)
    row = next((one for one in (*lifecycle.steps, *lifecycle.records) if one.id == entry_row), None)
    return row is not None and entry_version > 1 and any(RULES[name](facts) for name in row.undo)


def _last_entry(tx: Connection, ref: Ref) -> Any:
    h, c = HistoryEntry, HistoryContent
    return tx.execute(
        select(h.row, h.version, h.from_state, c.before).outerjoin(c, c.history_id == h.id)
        .where(h.subject_kind == ref.kind, h.subject_id == ref.id).order_by(h.version.desc()).limit(1)
    ).one()  # fmt: skip


def _row_of(lifecycle: Lifecycle, entry: Any) -> Step | None:
    if entry.from_state is None or not entry.before:
        return None
    return next((one for one in (*lifecycle.steps, *lifecycle.records) if one.id == entry.row), None)


def _undoing(
    lifecycle: Lifecycle, facts: Facts, entry: Any, role: str, actor: Actor, at: datetime, reason: str
) -> Move:
    before = entry.before
    change = Change(columns=store.typed(facts.ref.kind, before["columns"]), recorded=dict(before["recorded"]))
    return Move(
        lifecycle,
        facts,
        UNDO,
        UNDO,
        entry.from_state,
        before["previous_state"],
        role,
        actor,
        at,
        f"{facts.ref.kind}.step_undone",
        change,
        reason,
        {"undoes": entry.version, "row": entry.row},
    )


def _given(data: Mapping[str, Any] | None, note: str) -> tuple[Mapping[str, Any], str]:
    if not isinstance(data or {}, Mapping):
        raise TypeError("data is a mapping")
    return data or {}, note.strip()[:NOTE_LIMIT]


def _decide_with_answers(
    lifecycle: Lifecycle, facts: Facts, name: str, attempt: Attempt, version: int | None
) -> tuple[Decision, Attempt]:
    """Permission and freshness first, then the answers, then the guards with the answers read."""
    from dataclasses import replace

    given = dict(attempt.data or {})
    published = {k: given.pop(k) for k in ("as_published", "assumed") if k in given and facts.edition.get("historical")}
    preview = replace(attempt, data=published or None)
    lacking: Sequence[Missing] = ()
    try:
        decide(lifecycle, facts, name, preview, version=version)
    except NotReady as refusal:
        lacking = refusal.missing
    row = _fitting(lifecycle.rows(facts.state, name), facts)
    specs = asked(row)
    if published:
        specs = tuple(replace(spec, required=False) for spec in specs)
    try:
        answers = read_answers(specs, given)
    except BadInput as bad:
        raise BadInput(bad.fields, lacking) from None
    answered = replace(attempt, data={**answers, **published})
    return decide(lifecycle, facts, name, answered, version=version), answered


def _effects(decision: Decision, facts: Facts, attempt: Attempt, actor: Actor) -> Change:
    change = Change()
    doing = Doing(facts, attempt, decision.step.name, attempt.data or {}, actor.id, actor.name)
    for name in decision.step.effects:
        EFFECTS[name](doing, change)
    return change


def _move(
    lifecycle: Lifecycle, facts: Facts, decision: Decision, attempt: Attempt, actor: Actor, change: Change
) -> Move:
    step, target = decision.step, decision.target
    remembers = lifecycle.states[target].remembers and target != facts.state
    previous = facts.state if remembers else (facts.previous_state if target == facts.state else None)
    data = dict(attempt.data or {})
    if attempt.paper_on:
        data["paper_on"] = attempt.paper_on
    return step_move(
        step,
        Move(
            lifecycle,
            facts,
            step.id,
            step.name,
            target,
            previous,
            decision.role,
            actor,
            attempt.at,
            step.tells,
            change,
            attempt.note,
            data,
        ),
    )


def _write(
    tx: Connection, lifecycle: Lifecycle, facts: Facts, decision: Decision, attempt: Attempt, actor: Actor
) -> Moved:
    moved = advance(tx, _move(lifecycle, facts, decision, attempt, actor, _effects(decision, facts, attempt, actor)))
    if moved is None:
        raise Stale(facts.version, last_of(tx, facts))
    return moved


def last_of(tx: Connection, facts: Facts) -> Happened | None:
    """Who did what to a subject last, for the person whose page is stale."""
    h = HistoryEntry
    found = tx.execute(
        select(h.step, h.row, h.at, h.version, Person.name).outerjoin(Person, Person.id == h.actor_id)
        .where(h.subject_kind == facts.ref.kind, h.subject_id == facts.ref.id).order_by(h.version.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    return Happened(found.name or "system", found.step, found.at, found.version) if found else None


@cache
def _needs_totals(kind: str, step: str) -> bool:
    return any(
        NEEDS_TOTALS & set(row.guards)
        for table in tables().values()
        if table.kind == kind
        for row in (*table.steps, *table.records)
        if row.name == step
    )


def _fingerprint(
    ref: Ref, step: str, version: int | None, data: Mapping[str, Any], note: str, paper_on: date | None
) -> str:
    parts = [str(ref), step, version, plain(data), note, paper_on.isoformat() if paper_on else None]
    return hashlib.sha256(history.canonical(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _answered(tx: Connection, actor: Actor, key: str, print_: str) -> Moved | None:
    kept = tx.execute(
        select(UsedKey.fingerprint, UsedKey.answer).where(UsedKey.actor_id == (actor.id or 0), UsedKey.key == key)
    ).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != print_:
        raise KeyReused
    return Moved.again(kept.answer)


def _keep(tx: Connection, actor: Actor, key: str | None, print_: str, moved: Moved, at: datetime) -> Moved:
    if key:
        tx.execute(
            insert(UsedKey).values(actor_id=actor.id or 0, key=key, fingerprint=print_, answer=moved.as_json(), at=at)
        )
    return moved
