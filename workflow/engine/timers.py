"""The rows that the clock looks at: which of them a state makes, and all of an edition's anew when its dates move."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.engine import facts_reader
from workflow.engine.timer_sql import Timing, keep_time
from workflow.lifecycle.definition import Lifecycle
from workflow.models import Proposal
from workflow.rules import deadlines
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.registry import lifecycle_of

# Columns that dates of the clock are worked out from.
DATES = frozenset({"due_at", "submission_until"})


def set_timers(
    tx: Connection, lifecycle: Lifecycle, facts: Facts, target: str, columns: Mapping[str, Any], *, at: datetime,
    enters: bool,
) -> None:  # fmt: skip
    """Set the timers of a subject whose step was just written, where it entered a state or one of its dates moved.

    Rows of a state that was left mean nothing and are left to the clock, which finds that out when their moment comes;
    they end here where the subject gets new ones, so that those of an earlier stay in the same state do not count.
    """
    if not (enters or not DATES.isdisjoint(columns)) or not deadlines.has_timers(lifecycle, target):
        return
    own: Mapping[str, Any] = ChainMap(dict(columns), facts.own)  # type: ignore[arg-type]
    after = replace(facts, state=target, due_at=own["due_at"], own=own)
    keep_time(tx, facts.ref.kind, facts.ref.id, Timing(ends=True, ahead=_ahead(lifecycle, after, at)), state=target,
              at=at)  # fmt: skip


def _ahead(lifecycle: Lifecycle, facts: Facts, since: datetime) -> tuple[tuple[str, datetime], ...]:
    return tuple((due.name, due.at) for due in deadlines.plan(lifecycle, facts, since=since))


def reset_edition(tx: Connection, edition_id: int, *, at: datetime, freeze: bool) -> None:
    """Set the timers of all proposals of an edition anew, after its dates moved; or take them away while it rests."""
    ids = tx.execute(select(Proposal.id).where(Proposal.edition_id == edition_id).order_by(Proposal.id)).scalars()
    found = facts_reader.read_facts(tx, [Ref("proposal", one) for one in ids], actor=SYSTEM)
    for ref, facts in found.items():
        lifecycle, state = lifecycle_of(facts), facts.state or ""
        if deadlines.has_timers(lifecycle, state):
            ahead = () if freeze else _ahead(lifecycle, facts, at)
            timing = Timing(ends=True, ahead=ahead, outcome="frozen" if freeze else "left")
            keep_time(tx, ref.kind, ref.id, timing, state=state, at=at)
