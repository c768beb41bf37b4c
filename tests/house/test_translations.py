"""Every sentence of the product is said in Polish, with the same blanks to fill in."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.house.floors import tree_of
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
    for message, place in within_f_strings(package):
        found.setdefault(message, place)
    return found


def within_f_strings(package: str) -> Iterator[tuple[str, str]]:
    """Sentences that stand inside of f-strings, where Babel finds them from Python 3.12 on only."""
    for path in sorted((ROOT / package).rglob("*.py")):
        text = path.read_text("utf-8")
        strings = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.JoinedStr)) if "_(" in text else ()
        for call in (node for one in strings for node in ast.walk(one) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "_" and isinstance(call.args[0], ast.Constant):
                yield call.args[0].value, f"{path.relative_to(ROOT)}:{call.lineno}"


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
