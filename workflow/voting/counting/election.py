"""What is counted and what comes out of it: options, limits, outcomes and ties."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

Score = int | Fraction


class CountError(Exception):
    """A count that cannot be carried out; `figures` says with which numbers."""

    def __init__(self, reason: str, **figures: int | str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.figures = figures


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be voted for; the cost is in grosze."""

    key: str
    cost: int = 0
    exclusive_group: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Election:
    """The options and the limits; `None` means that there is no such limit."""

    options: tuple[Option, ...]
    budget: int | None = None
    places: int | None = None

    @property
    def by_key(self) -> Mapping[str, Option]:
        """The options by their keys."""
        return {option.key: option for option in self.options}


class TieKind(StrEnum):
    """At what moment of a count the tie was found."""

    BOUNDARY = "boundary"
    ROUND = "round"
    RESERVE = "reserve"
    WINNER = "winner"


@dataclass(frozen=True, slots=True)
class Tie:
    """Options between which the rule cannot choose; decisive where the choice changes who is selected."""

    kind: TieKind
    members: tuple[str, ...]
    decisive: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is selected, in the order of selection; `ties` were broken by the given order, or noted."""

    selected: tuple[str, ...]
    spent: int
    ties: tuple[Tie, ...] = ()
    # Only for Equal Shares with budget increases: the run that was kept, and whether the next one exceeded the budget.
    increment: int | None = None
    exceeded_next: bool = False

    @property
    def decisive(self) -> tuple[Tie, ...]:
        """The ties whose order has changed the selection."""
        return tuple(tie for tie in self.ties if tie.decisive)


@dataclass(frozen=True, slots=True)
class Undecided:
    """A decisive tie for which no order was given; nothing is selected."""

    tie: Tie
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TieOrder:
    """The order in which tied options are taken; it breaks a tie only if it names all its members."""

    keys: tuple[str, ...] = ()
    positions: Mapping[str, int] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", {key: position for position, key in enumerate(self.keys)})

    def breaks(self, members: Iterable[str]) -> bool:
        """Whether every member has a position."""
        return all(member in self.positions for member in members)

    def joins(self, members: Iterable[str]) -> bool:  # noqa: ARG002 - an order alone takes them one by one
        """Whether all members of a tie are taken, as a joint selection decides."""
        return False

    def sort(self, members: Iterable[str]) -> list[str]:
        """The members in this order; call it only where `breaks` holds."""
        return sorted(members, key=self.positions.__getitem__)


@dataclass(frozen=True, slots=True)
class RecordedOrders(TieOrder):
    """Ties that were broken one by one: each set of members has an order of its own."""

    orders: Mapping[frozenset[str], tuple[str, ...]] = field(default_factory=dict)
    # The members of ties that are all taken, because together they fit.
    joint: frozenset[frozenset[str]] = frozenset()

    def breaks(self, members: Iterable[str]) -> bool:
        """Whether a tie of exactly these members was broken."""
        return frozenset(members) in self.orders

    def sort(self, members: Iterable[str]) -> list[str]:
        """The members as they were ordered; call it only where `breaks` holds."""
        return list(self.orders[frozenset(members)])

    def joins(self, members: Iterable[str]) -> bool:
        """Whether all members of a tie are taken."""
        return frozenset(members) in self.joint


NO_ORDER = TieOrder()


def lexical(election: Election) -> TieOrder:
    """Every option by its key as a string: "10" before "9"."""
    return TieOrder(tuple(sorted(option.key for option in election.options)))


def cost_of(options: Iterable[Option]) -> int:
    """The sum of the costs, in grosze."""
    return sum(option.cost for option in options)


def room(election: Election, taken: Sequence[Option]) -> tuple[int | None, int | None]:
    """Money and places that are left after some options were taken."""
    money = None if election.budget is None else election.budget - cost_of(taken)
    places = None if election.places is None else election.places - len(taken)
    return money, places


def together(election: Election, outcome: Outcome, order: TieOrder) -> Outcome:
    """The outcome with every member of the ties that a joint selection has broken, after the others.

    Raises CountError where they do not fit with places, money and exclusions.
    """
    joined = [key for tie in outcome.ties if order.joins(tie.members) for key in order.sort(tie.members)]
    added = [key for key in dict.fromkeys(joined) if key not in outcome.selected]
    if not added:
        return outcome
    taken = [election.by_key[key] for key in (*outcome.selected, *added)]
    money, places = room(election, taken)
    groups = [option.exclusive_group for option in taken if option.exclusive_group is not None]
    if (money is not None and money < 0) or (places is not None and places < 0) or len(set(groups)) < len(groups):
        raise CountError("together_too_much", members=", ".join(sorted(joined)))
    return replace(outcome, selected=(*outcome.selected, *added), spent=cost_of(taken))
