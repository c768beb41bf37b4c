"""The tables that everything lives by: loaded and checked once a process."""

from collections.abc import Mapping
from functools import cache

from workflow.lifecycle.definition import Lifecycle, Names, registry
from workflow.rules.deadlines import RULES as TIMER_RULES
from workflow.rules.effects import EFFECTS
from workflow.rules.facts import Facts, Scope
from workflow.rules.fields import INPUTS
from workflow.rules.guards import GUARDS, NEEDS_TOTALS, scope_of
from workflow.rules.permissions import RULES
from workflow.rules.topics import Topic

NAMES = Names(
    guards=GUARDS.keys(),
    permissions=RULES.keys(),
    effects=EFFECTS.keys(),
    inputs=INPUTS.keys(),
    topics=frozenset(Topic),
    timers=TIMER_RULES.keys(),
)


@cache
def tables() -> Mapping[tuple[str, int], Lifecycle]:
    """Every version of every table, checked; read once a process."""
    return registry(NAMES)


@cache
def newest(kind: str) -> Lifecycle:
    """The table that a new subject of a kind lives by."""
    return max((table for table in tables().values() if table.kind == kind), key=lambda table: table.version)


def lifecycle_of(facts: Facts) -> Lifecycle:
    """The version of the table that a subject runs on."""
    return tables()[facts.lifecycle, facts.lifecycle_version]


def scope_from(facts: Facts) -> Scope:
    """How much of the edition is read by the guards of all steps that leave the state of a subject."""
    return _scope_from(facts.lifecycle, facts.lifecycle_version, facts.state)


@cache
def scope_of_step(kind: str, step: str) -> Scope | None:
    """How much of the edition the guards of a step look at, besides its own row; None where they do not."""
    rows = (row for table in tables().values() if table.kind == kind for row in table.rows_named(step))
    guards = {name for row in rows for name in row.guards}
    return scope_of(guards) if guards & NEEDS_TOTALS else None


@cache
def _scope_from(name: str, version: int, state: str | None) -> Scope:
    return scope_of(guard for row in tables()[name, version].steps_from(state) for guard in row.guards)
