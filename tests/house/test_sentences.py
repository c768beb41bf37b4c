"""Every sentence of the product is said with what belongs into its blanks, in both languages and every plural form."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.house.floors import tree_of
from workflow.base.i18n import catalogue_files

# What is read of all files is read once.
pytestmark = pytest.mark.xdist_group("sentences")
ROOT = Path(__file__).parents[2]
PACKAGES = ("workflow", "web", "tasks")
# Letters are filled when they are written; `tests/tasks/test_render.py` reads each of them in both languages.
LETTERS = "workflow/notifications/shipped_texts/"
# What is put into a blank: it cannot be mistaken for a part of a sentence.
VALUE = "\N{WHITE SQUARE}"
LEFT_OVER = re.compile(r"[{}]|%\(|%[sd]")
BLANK = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
# What no Polish sentence of the product has, and why.
OUT_OF_STYLE: Mapping[str, str] = {
    r"\.\.\.": "three dots are one sign",
    r";": "a full stop, and one thought",
    r"\S  +\S": "two blanks",
    r" - | -\w": "a hyphen between blanks is a dash",
    r"(\d|\}|\)s) %(?!\()": "no blank before the sign of per cent",
    r"['\"]": "quotation marks are „…”",
    r"\bda(ć|dzą|łoby)? się\b": "można",
    r"odnośnik|odsyłacz": "link",
    r"międzyczas": "w tym czasie",
    r"opcjonaln": "a field says when it is needed",
    r"\((a|y|ą|ę|na|ł)\)|przewodnicząca lub|\w+ła lub \w+ł\b|\w(łeś|łaś)\b": "no sex, no brackets",
    r"\b(twój|twoj\w+|twego|twą|ciebie|tobie|tobą|cię)\b": "Ty has a capital letter",
    r"\b[Ff]az(a|y|ie|ę|ą)\b": "etap",
    r"\b([Ll]istu|[Ll]istem|[Ll]istami|[Ll]istów)\b": "powiadomienie",
    r"[Oo]sob\w+ przewodnicząc": "roles have the form of the rules: przewodniczący",
    r"[Oo]świadcze\w+ o bezstronn": "deklaracja bezstronności",
    r"nie zginęł|nie zostało zmienion|nie przepadło to": "one form for: nothing is lost, nothing was changed",
    r"przed nami|pod kreską": "no pictures",
}
# Sentences in which one of these is right.
IN_STYLE = {
    'The header If-Match cannot be read. Send *, or ETags with their quotes, several with commas between: "3", "4".',
    "Give at most {rungs} different days, each at most {days} working days away, such as -14, -3, +1.",
    "On merit: cannot be carried out",
    "Cannot be carried out",
    "It can be carried out",
}
TO_ONE = re.compile(r"\b(Ty|Twój|Twoj\w+|Ciebie|Cię|Tobie|Tobą|możesz|musisz|masz|jesteś)\b")
TO_EVERYBODY = re.compile(r"\b(Państw(o|a|u|em)|Pan|Pani|Prosimy)\b")


@dataclass(frozen=True)
class Call:
    """One place that says a sentence: the English forms, the names of the arguments, where it is."""

    forms: tuple[str, ...]
    arguments: frozenset[str]
    place: str
    is_template: bool

    def filled(self, text: str) -> str:
        """The text as a reader sees it, whatever the arguments are; raises KeyError where one is not passed."""
        values = dict.fromkeys(self.arguments, VALUE)
        if self.is_template:
            return text % values
        # The code leaves a sentence without arguments as it is.
        return text.format(**values) if values else text


def in_python(path: Path) -> Iterator[Call]:
    """The calls of `_` in a module."""
    for node in ast.walk(tree_of(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args):
            continue
        text = node.args[0]
        place = f"{path.relative_to(ROOT)}:{node.lineno}"
        written = isinstance(text, ast.Constant) and isinstance(text.value, str)
        assert written, f"{place}: a sentence is written out where it is marked"
        arguments = frozenset(keyword.arg or "**" for keyword in node.keywords)
        yield Call((ast.literal_eval(text),), arguments, place, is_template=False)


def in_template(path: Path, environment: Environment) -> Iterator[Call]:
    """The calls of `_`, `gettext` and `ngettext` in a template; the last of them passes the number itself."""
    for node in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in ("_", "gettext", "ngettext"):
            continue
        forms = tuple(arg.value for arg in node.args[: 2 if name == "ngettext" else 1] if isinstance(arg, nodes.Const))
        arguments = frozenset(keyword.key for keyword in node.kwargs) | ({"num"} if name == "ngettext" else set())
        if forms:
            yield Call(forms, arguments, f"{path.relative_to(ROOT)}:{node.lineno}", is_template=True)


@cache
def calls() -> tuple[Call, ...]:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    found: list[Call] = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found += in_python(path)
        for path in sorted([*(ROOT / package).rglob("*.html"), *(ROOT / package).rglob("*.txt")]):
            if "templates" in path.parts:
                found += in_template(path, environment)
    return tuple(found)


@cache
def polish() -> Mapping[str, tuple[str, ...]]:
    """The Polish forms of each sentence."""
    found: dict[str, tuple[str, ...]] = {}
    for path in catalogue_files("pl"):
        with path.open("rb") as file:
            for message in read_po(file, locale="pl"):
                key = message.id if isinstance(message.id, str) else message.id[0]
                found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


def faults(call: Call, texts: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the forms of a sentence as one place says it."""
    for text in texts:
        try:
            shown = call.filled(text)
        except (KeyError, ValueError, TypeError) as error:
            yield f"{call.place}: {text!r} cannot be said: {error!r}"
            continue
        if LEFT_OVER.search(shown):
            yield f"{call.place}: a blank stays empty in {shown!r}"


