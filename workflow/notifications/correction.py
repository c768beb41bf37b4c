"""What a correction says of the letter that it takes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What a letter takes back: the subject line of the earlier one by language, its moment, and words of its own."""

    subjects: Mapping[str, str]
    at: datetime
    # Written by whoever took the step back, instead of the usual sentence.
    text: str = ""
