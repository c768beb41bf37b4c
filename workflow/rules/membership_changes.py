"""Who comes into a group and who leaves it, as a step says it; `workflow.engine.membership` writes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a step gives somebody, or leaves to them with another role; without a number only a name."""

    person: int | None
    name: str = ""
    role: str = "edit"


@dataclass(frozen=True, slots=True)
class Guests:
    """Everybody who works on a proposal that is merged into this one."""

    proposal: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves: a person, a place that has only a name, or the guests of a proposal except those who lead here."""

    person: int | None = None
    member: int | None = None
    guests_of: int | None = None
    but: frozenset[int] = frozenset()
