"""Which characters the fonts of the typesetter have: nothing pasted may keep a sheet from being printed."""

import unicodedata

# Latin, Greek, Cyrillic, punctuation, currencies, fractions, arrows, mathematics, bullets: found by printing each one.
RANGES = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF), (0x370, 0x377), (0x384, 0x38A), (0x38E, 0x3A1), (0x3A3, 0x482),
    (0x48A, 0x4FF), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x202F, 0x205E), (0x2070, 0x2071), (0x2074, 0x208E),
    (0x20A0, 0x20C0), (0x2100, 0x211E), (0x2122, 0x2122), (0x2126, 0x2126), (0x2150, 0x2184), (0x2190, 0x23FF),
    (0x25A0, 0x25FF), (0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2714), (0x2717, 0x2718), (0xFB00, 0xFB06),
)  # fmt: skip
# Stands where a character cannot be printed, an emoji for example.
PLACEHOLDER = "□"
# Parts of pictures and letters that are nothing by themselves.
SILENT = frozenset({"Mn", "Me", "Cf", "Sk"})


def printable(text: str) -> str:
    """The text with everything that the fonts can show; a picture or a foreign letter becomes a small square."""
    return "".join(_shown(letter) for letter in unicodedata.normalize("NFC", text))


def _shown(letter: str) -> str:
    if letter == "\n" or any(low <= ord(letter) <= high for low, high in RANGES):
        return letter
    kind = unicodedata.category(letter)
    if letter.isspace() or kind in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    return "" if kind in SILENT else PLACEHOLDER
