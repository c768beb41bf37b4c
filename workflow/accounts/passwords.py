"""Passwords: how they are kept (argon2id), compared in even time, and which ones are refused."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflow.base.i18n import Sentence, _

SHORTEST = 12
LONGEST = 200
FEWEST_LETTERS = 5

# The smallest setting that OWASP recommends: two hundred people sign in to a conference within minutes.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """The salted argon2id hash to keep; of the composed form, whatever form a keyboard sends."""
    return HASHER.hash(unicodedata.normalize("NFKC", password))


def _forms(password: str) -> list[str]:
    """The forms in which the same password may have been hashed: composed today, as it was typed before that."""
    first = (unicodedata.normalize(form, password) for form in ("NFKC", "NFC", "NFD"))
    return list(dict.fromkeys((*first, password)))


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("nobody has this password")


def matches(hashed: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for an account that is not there or has no password."""
    return any(_verifies(hashed or _nobodys_hash(), form[:LONGEST]) for form in _forms(password)) and bool(hashed)


def _verifies(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(hashed)


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())


def objection(password: str, *, about: tuple[str, ...] = ()) -> Sentence | None:
    """Why this password is refused, or None; `about` holds the person's own words, such as name and address."""
    password = unicodedata.normalize("NFKC", password)
    if len(password) < SHORTEST:
        return _("Use at least {count} characters. Several words in a row are easy to remember.", count=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most {count} characters.", count=LONGEST)
    folded = password.casefold()
    core = re.sub(r"[\W\d_]+", "", folded)
    if len(set(folded)) < FEWEST_LETTERS or folded in _common() or core in _common():
        return _("This password is among the first that others would try. Choose another one.")
    rest = folded
    own = {word for text in about for word in re.split(r"\W+", text.casefold()) if len(word) > 2}
    for word in sorted(own, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != folded and len(rest) < SHORTEST // 2:
        return _("This password is too close to your name or address. Choose another one.")
    return None
