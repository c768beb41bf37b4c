"""E-mail addresses: read as people paste them, kept and compared in one form, written as mail servers need them."""

import re
import unicodedata
from urllib.parse import unquote

import idna

LONGEST = 254
# What people paste around an address: mailto:, angle brackets after a name, and signs that belong to the sentence.
_SCHEME = re.compile(r"(?i:mailto:)(?://)?")
_WITH_NAME = re.compile(r"[^<>@]*<([^<>]+)>")
_AROUND = " \t\r\n,;.:\"'„”“’«»‹›()[]<>"
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")

# The names that servers have, also those that the rules of other alphabets would not give any more: ab--cd.org.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SERVER = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")

# A label that says that another alphabet follows, and has none.
_HALF = re.compile(r"(?:^|\.)xn--(?:\.|$)")


def read_address(typed: str) -> str | None:
    """The address in the form that is kept, or None where it is not certain which one is meant.

    In lower case and composed letters, the domain in its own alphabet. What was pasted around it is left out.
    """
    text = _without_scheme(_seen(typed))
    if named := _WITH_NAME.fullmatch(text.strip(" ,;.")):
        text = _without_scheme(named[1])
    local, at, domain = text.strip(_AROUND).partition("@")
    if not at or not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        return None
    readable = _domain(domain)
    if readable is None or len(local) + 1 + len(readable) > LONGEST:
        return None
    return f"{local.lower()}@{readable}"


def _without_scheme(text: str) -> str:
    """What a link to an address holds: without scheme and subject, and with its characters as they are meant."""
    if not _SCHEME.match(text):
        return text
    return _seen(unquote(_SCHEME.sub("", text, count=1).partition("?")[0]))


def _seen(text: str) -> str:
    """The text in composed letters, without what nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).strip() if unicodedata.category(sign) != "Cf")


def folded_address(typed: str) -> str:
    """An address as it is compared; what is none is in lower case and without spaces around it, and matches nobody."""
    return read_address(typed) or unicodedata.normalize("NFC", typed).strip().lower()


def domain_for_mail(domain: str) -> str:
    """A domain in the ASCII letters by which mail servers find each other; as it is where it has no such form."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


def _domain(typed: str) -> str | None:
    """A domain of at least two labels in its own alphabet, or as servers write it; None where mail cannot reach it."""
    name = typed.lower()
    if _SERVER.fullmatch(name) and "xn--" not in name:
        return name
    try:
        ascii_form = idna.encode(typed, uts46=True, transitional=False).decode("ascii")
        if "." not in ascii_form or ascii_form.rsplit(".", 1)[1].isdecimal():
            return None
        return unicodedata.normalize("NFC", idna.decode(ascii_form))
    except (idna.IDNAError, UnicodeError):
        return name if _SERVER.fullmatch(name) and not _HALF.search(name) else None
