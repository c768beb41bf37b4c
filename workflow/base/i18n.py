"""Sentences, dates and amounts in the reader's language; English is the source, Polish the default.

Catalogues are the `.po` files under `<package>/translations/<language>/` of workflow, web and tasks: read once a
process and merged, so that no floor needs another floor's words and nothing has to be compiled.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale, dates, numbers, units
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from msgspec import Struct, field

from workflow.base.characters import isolated

LANGUAGES = ("pl", "en")
DEFAULT = "pl"
WARSAW = dates.get_timezone("Europe/Warsaw")
# How many days and amounts are kept ready, in words.
CACHED = 4096
# A text in quotes, as people type them.
_QUOTES = re.compile('[„“"]([^„“”"]*)[”“"]')
# Between a word for a number and the number that is filled in.
_BEFORE_NUMBER = re.compile(r"(?<=\bnr) (?=[{%])")
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Sentence(Struct, frozen=True):
    """A sentence not yet said: an English source text and what belongs into its braces."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """The sentence in a language; moments and sentences within it are said in that language too."""
        return say(self, language)


class Listed(Struct, frozen=True):
    """Several labels in a row, for a sentence that enumerates."""

    labels: tuple[Sentence, ...]

    def say(self, language: str) -> str:
        """The labels in a language as they are, since one may be a name or begin with LGD, with commas between them."""
        return ", ".join(label.say(language) for label in self.labels)


class Money(Struct, frozen=True):
    """An amount in a sentence, in grosze; written as people write it."""

    grosze: int


def _(text: str, **params: Any) -> Sentence:
    """Mark a sentence for the catalogue; it is said when the reader is known."""
    return Sentence(text, params)


def catalogue_files(language: str) -> list[Path]:
    """Every catalogue of a language, of all three packages."""
    root = Path(__file__).resolve().parents[2]
    return sorted(
        path
        for package in ("workflow", "web", "tasks")
        for path in (root / package / "translations" / language).glob("*.po")
    )


class Translator(Struct, frozen=True):
    """The sentences of a language by those of the source, and which form of a sentence goes with a number."""

    sentences: Mapping[str, str]
    # By the singular of the source.
    forms: Mapping[str, Sequence[str]]
    form_for: Callable[[int], int]

    def gettext(self, text: str) -> str:
        """The sentence; the source itself where there is no translation."""
        return self.sentences.get(text, text)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The form of the sentence that goes with a number."""
        forms = self.forms.get(singular)
        return forms[self.form_for(number)] if forms else (singular if number == 1 else plural)


@cache
def translator(language: str) -> Translator:
    """The merged catalogue of a language; English is the source itself.

    Read without compiling it first, which took as long as importing half of the application.
    """
    sentences: dict[str, str] = {}
    forms: dict[str, Sequence[str]] = {}
    form_for = c2py(get_plural(language).plural_expr)
    for path in catalogue_files(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy:
                    source, *plural = [message.id] if isinstance(message.id, str) else message.id
                    said = [message.string] if isinstance(message.string, str) else message.string
                    said = [unbroken(text) for text in said] if "web" in path.parts[-4:] else said
                    if plural:
                        forms[source] = said
                    sentences[source] = said[form_for(1)] if plural else said[0]
    return Translator(sentences, forms, form_for)


def unbroken(text: str) -> str:
    """A sentence of a page whose lines never end between "nr" and its number.

    Letters, documents and files keep the plain space.
    """
    return _BEFORE_NUMBER.sub("\u00a0", text)


def say(sentence: Sentence | str, language: str) -> str:
    """A sentence, its braces filled, or a bare message in a language; quotes within quotes become »inner« ones."""
    if isinstance(sentence, str):
        return translator(language).gettext(sentence)
    text = translator(language).gettext(sentence.text)
    if not sentence.params:
        return text
    filled = {name: _in_language(value, language) for name, value in sentence.params.items()}
    return text.format(**{**filled, **{name: inner_quotes(filled[name]) for name in _quoted(text) & filled.keys()}})


@cache
def _quoted(text: str) -> frozenset[str]:
    """The names of the braces that stand within quotes."""
    return frozenset(re.findall(r"[„“]\{(\w+)\}[”“]", text))


def inner_quotes(value: Any) -> Any:
    """A text that is put within quotes, with its own quotes as »inner« ones; anything else as it is."""
    return isolated(_QUOTES.sub(r"»\1«", value)) if type(value) is str else value


def _in_language(value: Any, language: str) -> Any:
    if isinstance(value, Sentence | Listed):
        return value.say(language)
    if isinstance(value, Decimal):
        return format_number(value, language)
    if isinstance(value, Money):
        return format_money(value.grosze, language)
    if isinstance(value, datetime):
        return format_datetime(value, language)
    if isinstance(value, date):
        return format_date(value, language)
    return isolated(value) if type(value) is str else value


@cache
def _locale(language: str) -> Locale:
    return Locale.parse("en_GB" if language == "en" else language)


def format_date(value: date | datetime, language: str) -> str:
    """A day with the full name of its month, in Warsaw: 8 grudnia 2017."""
    return _day(value.astimezone(WARSAW).date() if isinstance(value, datetime) else value, language)


# A list says the same few days and amounts again and again, and saying one takes as long as the rest of its row.
@lru_cache(CACHED)
def _day(day: date, language: str) -> str:
    return dates.format_date(day, "long", locale=_locale(language))


def format_field_date(value: Any, language: str) -> Any:
    """A day as it stands in a field, which reads it back: 7.10.2026, in English 7 October 2026.

    Text that is no day, such as what was typed wrong, stays as it is.
    """
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10] if "T" in value else value)
        except ValueError:
            return value
    if not isinstance(value, date):
        return value
    day = value.astimezone(WARSAW).date() if isinstance(value, datetime) else value
    return f"{day.day}.{day.month}.{day.year}" if language == "pl" else _day(day, language)


def format_datetime(value: datetime, language: str) -> str:
    """A moment by the clock of Warsaw, to the minute."""
    local = value.astimezone(WARSAW)
    joint = ", godz. " if language == "pl" else ", "
    return f"{_day(local.date(), language)}{joint}{local:%H:%M}"


def format_time(value: datetime, language: str) -> str:
    """A moment of today by the clock of Warsaw: 14:05."""
    return dates.format_time(value.astimezone(WARSAW), "HH:mm", locale=_locale(language))


@lru_cache(CACHED)
def format_money(grosze: int, language: str) -> str:
    """An amount given in grosze, as people write it: 12 500,00 zł."""
    return numbers.format_currency(Decimal(grosze) / 100, "PLN", locale=_locale(language))


def format_days(number: int, language: str) -> str:
    """A number of days: 1 dzień, 7 dni."""
    return units.format_unit(number, "duration-day", locale=_locale(language))


def format_number(value: int | Decimal, language: str) -> str:
    """A number with the language's own separators."""
    return numbers.format_decimal(value, locale=_locale(language))
