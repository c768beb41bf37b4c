"""Characters that nobody sees or that turn the direction of writing: what is kept, and how others are shielded."""

import re
import unicodedata

# Nothing by themselves, wherever they stand: a byte order mark, and what is pasted between words unseen.
EMPTY = frozenset("\ufeff\u200b\u2060\u180e")
# What begins another direction, with what ends it again.
ENDS = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}
FIRST_STRONG, END = "\u2068", "\u2069"
# The scripts that are written from right to left, and the marks that turn a direction.
_TURNING = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Letters and signs that are drawn as nothing: fillers of Hangul, and a sign of Braille without a dot.
DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u3164\uffa0\u2800")
UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})


# Word, mail and web pages end a line by other signs than a text here does.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, and numbers that Unicode gives to no character: nobody sees them, and no XML file may hold them.
_ENDS_OF_PLANES = "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
_NO_CHARACTER = re.compile(f"[\x01-\x08\x0e-\x1b\x1f\x7f\ufdd0-\ufdef{_ENDS_OF_PLANES}]")


def readable(text: str) -> str:
    """The text with line feeds alone between its lines, and without what is no character to a reader."""
    return _NO_CHARACTER.sub("", _LINE_ENDS.sub("\n", text))


def in_one_line(text: str) -> str:
    """The text in one line: blanks and control characters become single spaces, what joins and marks letters stays.

    Emoji of several parts, Persian with its joiners and marks of direction are kept as they were written; what begins
    another direction and does not end it ends with the line.
    """
    spaced = "".join(" " if _parts(letter) else letter for letter in text if letter not in EMPTY)
    return closed(" ".join(spaced.split()))


def _parts(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp") or letter.isspace()


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of the text."""
    return all(
        letter in EMPTY or letter in DRAWN_AS_NOTHING or unicodedata.category(letter) in UNSEEN for letter in text
    )


def closed(text: str) -> str:
    """The text with an end for everything in it that begins another direction of writing."""
    open_ones: list[str] = []
    for letter in text:
        if letter in ENDS:
            open_ones.append(ENDS[letter])
        elif letter in open_ones:
            # As the standard has it: the end of an isolate ends what was begun within it, the other end only its own.
            while letter == END and open_ones[-1] != END:
                open_ones.pop()
            if open_ones[-1] == letter:
                open_ones.pop()
    return text + "".join(reversed(open_ones))


def isolated(text: str) -> str:
    """The text so that it cannot turn a sentence around it; as it is where it is written from left to right alone."""
    if text.isascii() or not _TURNING.search(text):
        return text
    return f"{FIRST_STRONG}{closed(text)}{END}"
