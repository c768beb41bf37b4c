"""Reads what a program sends: strict JSON, known fields, right types; every fault names its field."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import request

from web.api.refusals import Malformed, WrongType
from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, _

DEEPEST = 6
KEY_LENGTH = 200
LARGEST_VERSION = 2**31 - 1
LARGEST_NUMBER = 10**11
NOTE_LENGTH = 20_000
NOT_ASKED = _("This call does not take this.")
NEEDED = _("This is needed.")


def read_body(*, known: Sequence[str]) -> dict[str, Any]:
    """The JSON object of this request. Raises WrongType, Malformed, or BadInput naming the fields."""
    if request.mimetype != "application/json":
        raise WrongType
    try:
        document = json.loads(request.get_data().decode(), object_pairs_hook=_once_each, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Malformed(_("The body is not valid UTF-8.")) from None
    except (ValueError, RecursionError):
        raise Malformed(_("The body is not valid JSON.")) from None
    if not isinstance(document, dict):
        raise Malformed(_("The body has to be a JSON object."))
    wrong = dict(_faults(document))
    wrong |= {plain(name): NOT_ASKED for name in document.keys() - set(known)}
    if wrong:
        raise BadInput(wrong)
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise Malformed(_("The field {field} is given twice.", field=plain(name)))
        fields[name] = value
    return fields


def _no_number(_word: str) -> None:
    raise ValueError


def plain(name: str) -> str:
    """The name of a field, safe to show."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:60]


def cannot_be_stored(text: str) -> bool:
    """Whether the text has a NUL or half of a character."""
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def _faults(value: Any, name: str = "body", depth: int = 0) -> Iterator[tuple[str, Sentence]]:
    """Texts, names and numbers that no database can hold, wherever they are in the document."""
    if isinstance(value, str) and cannot_be_stored(value):
        yield plain(name), _("This contains characters that cannot be stored.")
    elif isinstance(value, float) and value - value != 0:
        yield plain(name), _("This number is too large.")
    elif isinstance(value, dict | list) and depth >= DEEPEST:
        yield plain(name), _("This is nested too deeply.")
    elif isinstance(value, dict):
        for key, item in value.items():
            if cannot_be_stored(key):
                yield plain(key), _("This contains characters that cannot be stored.")
            yield from _faults(item, key, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _faults(item, name, depth + 1)


def version_in(body: Mapping[str, Any]) -> int:
    """The version that a step was decided on."""
    value = body.get("version")
    if value is None:
        raise BadInput({"version": NEEDED})
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_VERSION:
        raise BadInput({"version": _("This has to be a whole number.")})
    return value


def note_in(body: Mapping[str, Any]) -> str:
    """The words that go with a step."""
    value = body.get("note", "")
    if not isinstance(value, str):
        raise BadInput({"note": _("This has to be text.")})
    if len(value) > NOTE_LENGTH:
        text = _("This is too long: {given} characters, at most {maximum} fit.", given=len(value), maximum=NOTE_LENGTH)
        raise BadInput({"note": text})
    return value


def data_in(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to what a step asks."""
    value = body.get("data", {})
    if not isinstance(value, dict):
        raise BadInput({"data": _("This has to be a JSON object.")})
    return value


def text_in(body: Mapping[str, Any], name: str) -> str:
    """A text that is needed."""
    value = body.get(name)
    if value is None or value == "":
        raise BadInput({name: NEEDED})
    if not isinstance(value, str):
        raise BadInput({name: _("This has to be text.")})
    return value


def number_in(body: Mapping[str, Any], name: str) -> int:
    """The number of a row that is needed."""
    value = body.get(name)
    if value is None:
        raise BadInput({name: NEEDED})
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_NUMBER:
        raise BadInput({name: _("This has to be a whole number.")})
    return value


def idempotency_key() -> str | None:
    """The key under which this call has an effect once, or None."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not 0 < len(given) <= KEY_LENGTH or not given.isascii() or not given.isprintable():
        raise BadInput({"Idempotency-Key": _("A key is 1 to {maximum} printable letters.", maximum=KEY_LENGTH)})
    return given
