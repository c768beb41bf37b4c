"""Polish words for machines: folded for searching, keyed for sorting, on every database alike."""

import re
import unicodedata

# The Polish alphabet puts each marked letter right after its plain one (ł after l, ą after a).
_ORDER = {letter: f"{i:02d}" for i, letter in enumerate("aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż", start=10)}
_FOLD = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "ß": "ss", "đ": "d"})
KEY_LENGTH = 400


def fold(text: str) -> str:
    """Lower-case plain letters and digits with single spaces: "Żłobek – Łosice" is "zlobek losice"."""
    plain = unicodedata.normalize("NFKD", text.translate(_FOLD))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def sort_key(text: str) -> str:
    """A key whose byte order is the order of a Polish dictionary; quotes and dashes do not count."""
    keyed = []
    for letter in unicodedata.normalize("NFC", text).lower():
        if letter in _ORDER:
            keyed.append(_ORDER[letter])
        elif letter.isdigit():
            keyed.append(f"0{letter}")
        elif letter.isspace() and keyed and keyed[-1] != "00":
            keyed.append("00")
        elif letter.isalpha():
            keyed.append(_ORDER.get(fold(letter)[:1], "99"))
    return "".join(keyed)[:KEY_LENGTH]
