"""Reads what comes next in a thread of its own, while what was read before is being worked on."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Content = TypeVar("Content")


def read_ahead(read: Callable[[Part], Content], parts: Sequence[Part]) -> Iterator[tuple[Part, Content]]:
    """Each part with what was read of it; the next one is read at the same time. An error is raised in its turn.

    What is read ahead is wasted where the caller stops early; a single part is read in the caller's own thread.
    """
    if len(parts) < 2:
        yield from ((part, read(part)) for part in parts)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        coming = thread.submit(read, parts[0])
        for place, part in enumerate(parts, 1):
            content = coming.result()
            if place < len(parts):
                coming = thread.submit(read, parts[place])
            yield part, content
