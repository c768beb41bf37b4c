"""The version of a page as its form sends it back."""

import re

_NUMBER = re.compile("0|[1-9][0-9]{0,8}", re.ASCII)


def version_in(text: str | None) -> int | None:
    """The version that a form sent, or None where it sent none or something else."""
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None
