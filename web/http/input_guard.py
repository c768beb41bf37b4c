"""Text that no database can store is refused before any page sees it; the refusal names the field."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.exceptions import BadRequest

# NUL, the mark that decoding puts where the bytes made no sense, and halves of letters.
WRONG = re.compile("[\x00\ufffd\ud800-\udfff]")


class UnreadableText(BadRequest):
    """Text with a NUL, or that is no Unicode; its description is written by us and may be shown."""


def is_wrong(text: str) -> bool:
    """Whether the text has a NUL or was not valid Unicode."""
    return WRONG.search(text) is not None


def in_pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    """Names and values as they came; the framework would hide bytes that are no Unicode."""
    for pair in encoded.replace(b"+", b" ").split(b"&"):
        name, _, value = (unquote_to_bytes(part).decode("utf-8", "replace") for part in pair.partition(b"="))
        yield "name of a field", name
        yield name, value


def texts() -> Iterator[tuple[str, str]]:
    """Every text of this request: path, query, form, names of files. JSON is read, and refused, by the API alone."""
    yield "path", request.path
    yield from in_pairs(request.query_string)
    if request.mimetype == "application/x-www-form-urlencoded":
        yield from in_pairs(request.get_data(cache=True))
    else:
        for name, value in request.form.items(multi=True):
            yield "name of a field", name
            yield name, value
    for name, file in request.files.items(multi=True):
        yield name, file.filename or ""


def wrong_field() -> str | None:
    """The first field whose text cannot be stored, or None; its name is safe to show."""
    field = next((name for name, text in texts() if is_wrong(text)), None)
    return None if field is None else "".join(c if c.isprintable() else "?" for c in field)[:60]
