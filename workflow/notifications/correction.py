"""What a correction says of the letter that it takes back."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class Correction(Struct, frozen=True):
    """What a letter takes back: the subject line of the earlier one by language, its moment, and words of its own."""

    subjects: Mapping[str, str]
    at: datetime
    # Written by whoever took the step back, instead of the usual sentence.
    text: str = ""
