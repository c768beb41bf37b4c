"""The rows that the clock looks at: set on entering a state, gone with it, set anew when dates move."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from workflow import store, timers
from workflow.facts import SYSTEM, Facts, Ref
from workflow.lifecycle import Lifecycle
from workflow.models import Proposal, Timer
from workflow.tables import lifecycle_of


def set_timers(tx: Connection, lifecycle: Lifecycle, facts: Facts, *, since: datetime) -> None:
    """Put a row for each date ahead; a row for the same date that was set and dropped before wakes up again."""
    rows = [
        {"subject_kind": facts.ref.kind, "subject_id": facts.ref.id, "name": due.name, "state": facts.state,
         "due_at": due.at}
        for due in timers.plan(lifecycle, facts, since=since)
    ]  # fmt: skip
    for row in rows:
        same = [getattr(Timer, name) == row[name] for name in ("subject_kind", "subject_id", "name", "due_at")]
        woken = update(Timer).where(*same, Timer.outcome.in_(("", "left", "frozen")))
        if tx.execute(woken.values(done_at=None, outcome="", state=row["state"])).rowcount == 0:
            fired = tx.execute(Timer.__table__.select().where(*same)).first()
            if fired is None:
                tx.execute(insert(Timer).values(**row))


def drop_timers(tx: Connection, ref: Ref, *, at: datetime, outcome: str) -> None:
    """Take away what the clock still had to do for a subject."""
    tx.execute(
        update(Timer)
        .where(Timer.subject_kind == ref.kind, Timer.subject_id == ref.id, Timer.done_at.is_(None))
        .values(done_at=at, outcome=outcome)
    )


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
