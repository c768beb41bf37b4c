"""The tables that everything lives by: loaded and checked once a process."""

from collections.abc import Mapping
from functools import cache

from workflow.effects import EFFECTS
from workflow.events import Topic
from workflow.facts import Facts
from workflow.guards import GUARDS
from workflow.inputs import INPUTS
from workflow.lifecycle import Lifecycle, Names, registry
from workflow.permissions import RULES
from workflow.timers import RULES as TIMER_RULES

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
    return max((one for one in tables().values() if one.kind == kind), key=lambda one: one.version)


def lifecycle_of(facts: Facts) -> Lifecycle:
    """The version of the table that a subject runs on."""
    return tables()[facts.lifecycle, facts.lifecycle_version]