@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_blank_of_a_sentence_stays_empty(language: str) -> None:
    assert len(calls()) > 1500
    assert [
        fault
        for call in calls()
        if not call.place.startswith(LETTERS)
        for fault in faults(call, call.forms if language == "en" else polish().get(call.forms[0], ()))
    ] == []


def test_every_argument_has_a_blank() -> None:
    """A sentence that does not show what it is given hides it from the reader."""
    assert [
        f"{call.place}: {sorted(call.arguments - blanks(call))} in {call.forms[-1]!r}"
        for call in calls()
        if call.arguments - blanks(call) - {"num"}
    ] == []


def blanks(call: Call) -> set[str]:
    return {name or other for text in call.forms for name, other in BLANK.findall(text)}


def test_every_catalogue_holds_only_sentences_that_are_said() -> None:
    marked = {call.forms[0] for call in calls()}
    assert sorted(key for key in polish() if key and key not in marked) == []


def test_sentences_keep_to_the_style() -> None:
    assert [
        f"{key!r}: {text!r}: {why}"
        for key, texts in polish().items()
        if key and key not in IN_STYLE
        for text in texts
        for pattern, why in OUT_OF_STYLE.items()
        if re.search(pattern, text)
    ] == []


def test_letters_speak_to_everybody_and_pages_to_one_reader() -> None:
    letters = {call.forms[0] for call in calls() if call.place.startswith("workflow/notifications/")}
    pages = {call.forms[0] for call in calls() if call.place.startswith("web/")}
    assert letters
    assert [text for key in letters - pages for text in polish().get(key, ()) if TO_ONE.search(text)] == []
    assert [text for key in pages for text in polish().get(key, ()) if TO_EVERYBODY.search(text)] == []


def rows_of_tables() -> Iterator[tuple[str, str, str]]:
    """Place, label and what is said afterwards, of each step and record of each table, in Polish."""
    for path in sorted((ROOT / "workflow" / "lifecycles").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in (*table.get("step", ()), *table.get("record", ())):
            yield f"{path.name}: {row['name']}", row["label"]["pl"], row["done"]["pl"]


def test_labels_of_the_tables_are_acts_and_what_was_done_is_told_in_the_past() -> None:
    """An act is an imperative with its object, which ends in neither of the endings of the past; no words of the engine."""
    rows = list(rows_of_tables())
    assert len(rows) > 300
    past = re.compile(r"\w+(no|to|ął|ęła|asła)\b")
    assert [row for row in rows if past.match(row[1]) or re.search(r"[();]", row[1] + row[2])] == []
    assert [row for row in rows if len(row[1].split()) < 2] == []
    assert [row for row in rows if not re.search(r"(no|to|ął|ęła|asła|zedł|stąpił)\b", row[2])] == []
