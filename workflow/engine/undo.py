"""Taking back the last step: a new entry with a reason, never an edit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select

from workflow.base.errors import NotAllowed, NotFound, NotReady, Stale
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.engine.command import Versions, is_fresh
from workflow.engine.conflicts import last_change
from workflow.engine.decision import resting
from workflow.engine.move import UNDO, Move, Moved, write
from workflow.engine.replay_values import typed
from workflow.engine.since_step import went_on
from workflow.lifecycle.definition import Lifecycle, Step
from workflow.models import HistoryContent, HistoryEntry
from workflow.rules.effects import Change
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.guards.base import missing
from workflow.rules.permissions import RULES, may_see
from workflow.rules.registry import lifecycle_of

REASON = Input("reason", "text", _("Why it is taken back"), maximum=4000)


def undo(
    tx: Connection, ref: Ref, *, actor: Actor, at: datetime, version: int | None, reason: str,
    payload: Mapping[str, Any] | None = None,
) -> Moved:  # fmt: skip
    """Revert the last step of a subject: a new entry with a reason that restores what was before it, wholly.

    Only the last entry, only where its row names who may, never an undoing or the first entry, never in an edition
    that rests or is over; a step of an edition only until the edition has gone on. Timers go on as if the step had not
    been taken. Its outbox row carries the payload, see `operations.undoing`. Raises a Refusal, having written nothing.
    """
    facts = facts_reader.lock_subject(tx, ref, actor=actor, scope=None, data={})
    move = undoing(tx, facts, actor=actor, at=at, version=version)
    return write(tx, replace(move, note=read((REASON,), {"reason": reason})["reason"], payload=payload))


def undoing(tx: Connection, facts: Facts, *, actor: Actor, at: datetime, version: Versions) -> Move:
    """The move that reverts the last step, still without a reason; writes nothing. Raises a Refusal."""
    if not may_see(facts):
        raise NotFound
    lifecycle = lifecycle_of(facts)
    entry = _last_entry(tx, facts.ref)
    row = _row_of(lifecycle, entry)
    if row is None or not any(RULES[name](facts) for name in row.undo):
        sentence = _("The last step cannot be taken back, or not by you.")
        raise NotAllowed([missing("cannot_undo", sentence, *(row.undo if row else ()))])
    if not is_fresh(version, facts.version) or entry.version != facts.version:
        raise Stale(facts.version, last_change(tx, facts))
    if rests := resting(facts):
        raise NotReady([rests])
    if facts.ref.kind == "edition" and went_on(tx, facts.ref.id, entry.at):
        sentence = _("The edition has gone on since then: conferences, meetings, projects or agreements have moved. "
                     "The step can no longer be taken back.")  # fmt: skip
        raise NotReady([missing("went_on", sentence)])
    role = next(name for name in row.undo if RULES[name](facts))
    return replace(_undoing(lifecycle, facts, entry, role, actor, at), since=_since(tx, lifecycle, facts.ref, entry))


def may_undo(facts: Facts, entry_row: str, entry_version: int) -> bool:
    """Whether the actor may take back the last step, given the row of the last entry."""
    lifecycle = lifecycle_of(facts)
    row = next((one for one in lifecycle.rows if one.id == entry_row), None)
    return row is not None and entry_version > 1 and any(RULES[name](facts) for name in row.undo)


def _last_entry(tx: Connection, ref: Ref) -> Any:
    h, c = HistoryEntry, HistoryContent
    return tx.execute(
        select(h.row, h.version, h.from_state, h.at, c.before).outerjoin(c, c.history_id == h.id)
        .where(h.subject_kind == ref.kind, h.subject_id == ref.id).order_by(h.version.desc()).limit(1)
    ).one()  # fmt: skip


def _row_of(lifecycle: Lifecycle, entry: Any) -> Step | None:
    if entry.from_state is None or not entry.before:
        return None
    return next((one for one in lifecycle.rows if one.id == entry.row), None)


def _undoing(lifecycle: Lifecycle, facts: Facts, entry: Any, role: str, actor: Actor, at: datetime) -> Move:
    before = entry.before
    change = Change(columns=typed(facts.ref.kind, before["columns"]), recorded=dict(before["recorded"]))
    return Move(
        lifecycle=lifecycle, facts=facts, row=UNDO, step=UNDO, target=entry.from_state,
        previous_state=before["previous_state"], role=role, actor=actor, at=at,
        topic=f"{facts.ref.kind}.step_undone", change=change, reminded_until=entry.at,
        data={"undoes": entry.version, "row": entry.row},
    )  # fmt: skip


def _since(tx: Connection, lifecycle: Lifecycle, ref: Ref, undone: Any) -> datetime | None:
    """Since when the subject was in the state that it goes back to; dates of the clock are counted from then."""
    h, c = HistoryEntry, HistoryContent
    query = select(h.version, h.row, h.at, c.data).outerjoin(c, c.history_id == h.id)
    query = query.where(h.subject_kind == ref.kind, h.subject_id == ref.id, h.version < undone.version)
    records, taken_back = {row.id for row in lifecycle.records}, set[int]()
    for entry in tx.execute(query.order_by(h.version.desc())):
        if entry.row == UNDO:
            taken_back.add(int(entry.data["undoes"]))
        elif entry.version not in taken_back and entry.row not in records:
            at: datetime = entry.at
            return at
    return None
