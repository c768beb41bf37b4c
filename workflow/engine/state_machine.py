"""The `transitions` machine of each lifecycle version: which steps leave a state, and to which state each one leads.

This is the only place where a state changes in memory; the table is read here once for each version, and nothing else
looks up which row fits a state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from transitions import EventData, Machine, Transition

from workflow.base.errors import NoSuchStep
from workflow.lifecycle.definition import PREVIOUS, Lifecycle, Step

# The state of a subject that does not exist yet: the steps that create one leave it.
NOT_CREATED = "(not created)"


@dataclass(slots=True)
class Position:
    """What a machine moves: the state of one subject, and the state that it left for the present one."""

    state: str
    previous_state: str | None = None


class RowTransition(Transition):
    """A row of the table from one of its states; open only to a subject that came from one of `came_from`."""

    def __init__(self, *arrow: Any, row: Step, came_from: tuple[str, ...], **callbacks: Any) -> None:
        super().__init__(*arrow, **callbacks)
        self.row = row
        self.came_from = came_from
        if came_from:
            self.conditions.append(self.condition_cls(self._is_open))

    def fits(self, previous_state: str | None) -> bool:
        """Whether a subject with this previous state may go this way."""
        return not self.came_from or previous_state in self.came_from

    def _is_open(self, event: EventData) -> bool:
        return isinstance(event.model, Position) and self.fits(event.model.previous_state)


class LifecycleMachine(Machine):
    """The states and transitions of one version of a table; it has no model of its own, so threads share it."""

    transition_cls = RowTransition

    def __init__(self, lifecycle: Lifecycle) -> None:
        super().__init__(
            model=None, states=[NOT_CREATED, *lifecycle.states], initial=None, auto_transitions=False, send_event=True
        )
        for row in lifecycle.rows:
            for source, target, came_from in _arrows(lifecycle, row):
                self.add_transition(row.name, source, target, row=row, came_from=came_from)


def _arrows(lifecycle: Lifecycle, row: Step) -> Iterator[tuple[str, str | None, tuple[str, ...]]]:
    """Source, target and required previous states of a row; a record has no target: it stays where it is."""
    for source in row.sources or (NOT_CREATED,):
        if row.target != PREVIOUS:
            yield source, row.target, row.came_from
            continue
        for target in lifecycle.targets(row, source):
            yield source, target, (target,)


@cache
def machine_of(lifecycle: Lifecycle) -> LifecycleMachine:
    """The machine of one version of a table, built once a process."""
    return LifecycleMachine(lifecycle)


@cache
def possible_steps(lifecycle: Lifecycle, state: str | None) -> tuple[str, ...]:
    """The names of the steps and records that the machine has for a state (None: those that create a subject)."""
    return tuple(machine_of(lifecycle).get_triggers(state or NOT_CREATED))


def row_for(lifecycle: Lifecycle, name: str, state: str | None, previous_state: str | None) -> Step | None:
    """The row of this name that leaves the state; None where there is none.

    Of several the one that fits the previous state, else the first, for which a guard then says what does not fit.
    """
    transitions = _transitions(lifecycle, name, state or NOT_CREATED)
    fitting = (one.row for one in transitions if one.fits(previous_state))
    return next(fitting, transitions[0].row if transitions else None)


def state_after(lifecycle: Lifecycle, name: str, state: str | None, previous_state: str | None) -> str:
    """Fire the step on a subject in this state and return the state that it is in then. Raises NoSuchStep."""
    position = Position(state or NOT_CREATED, previous_state)
    if not _transitions(lifecycle, name, position.state) or not machine_of(lifecycle).events[name].trigger(position):
        raise NoSuchStep(name, state)
    return position.state


def _transitions(lifecycle: Lifecycle, name: str, state: str) -> list[RowTransition]:
    event = machine_of(lifecycle).events.get(name)
    return cast("list[RowTransition]", event.transitions.get(state, [])) if event else []
