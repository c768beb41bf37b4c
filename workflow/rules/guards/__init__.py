"""Only if: Facts and an Attempt -> None, or the Missing that says what is missing, who can mend it, until when.

A name in a table's `guards` is the name of a function in one of these files. Guards are pure and read nothing but
their arguments; one that checks an answer says nothing while there is no answer yet (`attempt.data` is None).
"""

from workflow.rules.guards import (
    appeals,
    cards,
    circulation,
    conferences,
    convening,
    edition_closing,
    editions,
    files,
    groups,
    hands,
    ideas,
    implementation,
    letters,
    meetings,
    minutes,
    motion_items,
    proxies,
    reserve,
    secret_votes,
    selection,
    settings,
    sheet,
    submission,
    verification,
)
from workflow.rules.guards.base import GUARDS, NEEDS_TOTALS, Guard, scope_of

__all__ = [
    "GUARDS",
    "NEEDS_TOTALS",
    "Guard",
    "appeals",
    "cards",
    "circulation",
    "conferences",
    "convening",
    "edition_closing",
    "editions",
    "files",
    "groups",
    "hands",
    "ideas",
    "implementation",
    "letters",
    "meetings",
    "minutes",
    "motion_items",
    "proxies",
    "reserve",
    "scope_of",
    "secret_votes",
    "selection",
    "settings",
    "sheet",
    "submission",
    "verification",
]
