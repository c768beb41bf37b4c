"""The tables that everything lives by: loaded and checked once a process."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from workflow.lifecycle.definition import Lifecycle, Names, Step, registry
from workflow.rules.deadlines import RULES as TIMER_RULES
from workflow.rules.effects import EFFECTS
from workflow.rules.facts import Facts
from workflow.rules.fields import INPUTS
from workflow.rules.guards import GUARDS, NEEDS_TOTALS, scope_of
from workflow.rules.permissions import RULES
from workflow.rules.topics import Topic
from workflow.rules.totals import Scope
from workflow.rules.verdicts import Verdict

NAMES = Names(
    guards=GUARDS.keys(),
    permissions=RULES.keys(),
    effects=EFFECTS.keys(),
    inputs=INPUTS.keys(),
    topics=frozenset(Topic),
    timers=TIMER_RULES.keys(),
    verdicts=frozenset(Verdict),
)


@cache
def tables() -> Mapping[tuple[str, int], Lifecycle]:
    """Every version of every table, checked; read once a process."""
    return registry(NAMES)


@cache
def newest(kind: str) -> Lifecycle:
    """The table that a new subject of a kind lives by."""
    return max((table for table in tables().values() if table.kind == kind), key=lambda table: table.version)


@cache
def newest_version(name: str) -> Lifecycle:
    """The newest version of a table, by the name of the table."""
    return max((table for (own, _), table in tables().items() if own == name), key=lambda table: table.version)


def lifecycle_of(facts: Facts) -> Lifecycle:
    """The table that a subject lives by: the newest version, or in a historical edition the one that it began with.

    The next entry of a subject that began by an older version names the newest; entries before keep theirs.
    """
    if facts.edition.get("historical"):
        return tables()[facts.lifecycle, facts.lifecycle_version]
    return newest_version(facts.lifecycle)


def table_for(kind: str, edition: Mapping[str, Any]) -> Lifecycle:
    """The table that a new subject lives by: in a historical edition the first, whose single steps sources state."""
    if not edition.get("historical"):
        return newest(kind)
    return min((table for table in tables().values() if table.kind == kind), key=lambda table: table.version)


def records_of(name: str) -> list[Step]:
    """The records of every version of a table: what an old one recorded is still in case files and histories."""
    return [row for (own, _), table in tables().items() if own == name for row in table.records]


@cache
def private_records(name: str) -> frozenset[str]:
    """What only the committee and the office read in a case file."""
    return frozenset(row.name for row in records_of(name) if row.private)


def scope_from(facts: Facts) -> Scope:
    """How much of the edition is read by the guards of all steps that leave the state of a subject."""
    table = lifecycle_of(facts)
    return _scope_from(table.name, table.version, facts.state)


@cache
def scope_of_step(kind: str, step: str) -> Scope | None:
    """How much of the edition the guards of a step look at, besides its own row; None where they do not."""
    rows = (row for table in tables().values() if table.kind == kind for row in table.rows_named(step))
    guards = {name for row in rows for name in row.guards}
    return scope_of(guards) if guards & NEEDS_TOTALS else None


@cache
def _scope_from(name: str, version: int, state: str | None) -> Scope:
    return scope_of(guard for row in tables()[name, version].steps_from(state) for guard in row.guards)
