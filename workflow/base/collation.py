"""Polish words for machines: folded for searching, keyed for sorting, on every database alike."""

import re
import unicodedata
from functools import lru_cache

# The Polish alphabet puts each marked letter right after its plain one (ł after l, ą after a).
_ORDER = {letter: f"{i:02d}" for i, letter in enumerate("aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż", start=10)}
_FOLD = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
# Written without spaces, so that each of them is a word to be found by: Chinese and Japanese.
_WORDS_OF_ONE = re.compile(
    r"([\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
# Pictures that people write: everything from the oldest pictograms on, but for what only varies one of them.
_PICTURES = 0x2600
KEY_LENGTH = 400


def fold(text: str) -> str:
    """Lower-case plain letters and digits with single spaces: "Żłobek – Łosice" is "zlobek losice".

    The same for every form in which the same text may be written. Letters of all scripts stay, without their accents;
    a picture (emoji) is a word of its own, and what nobody sees is nothing.
    """
    if text.isascii():
        return _SIGNS.sub(" ", text.lower()).strip()
    lower = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKD", lower).translate(_FOLD)
    kept = "".join(_folded(letter) for letter in plain if not unicodedata.combining(letter))
    return " ".join(_WORDS_OF_ONE.sub(r" \1 ", unicodedata.normalize("NFC", kept)).split())


_SIGNS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    """What of a letter counts: the letter, nothing, or a space between words."""
    kind = unicodedata.category(letter)
    if kind[0] in "LN" or kind == "Mc":
        return letter
    if kind == "Mn":
        return "" if "VARIATION SELECTOR" in unicodedata.name(letter, "") else letter
    if kind in ("Cf", "Me", "Sk"):
        return ""
    if kind == "So" or (kind == "Cn" and ord(letter) >= 0x1F000):
        return f" {letter} " if ord(letter) >= _PICTURES else " "
    return " "


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
