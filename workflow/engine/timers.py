"""The clock's row of each subject: set when a state is entered or a date moves, in the transaction of the step.

A row is changed under the lock of its subject, or under the exclusive lock of the edition; the clock changes it only
while its `due_at` is still the one that it read, so nothing is done twice.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, literal, null, select, tuple_, update
from sqlalchemy.dialects import postgresql

from workflow.db.statements import Statement, Values, slot
from workflow.engine import facts_reader
from workflow.lifecycle.definition import Lifecycle
from workflow.models import Proposal, Timer
from workflow.models.base import table_of
from workflow.rules import deadlines
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.registry import lifecycle_of, tables

# Columns that dates of the clock are worked out from.
DATES = frozenset({"due_at", "submission_until", "report_due_at"})
BATCH = 400
_TIMER = table_of(Timer)
_T = _TIMER.c


def timer_statements(
    lifecycle: Lifecycle, facts: Facts, target: str, columns: Values, *, at: datetime, enters: bool, since: datetime,
    reminded_until: datetime,
) -> list[tuple[Statement, Values]]:  # fmt: skip
    """What a step does to the clock of its subject: set anew, looked at again, ended, or left as it is; pure.

    `columns` are those that the step writes. A state that is entered starts its dates, counted from `since`; reminders
    until `reminded_until` are over. Where only a date moved, they
    are worked out at the next sweep.
    """
    key = {"subject_kind": facts.ref.kind, "subject_id": facts.ref.id}
    if not deadlines.has_timers(lifecycle, target):
        return [(_END, key)] if deadlines.has_timers(lifecycle, facts.state) else []
    start = {**key, "state": target, "since": since, "reminded_until": reminded_until}
    if enters:
        own: Mapping[str, Any] = ChainMap(dict(columns), facts.own)  # type: ignore[arg-type]
        entered = replace(facts, state=target, due_at=own["due_at"], own=own)
        dues = deadlines.plan(lifecycle, entered, since=since)
        due_at = deadlines.next_moment(dues, at=at, reminded_until=reminded_until)
        return [(_SET, {**start, "due_at": due_at})]
    return [] if DATES.isdisjoint(columns) else [(_DUE_NOW, {**start, "due_at": at})]


def _upsert(*overwritten: str) -> Statement:
    names = ("subject_kind", "subject_id", "state", "since", "reminded_until", "due_at")
    # Of both dialects, which write this clause alike.
    row = postgresql.insert(_TIMER).values({name: slot(name, _T[name]) for name in names})
    changed = {name: row.excluded[name] for name in overwritten}
    return Statement(row.on_conflict_do_update(index_elements=names[:2], set_={**changed, "outcome": ""}))


_SET = _upsert("state", "since", "reminded_until", "due_at")
_DUE_NOW = _upsert("reminded_until", "due_at")
_END = Statement(
    update(_TIMER)
    .where(_T.subject_kind == slot("subject_kind", _T.subject_kind), _T.subject_id == slot("subject_id", _T.subject_id))
    .values(due_at=null(), outcome="")
)


def reset_edition(tx: Connection, edition_id: int, *, at: datetime, freeze: bool) -> None:
    """Let the clock look at all proposals of an edition again, after its dates moved; or at none while it rests.

    Reminders whose moment has passed by then are not sent any more. The edition is locked exclusively.
    """
    p = Proposal
    if freeze:
        here = _T.subject_id.in_(select(p.id).where(p.edition_id == edition_id))
        tx.execute(update(_TIMER).where(_T.subject_kind == "proposal", here).values(due_at=None, outcome="frozen"))
        return
    columns = ["subject_kind", "subject_id", "state", "since", "reminded_until", "due_at"]
    moment = literal(at, _T.due_at.type)
    rows = select(literal("proposal"), p.id, p.state, p.updated_at, moment, moment).where(
        p.edition_id == edition_id, p.state.in_(_timed_states())
    )
    row = postgresql.insert(_TIMER).from_select(columns, rows)
    changed = {name: row.excluded[name] for name in ("reminded_until", "due_at")}
    tx.execute(row.on_conflict_do_update(index_elements=columns[:2], set_={**changed, "outcome": ""}))


@cache
def _timed_states() -> tuple[str, ...]:
    """States of proposals, in any version of their table, in which the clock has something to do."""
    mine = (table for table in tables().values() if table.kind == "proposal")
    return tuple({state for table in mine for state in table.states if deadlines.has_timers(table, state)})


def due_subjects(connection: Connection, *, at: datetime, limit: int) -> list[Ref]:
    """The subjects that the clock has to look at, those first that have waited longest."""
    query = select(_T.subject_kind, _T.subject_id).where(_T.due_at <= at).order_by(_T.due_at).limit(limit)
    return [Ref(*row) for row in connection.execute(query)]


def timer_of(tx: Connection, ref: Ref) -> Any:
    """The clock's row of a subject; None where it has none."""
    return tx.execute(select(_TIMER).where(*_is(ref))).one_or_none()


def claim(tx: Connection, ref: Ref, seen: datetime, columns: Mapping[str, Any]) -> bool:
    """Write columns of a clock's row that is still due at the moment that was seen; False where it was changed."""
    changed = update(_TIMER).where(*_is(ref), _T.due_at == seen).values(dict(columns))
    return tx.execute(changed).rowcount == 1


def _is(ref: Ref) -> tuple[ColumnElement[bool], ...]:
    return _T.subject_kind == ref.kind, _T.subject_id == ref.id


def skip_reminders(tx: Connection, refs: Iterable[Ref], *, until: datetime) -> None:
    """Let the reminders of these subjects until a moment be over; what the clock has to do itself stays."""
    for ref, facts in facts_reader.read_facts(tx, refs, actor=SYSTEM).items():
        timer = timer_of(tx, ref)
        if timer is not None and timer.due_at is not None:
            reminded = max(timer.reminded_until, until)
            dues = deadlines.plan(lifecycle_of(facts), facts, since=timer.since)
            due_at = deadlines.next_moment(dues, at=until, reminded_until=reminded)
            tx.execute(update(_TIMER).where(*_is(ref)).values(reminded_until=reminded, due_at=due_at))


def end_timers(tx: Connection, refs: Iterable[Ref]) -> None:
    """Let the clock have nothing more to do with these subjects."""
    known = [(ref.kind, ref.id) for ref in refs]
    for start in range(0, len(known), BATCH):
        these = tuple_(_T.subject_kind, _T.subject_id).in_(known[start : start + BATCH])
        tx.execute(update(_TIMER).where(these).values(due_at=None))
