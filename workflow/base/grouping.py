"""Values in groups: by what they belong to, or so many at a time."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


def grouped(pairs: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    """The second of each pair by the first, both in the order in which they come; other keys have an empty list."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return groups


def in_chunks(values: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The values in their order, so many at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))
