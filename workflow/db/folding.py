"""Text folded by the database as `base.collation.fold` folds it, to find rows by words whatever their form."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column

# The name of the function that every connection to SQLite brings with it, see `dialect`.
FOLD = "fold_text"
# What the database itself would keep: accents that stand alone, and what nobody sees.
_LEFT_OUT = "[\\u0300-\\u036f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufe00-\\ufe0f\\ufeff]"
# The database may know the capitals of English alone.
_CAPITALS = {
    letter: letter.casefold() for letter in map(chr, range(0x80, 0x2000))
    if letter.casefold() != letter and len(letter.casefold()) == 1 and unicodedata.is_normalized("NFKD", letter)
}  # fmt: skip
_PLAIN = _CAPITALS | dict(zip("łŁøØđĐı", "llooddi", strict=True))
_LETTERS = ("".join(_PLAIN), "".join(_PLAIN.values()))
_LONGER = {"ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe"}


def folded_column(tx: Connection, column: Any) -> ColumnElement[str]:
    """A text in which the words of a folded question are found; its signs may stand between them."""
    if tx.dialect.name == "sqlite":
        written: ColumnElement[str] = getattr(func, FOLD)(column)
        return written
    plain = func.regexp_replace(func.normalize(column, literal_column("NFKD")), _LEFT_OUT, "", "g")
    plain = func.lower(func.translate(plain, *_LETTERS))
    for letter, letters in _LONGER.items():
        plain = func.replace(plain, letter, letters)
    return func.normalize(plain, literal_column("NFC"))
