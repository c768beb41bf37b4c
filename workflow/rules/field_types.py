"""How the answers to what a step asks are read and checked; the same for forms, API and command line."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from workflow.base.addresses import read_address
from workflow.base.characters import in_one_line, is_blank, readable
from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, _
from workflow.rules import choices as catalogues
from workflow.rules.scalar_types import WrongAnswer, read_date, read_flag, read_money, read_number, read_time
from workflow.rules.settings_catalogue import SETTINGS
from workflow.rules.sheet_sections import DIGEST_LENGTH, FREE_TEXT, NAMES
from workflow.rules.stored_file import StoredFile

LINE = 200
TEXT = 20_000
# What people write in one field of a step.
LONG = 4000
ROWS = 100
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")


class Input(Struct, frozen=True):
    """One thing asked for; `type` is one of READERS, `choices` the name of a catalogue."""

    name: str
    type: str
    label: Sentence
    hint: Sentence | None = None
    required: bool = True
    maximum: int = TEXT
    choices: str | None = None
    # Once there, it can be changed, never emptied.
    stays: bool = False
    # What a row consists of, where the answer is a list of rows.
    columns: tuple["Input", ...] = ()
    # When an answer that is optional by itself is needed all the same, in words; a guard of the step demands it then.
    needed: Sentence | None = None
    # In a row: needed where the column of this name says this.
    needed_with: tuple[str, str] | None = None

    def options(self) -> Mapping[str, Sentence]:
        """The answers to choose from, by key."""
        return catalogues.CATALOGUES[self.choices] if self.choices else {}


def _text(given: Any, spec: Input) -> str | None:
    if not isinstance(given, str):
        raise WrongAnswer(_("This has to be text."))
    if "\x00" in given or not _is_whole(given):
        raise WrongAnswer(_("This contains characters that cannot be stored."))
    clean = readable(unicodedata.normalize("NFC", given)).strip()
    if is_blank(clean):
        return None
    if len(clean) > spec.maximum:
        raise WrongAnswer(
            _("This is too long: {given} characters, at most {maximum} fit.", given=len(clean), maximum=spec.maximum)
        )
    return clean or None


def _is_whole(given: str) -> bool:
    """Whether no half of a pair of characters stands alone, as it may in JSON."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def _line(given: Any, spec: Input) -> str | None:
    return in_one_line(_text(given, spec) or "") or None


def _number(given: Any, spec: Input) -> int | None:
    return read_number(given, spec.maximum)


def _choice(given: Any, spec: Input) -> str | None:
    if given in ("", None):
        return None
    if not isinstance(given, str) or given not in spec.options():
        raise WrongAnswer(_("Choose one of the answers on the list."))
    return given


def _several(given: Any, spec: Input) -> list[str] | None:
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list):
        raise WrongAnswer(_("Choose one of the answers on the list."))
    return [chosen for answer in given if (chosen := _choice(answer, spec))] or None


def _lines(given: Any, spec: Input) -> list[str] | None:
    """A list of short texts: one a line in a form, a JSON list in the API."""
    if isinstance(given, list):
        if not all(isinstance(line, str) for line in given):
            raise WrongAnswer(_("This has to be text."))
        given = "\n".join(given)
    clean = _text(given, spec)
    lines = [re.sub(r"\s+", " ", line).strip() for line in (clean or "").split("\n")]
    if any(len(line) > LINE for line in lines):
        raise WrongAnswer(_("A line is too long: at most {maximum} characters fit.", maximum=LINE))
    return [line for line in lines if line] or None


def _numbers(given: Any, spec: Input) -> list[int] | None:
    """Whole numbers, each once: `1, 3` in a form, a JSON list in the API."""
    if isinstance(given, list):
        given = " ".join(map(str, given))
    words = (_text(given, spec) or "").replace(",", " ").split()
    found = [read_number(word, spec.maximum) for word in words]
    return list(dict.fromkeys(number for number in found if number is not None)) or None


def _counts(given: Any, spec: Input) -> dict[str, int] | None:
    """Names with numbers: `economy: 3` a line in a form, a JSON object in the API."""
    if isinstance(given, Mapping):
        given = "\n".join(f"{name}: {number}" for name, number in given.items())
    counts: dict[str, int] = {}
    for line in _lines(given, spec) or []:
        match = re.fullmatch(r"(.+?)\s*:\s*([0-9]{1,6})", line)
        if not match:
            raise WrongAnswer(_("Write a name, a colon and a number on each line."))
        counts[match[1]] = int(match[2])
    return counts or None


def _email(given: Any, spec: Input) -> str | None:
    clean = _line(given, spec)
    if not clean:
        return None
    if not (address := read_address(clean)):
        raise WrongAnswer(_("This does not look like an e-mail address."))
    return address


def _slug(given: Any, spec: Input) -> str | None:
    clean = _line(given, spec)
    if clean and not SLUG.fullmatch(clean):
        raise WrongAnswer(_("Use small letters without marks, digits and hyphens, such as plock-2027."))
    return clean


