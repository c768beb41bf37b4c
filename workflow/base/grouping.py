"""Values in groups: by what they belong to, or so many at a time."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


def grouped(pairs: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    """The second of each pair by the first, keys and items in the order in which they come."""
    groups: dict[Key, list[Item]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups


def in_chunks(values: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The values in their order, so many at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))
