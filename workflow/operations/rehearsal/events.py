"""What the clock did to the subjects of a rehearsal: steps that it took, reminders, and what waits for somebody."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.base.errors import Missing
from workflow.base.grouping import in_chunks
from workflow.base.i18n import _
from workflow.db.database import Database
from workflow.engine.command import StepCommand
from workflow.engine.facts_reader import KINDS, read_facts
from workflow.engine.preview import preview
from workflow.engine.timers import timer_of
from workflow.lifecycle.definition import Text
from workflow.models import HistoryEntry, OutboxRow, Proposal, Timer
from workflow.models.base import table_of
from workflow.notifications.topic_recipients import to_nobody
from workflow.rules.deadlines import plan
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.registry import lifecycle_of
from workflow.rules.states import OVER

NOT_YET = "not yet"
# Kinds of states from which something goes on by itself or by its people.
GOES_ON = ("initial", "normal")
BATCH = 500
BROKEN = (Missing("error", _("An error of the program kept the step from being taken.")),)
_ENTRY, _TIMER, _OUTBOX = table_of(HistoryEntry), table_of(Timer), table_of(OutboxRow)
_H, _T, _O = _ENTRY.c, _TIMER.c, _OUTBOX.c


class Happened(StrEnum):
    """What kind of thing happened."""

    STEP = "step"
    REMINDER = "reminder"
    WAITS = "waits"


class Event(Struct, frozen=True):
    """Something that the clock did, or could not do, with one subject."""

    at: datetime
    kind: Happened
    ref: Ref
    number: int
    title: str
    label: Text
    # Of a step: the state afterwards, and whether nothing more comes of the subject.
    state: Text | None = None
    is_over: bool = False
    # Of a step that waits: what stands in its way, and who can mend it.
    missing: tuple[Missing, ...] = ()
    # When people are reminded of the same subject next.
    reminded_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for somebody."""
        return self.kind is Happened.WAITS


class Remaining(Struct, frozen=True):
    """How many projects are in a state when a rehearsal ends, and who could take them further."""

    state: Text
    count: int
    who: tuple[str, ...]


class EventReader:
    """Reads what was written since it was asked last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.reading() as connection:
            self._entry = connection.execute(select(func.coalesce(func.max(_H.id), 0))).scalar_one()
            self._row = connection.execute(select(func.coalesce(func.max(_O.id), 0))).scalar_one()

    def read(self, at: datetime) -> tuple[Event, ...]:
        """What happened at a moment: steps, then reminders, then what waits."""
        with self._database.reading() as connection:
            entries = connection.execute(select(_ENTRY).where(_H.id > self._entry).order_by(_H.id)).all()
            notices = select(_OUTBOX).where(_O.id > self._row, _O.history_id.is_(None)).order_by(_O.id)
            reminders = connection.execute(notices).all()
            waiting = connection.execute(select(_TIMER).where(_T.outcome.startswith(NOT_YET), _T.due_at > at)).all()
            self._entry = entries[-1].id if entries else self._entry
            self._row = connection.execute(select(func.coalesce(func.max(_O.id), 0))).scalar_one()
            refs = {Ref(row.subject_kind, row.subject_id) for row in (*entries, *reminders, *waiting)}
            facts = _facts(connection, refs)
            return (
                *(_step(facts[_ref(row)], row) for row in entries),
                *(_reminder(facts[_ref(row)], row) for row in reminders if _ref(row) in facts),
                *_waiting(connection, [facts[_ref(row)] for row in waiting if _just_refused(row, at)], at),
            )


def _just_refused(row: Any, at: datetime) -> bool:
    """Whether it was refused at this moment: the sweep puts off what is not possible yet by an hour at most."""
    return bool(0 < (row.due_at - at).total_seconds() <= 3600)


def _ref(row: Any) -> Ref:
    return Ref(row.subject_kind, row.subject_id)


def _facts(connection: Connection, refs: set[Ref]) -> Mapping[Ref, Facts]:
    known = sorted((ref for ref in refs if ref.kind in KINDS), key=lambda ref: (ref.kind, ref.id))
    found: dict[Ref, Facts] = {}
    for chunk in in_chunks(known, BATCH):
        found |= read_facts(connection, chunk, actor=SYSTEM)
    return found


def _named(facts: Facts) -> tuple[int, str]:
    own = facts.own
    return own.get("number") or own.get("year") or facts.ref.id, own.get("title") or own.get("place") or ""


def _step(facts: Facts, row: Any) -> Event:
    lifecycle = lifecycle_of(facts)
    step = next((one for one in lifecycle.rows if one.id == row.row), None)
    state = lifecycle.states[row.to_state]
    is_over = row.from_state != row.to_state and state.kind not in GOES_ON
    label = step.label if step else Text(row.step, row.step)
    return Event(row.at, Happened.STEP, facts.ref, *_named(facts), label, state.label, is_over)


def _reminder(facts: Facts, row: Any) -> Event:
    lifecycle = lifecycle_of(facts)
    reminders = (one for one in lifecycle.reminders if row.topic in (one.before, one.after))
    label = next((one.label for one in reminders), Text(row.topic, row.topic))
    return Event(row.at, Happened.REMINDER, facts.ref, *_named(facts), label)


def _waiting(connection: Connection, refused: list[Facts], at: datetime) -> Iterator[Event]:
    """The steps that are due and were refused, each with the reasons."""
    for facts in refused:
        timer = timer_of(connection, facts.ref)
        lifecycle = lifecycle_of(facts)
        dues = plan(lifecycle, facts, since=timer.since)
        step = next((due.name for due in dues if due.reminder is None and due.at <= at), None)
        if step is not None:
            label, command = lifecycle.rows_named(step)[0].label, StepCommand(facts.ref, step, SYSTEM, at)
            reminded_at = min((due.at for due in dues if due.reminder and due.at > at), default=None)
            yield Event(at, Happened.WAITS, facts.ref, *_named(facts), label,
                        missing=_reasons(connection, command), reminded_at=reminded_at)  # fmt: skip


def _reasons(connection: Connection, command: StepCommand) -> tuple[Missing, ...]:
    seen = preview(connection, [command], recipients=to_nobody)
    if not seen.refusals:
        return BROKEN
    refusal = seen.refusals[0].refusal
    return refusal.missing or (Missing(refusal.code, refusal.sentence),)


def remaining(connection: Connection, edition_id: int) -> tuple[Remaining, ...]:
    """Where the projects of an edition are in the end, and who could take each of them further."""
    p = Proposal
    query = select(p.lifecycle, p.lifecycle_version, p.state, func.count(), func.min(p.id))
    query = query.where(p.edition_id == edition_id).group_by(p.lifecycle, p.lifecycle_version, p.state)
    found = []
    for *_table, state, count, example in connection.execute(query.order_by(func.min(p.id))):
        facts = read_facts(connection, [Ref("proposal", example)], actor=SYSTEM)[Ref("proposal", example)]
        lifecycle = lifecycle_of(facts)
        steps = (step for step in lifecycle.steps_from(state) if not step.is_record and step.timer is None)
        who = () if facts.edition["state"] in OVER else (name for step in steps for name in step.who)
        found.append(Remaining(lifecycle.states[state].label, count, tuple(dict.fromkeys(who))))
    return tuple(found)
