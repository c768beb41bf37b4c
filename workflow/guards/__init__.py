"""Only if: Facts and an Attempt -> None, or the Missing that says what is missing, who can mend it, until when.

A name in a table's `guards` is the name of a function in one of these files. Guards are pure and look at nothing but
their two arguments; one that checks an answer holds its peace while nobody has answered yet (`attempt.data` is None).
"""

from workflow.guards import (
    closing,
    conference,
    edition,
    files,
    group,
    implementation,
    origin,
    selection,
    sheet,
    submission,
    verification,
)
from workflow.guards.base import GUARDS, NEEDS_TOTALS, Guard, scope_of

__all__ = [
    "GUARDS",
    "NEEDS_TOTALS",
    "Guard",
    "closing",
    "conference",
    "edition",
    "files",
    "group",
    "implementation",
    "origin",
    "scope_of",
    "selection",
    "sheet",
    "submission",
    "verification",
]
