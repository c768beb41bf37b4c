"""Numbers as `.pb` files write them, read without rounding."""

import re

from workflow.base.i18n import Sentence, _

# Some programs write 50 as 50.0.
WHOLE = re.compile(r"([0-9]{1,15})(?:\.0{1,2})?")
MONEY = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,2}))?")


class NotANumber(ValueError):
    """What was read instead of a number; `reason` is a sentence."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason.text)
        self.reason = reason


def whole(text: str) -> int:
    """A whole number of at least zero."""
    found = WHOLE.fullmatch(text)
    if not found:
        raise NotANumber(_("{value} is not a whole number of at least zero.", value=repr(text)))
    return int(found[1])


def grosze(text: str) -> int:
    """An amount in zloty with at most two decimals, in grosze."""
    if text.startswith("-"):
        raise NotANumber(_("{value} is negative.", value=repr(text)))
    found = MONEY.fullmatch(text)
    if not found:
        raise NotANumber(_("{value} is not an amount with at most two decimals after a point.", value=repr(text)))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def zloty(amount: int) -> str:
    """An amount in grosze as these files write it: "2458488.22", without decimals where there are none."""
    return f"{amount // 100}.{amount % 100:02d}" if amount % 100 else str(amount // 100)
