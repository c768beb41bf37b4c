"""How an effect is written: it adds to a Change what else is written with the step; it writes nothing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from workflow.rules.facts import Attempt, Facts, Ref
from workflow.rules.membership_changes import AddMember, AddMembersOf, RemoveMember

# What goes with a step of a historical edition besides its answers, see `workflow.engine.machine`.
CLAIMS = frozenset({"as_published", "assumed"})


# In a row of another table: the number of the subject itself, which is not known before its first step is taken.
SELF = object()


class BoxChange(StrEnum):
    """What a step does with the box of a secret vote."""

    MAKE = "make"
    EMPTY = "empty"


@dataclass(slots=True)
class Change:
    """What a step writes besides the state: own columns, entries of the case file, people of the group."""

    columns: dict[str, Any] = field(default_factory=dict)
    # Name -> the new value; None takes the entry out of the file.
    recorded: dict[str, Any] = field(default_factory=dict)
    # Who comes into the group or gets another role in it, and who leaves it.
    join: list[AddMember | AddMembersOf] = field(default_factory=list)
    leave: list[RemoveMember] = field(default_factory=list)
    # Rows of other tables that belong to the step: (name of the table, values), inserted in the same transaction.
    rows: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    # Rows of other tables that the step changes: (name of the table, values of its key, new values).
    updates: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=list)
    # Rows of other tables that the step takes away before it inserts others: (name of the table, values of a key).
    removals: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    # What the system does with other subjects because of the step, in the same transaction: (which, record, answers).
    follow: list[tuple[Ref, str, Mapping[str, Any]]] = field(default_factory=list)
    # What the entry of the history says besides the answers.
    words: dict[str, Any] = field(default_factory=dict)
    # What happens to the timers of an edition's proposals: "reset" where its dates moved, "freeze" while it rests,
    # "thaw" where it goes on and the terms of its proposals move by the time it rested.
    timers: str = ""
    # What happens to the box of a secret vote and its key.
    box: BoxChange | None = None
    # Whether the seed of the edition's draw is committed to, where it has none yet.
    commits_draw: bool = False
    # Whether what may be public of the edition's documents is published with the step.
    publishes: bool = False

    def note(self, facts: Facts, name: str, entry: Mapping[str, Any]) -> None:
        """Add one more entry to a list in the case file."""
        self.recorded[name] = [*facts.entries(name), dict(entry)]


class EffectContext(Struct, frozen=True):
    """Everything an effect may read: the facts, the attempt, its answers, the doer."""

    facts: Facts
    attempt: Attempt
    step: str
    data: Mapping[str, Any]
    actor_id: int | None
    actor_name: str

    @property
    def at(self) -> datetime:
        """The moment of the step."""
        return self.attempt.at

    @property
    def answers(self) -> dict[str, Any]:
        """What the step asked for, without what is claimed about a source."""
        return {name: value for name, value in self.data.items() if name not in CLAIMS}

    def entry(self, **more: Any) -> dict[str, Any]:
        """An entry of the case file: who, when, and the answers."""
        return {"by": self.actor_id, "by_name": self.actor_name, "at": self.at.isoformat(), **plain(self.data), **more}


# Effects that write over what is kept: a field that was given empty takes out what was there.
OVERWRITING = frozenset({"write_sheet", "write_rules", "describe_group", "set_up_conference", "edit_milestone"})

Effect = Callable[[EffectContext, Change], None]
EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    """Register an effect under the name of its function."""
    EFFECTS[function.__name__] = function
    return function


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON keeps them: days and moments as ISO text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}
