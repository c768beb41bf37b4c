"""The ways to a person."""

from enum import StrEnum


class Channel(StrEnum):
    """A way to a person."""

    EMAIL = "email"
    INBOX = "inbox"
    # Printed and handed over by the office.
    PAPER = "paper"