def _file(given: Any, _spec: Input) -> StoredFile:
    if not isinstance(given, StoredFile):
        raise WrongAnswer(_("A file is added and taken away on the page “Files” of the proposal."))
    return given


def _rows(given: Any, spec: Input) -> list[dict[str, Any]] | str | None:
    """A list of rows, each a mapping of its columns; rows in which nothing is written are left out.

    Sections that were free text before there were rows still take a text.
    """
    if isinstance(given, str) and (spec.name in FREE_TEXT or not given.strip()):
        return _text(given, spec)
    if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
        raise WrongAnswer(_("This has to be a list of rows."))
    if len(given) > ROWS:
        raise WrongAnswer(_("These are too many rows: {given}, at most {maximum} fit.", given=len(given), maximum=ROWS))
    wrong: list[Sentence] = []
    rows = [_row(row, number, spec, wrong) for number, row in enumerate(given, start=1)]
    if wrong:
        raise WrongAnswer(_one_after_another(wrong))
    return [row for row in rows if row] or None


def _one_after_another(sentences: Sequence[Sentence]) -> Sentence:
    """Several sentences as one, so that whoever typed several rows is told of all of them at once."""
    if len(sentences) == 1:
        return sentences[0]
    names = [f"problem_{number}" for number in range(len(sentences))]
    return Sentence(" ".join(f"{{{name}}}" for name in names), dict(zip(names, sentences, strict=True)))


def _row(given: Mapping[str, Any], number: int, spec: Input, wrong: list[Sentence]) -> dict[str, Any]:
    """One row, read cell by cell; what is wrong is put on the list, with the number of the row."""
    if given.keys() - {column.name for column in spec.columns}:
        raise WrongAnswer(_("Row {row} has columns that it should not have.", row=number))
    row: dict[str, Any] = {}
    unread: set[str] = set()
    for column in spec.columns:
        try:
            value = _cell(given.get(column.name), column)
        except WrongAnswer as error:
            wrong.append(_("Row {row}, {label}: {problem}", row=number, label=column.label, problem=error.sentence))
            unread.add(column.name)
            continue
        if value is not None:
            row[column.name] = value
    if not unread and all(value is False or value is True for value in row.values()):
        return {}
    for column in spec.columns:
        with_ = column.needed_with
        if (column.required or (with_ and row.get(with_[0]) == with_[1])) and column.name not in {*row, *unread}:
            wrong.append(_("Row {row}: this is needed: {label}.", row=number, label=column.label))
    return row


def _cell(given: Any, column: Input) -> Any:
    """One cell as it is kept: a day as ISO text, and a no where no was said."""
    if given is None:
        return None
    value = READERS[column.type](given, column)
    if column.type == "flag":
        return bool(value)
    return value.isoformat() if isinstance(value, date) else value


def _digests(given: Any, _spec: Input) -> dict[str, str] | None:
    """Names of sections with the digest of the text that was read."""
    if not isinstance(given, Mapping):
        raise WrongAnswer(_("This has to be a set of named answers."))
    digests = {str(name): str(digest) for name, digest in given.items()}
    if set(digests) - set(NAMES) or not all(DIGEST.fullmatch(digest) for digest in digests.values()):
        raise WrongAnswer(_("This names a section that does not exist."))
    return digests or None


READERS: Mapping[str, Callable[[Any, Input], Any]] = {
    "line": _line,
    "text": _text,
    "date": lambda given, _spec: read_date(given),
    "time": lambda given, _spec: read_time(given),
    "number": _number,
    "numbers": _numbers,
    "money": lambda given, _spec: read_money(given),
    "flag": lambda given, _spec: read_flag(given),
    "choice": _choice,
    "choices": _several,
    "lines": _lines,
    "counts": _counts,
    "rows": _rows,
    "digests": _digests,
    "email": _email,
    "slug": _slug,
    # Numbers of a person and of a proposal; whether they exist is for the guards to say.
    "person": _number,
    "proposal": _number,
    "file": _file,
    "setting": lambda given, spec: SETTINGS[spec.name].read(given),
}


def read(asks: tuple[Input, ...], raw: Mapping[str, Any], *, empties: bool = False) -> dict[str, Any]:
    """The answers, cleaned and typed, without the empty ones; BadInput names every field that is wrong.

    With `empties`, what was given empty is there as None: it empties what is kept. Names that were not asked for are
    an error too, so that a misspelt field is never silently dropped.
    """
    clean: dict[str, Any] = {}
    wrong: dict[str, Sentence] = {}
    for name in raw.keys() - {spec.name for spec in asks}:
        wrong[str(name)[:60]] = _("This step does not ask for this.")
    for spec in asks:
        given = raw.get(spec.name)
        try:
            value = None if given is None else READERS[spec.type](given, spec)
        except WrongAnswer as error:
            wrong[spec.name] = error.sentence
            continue
        if value is not None:
            clean[spec.name] = value
        elif spec.required or (empties and spec.stays and given is not None):
            wrong[spec.name] = _("This is needed: {label}.", label=spec.label)
        elif empties and given is not None:
            clean[spec.name] = None
    if wrong:
        raise BadInput(wrong)
    return clean
