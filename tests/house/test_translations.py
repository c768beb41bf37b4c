"""Every sentence of the product is said in Polish, with the same blanks to fill in."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.house.test_sentences import in_python
from workflow.base.i18n import catalogue_files

ROOT = Path(__file__).parents[2]
PACKAGES = ("workflow", "web")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
BLANK = re.compile(r"%\(\w+\)s|\{\w+\}")

Message = str | tuple[str, ...]


@cache
def said_in(package: str) -> dict[Message, str]:
    """Every marked sentence of a package and the first place of it."""
    options = {"**": {"encoding": "utf-8", "extensions": "jinja2.ext.i18n"}}
    found: dict[Message, str] = {}
    for file, line, message, _comments, _context in extract_from_dir(
        str(ROOT / package), method_map=METHODS, options_map=options, keywords=KEYWORDS
    ):
        found.setdefault(message, f"{package}/{file}:{line}")
    # Babel finds what stands inside of f-strings from Python 3.12 on only.
    for path in sorted((ROOT / package).rglob("*.py")):
        for call in in_python(path):
            found.setdefault(call.forms[0], call.place)
    return found


@cache
def polish() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in catalogue_files("pl"):
        with path.open("rb") as file:
            for message in read_po(file, locale="pl"):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key and not message.fuzzy:
                    found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return found


def lacking(package: str) -> Iterator[str]:
    for message, place in said_in(package).items():
        forms = (message,) if isinstance(message, str) else message
        said = polish().get(forms[0], ())
        if not said or not all(said):
            yield f"{place}: {forms[0]!r} is not said in Polish"
        elif any(set(BLANK.findall(text)) != set(BLANK.findall(forms[-1])) for text in said):
            yield f"{place}: {forms[0]!r} has other blanks in Polish"
        elif len(forms) > 1 and len(said) != 3:
            yield f"{place}: {forms[0]!r} needs three plural forms in Polish"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_said_in_polish(package: str) -> None:
    assert said_in(package), "the scan found nothing, so it looks in the wrong place"
    assert not list(lacking(package))


def test_no_two_catalogues_say_the_same_sentence_differently() -> None:
    said: dict[str, tuple[str, object]] = {}
    for path in catalogue_files("pl"):
        with path.open("rb") as file:
            for message in read_po(file, locale="pl"):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key:
                    before = said.setdefault(key, (path.name, message.string))
                    assert before[1] == message.string, f"{key!r} in {before[0]} and in {path.name}"
