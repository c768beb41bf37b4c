"""The rows that the clock looks at: set on entering a state, gone with it, set anew when dates move."""

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow import store, timers
from workflow.facts import SYSTEM, Facts, Ref
from workflow.lifecycle import Lifecycle
from workflow.models import Proposal, Timer
from workflow.models.base import table_of
from workflow.tables import lifecycle_of

_TIMER = table_of(Timer)
_WAKES = ("", "left", "frozen")


@cache
def _setting(dialect: str) -> Executable:
    """One statement for a row that is new, one that was dropped before, and one that has been fired and stays so."""
    written = (postgresql if dialect == "postgresql" else sqlite).insert(_TIMER)
    found: Executable = written.on_conflict_do_update(
        index_elements=["subject_kind", "subject_id", "name", "due_at"],
        set_={"state": written.excluded.state, "done_at": None, "outcome": ""},
        # Each by itself: a list of values cannot be sent for many rows at once.
        where=or_(*(_TIMER.c.outcome == outcome for outcome in _WAKES)),
    )
    return found


_DROPPING = (
    update(_TIMER)
    .where(
        _TIMER.c.subject_kind == bindparam("kind"), _TIMER.c.subject_id == bindparam("number"),
        _TIMER.c.done_at.is_(None),
    )
    .values(done_at=bindparam("at"), outcome=bindparam("why"))
)  # fmt: skip


def set_timers(tx: Connection, lifecycle: Lifecycle, facts: Facts, *, since: datetime) -> None:
    """Put a row for each date ahead; a row for the same date that was set and dropped before wakes up again."""
    rows = [
        {"subject_kind": facts.ref.kind, "subject_id": facts.ref.id, "name": due.name, "state": facts.state,
         "due_at": due.at}
        for due in timers.plan(lifecycle, facts, since=since)
    ]  # fmt: skip
    if rows:
        tx.execute(_setting(tx.dialect.name), rows)


def drop_timers(tx: Connection, ref: Ref, *, at: datetime, outcome: str) -> None:
    """Take away what the clock still had to do for a subject."""
    tx.execute(_DROPPING, {"kind": ref.kind, "number": ref.id, "at": at, "why": outcome})


def reset_edition(tx: Connection, edition_id: int, *, at: datetime, freeze: bool) -> None:
    """Set the timers of all proposals of an edition anew, after its dates moved; or take them away while it rests."""
    ids = tx.execute(select(Proposal.id).where(Proposal.edition_id == edition_id).order_by(Proposal.id)).scalars()
    found = store.read_facts(tx, [Ref("proposal", one) for one in ids], actor=SYSTEM)
    for ref, facts in found.items():
        lifecycle = lifecycle_of(facts)
        if timers.has_timers(lifecycle, facts.state):
            drop_timers(tx, ref, at=at, outcome="frozen" if freeze else "left")
            if not freeze:
                set_timers(tx, lifecycle, facts, since=at)
