"""Ballots: what each method lets a voter mark, and equal ballots put together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# A mark is an option's key and a number: 1 for a choice or an approval, the points, or the place of a ranking from 0.
Mark = tuple[str, int]
Choice = tuple[Mark, ...]

FOR, AGAINST, ABSTAIN = "for", "against", "abstain"


class Method(StrEnum):
    """How a poll is voted in."""

    AYES = "ayes"
    CHOOSE = "choose"
    APPROVE = "approve"
    POINTS = "points"
    RANK = "rank"


class Fault(StrEnum):
    """Why a choice is not legal."""

    UNKNOWN = "unknown_option"
    REPEATED = "repeated_option"
    TOO_MANY = "too_many_options"
    NUMBER = "wrong_number"
    EACH = "too_many_points_for_one"
    TOTAL = "too_many_points"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a legal choice is; `None` means that there is no such limit."""

    method: Method
    keys: frozenset[str]
    max_choices: int | None = None
    points_total: int | None = None
    points_each: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Equal ballots; with weights in place of numbers once they have been weighed."""

    choice: Choice
    count: int


def choice(method: Method, marks: Iterable[Mark]) -> Choice:
    """The one form of a choice: a ranking by place, everything else by key."""
    return tuple(sorted(marks, key=(lambda mark: (mark[1], mark[0])) if method is Method.RANK else None))


def group(choices: Iterable[Choice]) -> tuple[Group, ...]:
    """Equal choices together with their number, in a fixed order."""
    return tuple(Group(marked, count) for marked, count in sorted(Counter(choices).items()))


def regroup(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Groups of equal choices joined."""
    counted: Counter[Choice] = Counter()
    for equal in groups:
        counted[equal.choice] += equal.count
    return tuple(Group(marked, count) for marked, count in sorted(counted.items()))


def fault(marked: Choice, terms: Terms) -> Fault | None:
    """What is wrong with a choice; a blank one is legal, except where one answers for or against."""
    keys = [key for key, _number in marked]
    if not terms.keys.issuperset(keys):
        return Fault.UNKNOWN
    if len(set(keys)) != len(keys):
        return Fault.REPEATED
    if len(keys) > _most(terms):
        return Fault.TOO_MANY
    if terms.method is Method.AYES and not keys:
        return Fault.EMPTY
    return _fault_of_numbers([number for _key, number in marked], terms)


def _most(terms: Terms) -> int:
    if terms.method in {Method.AYES, Method.CHOOSE}:
        return 1
    return len(terms.keys) if terms.max_choices is None else terms.max_choices


def _fault_of_numbers(numbers: list[int], terms: Terms) -> Fault | None:
    if terms.method is Method.RANK:
        return None if numbers == list(range(len(numbers))) else Fault.NUMBER
    if terms.method is not Method.POINTS:
        return None if all(number == 1 for number in numbers) else Fault.NUMBER
    if any(number < 0 for number in numbers):
        return Fault.NUMBER
    if terms.points_each is not None and any(number > terms.points_each for number in numbers):
        return Fault.EACH
    return Fault.TOTAL if terms.points_total is not None and sum(numbers) > terms.points_total else None
