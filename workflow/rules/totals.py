"""How much of an edition a decision reads beside its subject, and what the edition amounts to as far as it was read."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from workflow.rules.states import FUNDED


class Part(StrEnum):
    """What may be read of an edition, besides counts of its proposals."""

    CONFERENCES = "conferences"
    COMMITTEE = "committee"
    AGREEMENT = "agreement"
    # Positions taken on the reserve list, offers, and places that became free again.
    RESERVE = "reserve"
    # Longer terms that groups were given and have not used yet.
    EXTENSIONS = "extensions"
    # Meetings that took effective decisions and whose minutes are not approved.
    MINUTES = "minutes"
    # Members of the committee who owe declarations about presented projects.
    DECLARATIONS = "declarations"
    # Terms for appeals that are counted from another day than the announcement.
    APPEAL_TERMS = "appeal_terms"


# Every state there is, where a scope counts the whole edition.
EVERY = "*"


class Scope(Struct, frozen=True):
    """How much of an edition is read: the states whose proposals are counted, and its other parts."""

    states: frozenset[str] = frozenset()
    parts: frozenset[Part] = frozenset()

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(self.states | other.states, self.parts | other.parts)

    def counts(self, *states: str) -> bool:
        """Whether the proposals in all these states are counted."""
        return EVERY in self.states or self.states.issuperset(states)

    def covers(self, other: "Scope") -> bool:
        """Whether everything of the other scope is read here too."""
        return self.counts(*other.states) and self.parts >= other.parts


NARROW = Scope()
WHOLE = Scope(frozenset({EVERY}), frozenset(Part))


class Totals(Struct, frozen=True):
    """What an edition amounts to, as far as it was read; conferences as (number, state, is_summary, starts_at)."""

    scope: Scope = WHOLE
    proposals: Mapping[str, int] = field(default_factory=dict)
    conferences: tuple[tuple[int, str, bool, datetime | None], ...] = ()
    committee: Mapping[str, int] = field(default_factory=dict)
    committee_ids: frozenset[int] = frozenset()
    first_reserve: int | None = None
    taken_positions: frozenset[int] = frozenset()
    longer_terms: tuple[datetime, ...] = ()
    appeal_terms: tuple[datetime, ...] = ()
    freed: int = 0
    # Running offers of a place, their cost, and positions that a resolution promotes and nobody has offered a place to.
    offers: int = 0
    offered_cost: int = 0
    promoted_positions: frozenset[int] = frozenset()
    funded_cost: int = 0
    agreement_state: str | None = None
    partners: int = 0
    open_minutes: tuple[int, ...] = ()
    undeclared: tuple[str, ...] = ()

    @property
    def extended_until(self) -> datetime | None:
        """The longest term that a group was given and has not used yet."""
        return max(self.longer_terms, default=None)

    @property
    def funded(self) -> int:
        """How many proposals take a place of the edition."""
        return self.of(*FUNDED)

    def of(self, *states: str) -> int:
        """How many proposals are in these states; LookupError where they were not counted."""
        if not self.scope.counts(*states):
            raise LookupError(f"nobody counted the proposals that are {', '.join(states)}")
        return sum(self.proposals.get(state, 0) for state in states)
