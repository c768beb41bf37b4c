"""Header values cleaned by our own hand: in Python 3.11 an encoded word can smuggle a header in."""

import unicodedata
from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader, UnstructuredHeader
from email.policy import SMTP, Policy

LONGEST = 200


class AddressOnOneLine(UnstructuredHeader):
    """A header that holds one web address: never folded or encoded, which no program that follows it would undo."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


class WholeSubject(UniqueUnstructuredHeader):
    """A subject encoded as one text: folded word by word, Python 3.11 doubles spaces beside encoded words."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        text = str(self)
        words = Header(text, "us-ascii" if text.isascii() else "utf-8", header_name=self.name)  # type: ignore[attr-defined]
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"  # type: ignore[attr-defined]


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("subject", WholeSubject)  # type: ignore[arg-type]
_REGISTRY.map_to_type("list-unsubscribe", AddressOnOneLine)  # type: ignore[arg-type]
LETTER = SMTP.clone(header_factory=_REGISTRY)
# RFC 2047 marks an encoded word with these; in a text that people wrote they mean nothing.
MARKS = ("=?", "?=")


def clean_header(value: str) -> str:
    """One line of printable text without encoded words, at most LONGEST characters."""
    if value.isascii() and value.isprintable() and len(value) <= LONGEST and not any(mark in value for mark in MARKS):
        return " ".join(value.split())
    text = "".join(" " if _is_unsafe(letter) else letter for letter in value)
    while any(mark in text for mark in MARKS):
        for mark in MARKS:
            text = text.replace(mark, "")
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _is_unsafe(letter: str) -> bool:
    # Cc: CR, LF, NUL and other controls; Cf: marks that turn the direction of text; Cs: halves of a pair;
    # Zl and Zp: the line and paragraph separators of Unicode.
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
