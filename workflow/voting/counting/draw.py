"""The draw: an order of tied options from a seed that was committed to beforehand and a word said in the hall."""

import hashlib
from collections.abc import Iterable

from workflow.voting.counting.election import TieOrder


def commitment(seed: str, poll: str) -> str:
    """What is published when a poll opens: SHA-256 of the seed and the poll's reference, as hexadecimal digits."""
    return _digest(seed, poll)


def drawn_order(seed: str, word: str, keys: Iterable[str]) -> TieOrder:
    """The options by ascending SHA-256 of seed, word and key."""
    return TieOrder(tuple(sorted(keys, key=lambda key: (_digest(seed, word, key), key))))


def _digest(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode("utf-8")).hexdigest()
