"""Pages of a list that is read as a whole, numbered in the address (`?strona=2`); long lists go by cursors instead."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from flask import request
from msgspec import Struct

Row = TypeVar("Row")


class NumberedPage(Struct, Generic[Row], frozen=True):
    """The rows of one page, and the addresses of those before and after it."""

    rows: Sequence[Row]
    prev_url: str | None
    next_url: str | None


def page_of(rows: Sequence[Row], *, size: int, url: Callable[[int], str]) -> NumberedPage[Row]:
    """The page of which the address names the number, the first where it names none; `url` makes an address of one."""
    number = max(request.args.get("strona", 1, type=int), 1)
    end = number * size
    before, after = number > 1, len(rows) > end
    return NumberedPage(rows[end - size : end], url(number - 1) if before else None, url(number + 1) if after else None)
