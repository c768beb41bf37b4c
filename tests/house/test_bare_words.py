"""States, roles, topics and queues are members of their enums wherever the product compares, lists or passes them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import jinja2
import jinja2.nodes
import pytest

from tasks.worker import Queue
from workflow.rules.roles import Role
from workflow.rules.states import AgreementState, ConferenceState, EditionState, PollState, ProposalState
from workflow.rules.topics import Topic

ROOT = Path(__file__).parents[2]
ENUMS = (ProposalState, EditionState, ConferenceState, AgreementState, Role, Topic, Queue)
WORDS = frozenset(member.value for enum in ENUMS for member in enum)
STATES = frozenset(member.value for enum in (*ENUMS[:4], PollState) for member in enum)
# Folders whose words are not looked at, and why.
ELSEWHERE = {
    "workflow/demo/": "plays a book by the names of steps, ways and people",
    "workflow/lifecycle/": "reads a table whatever its words are, and lies below the rules",
    "workflow/migrations/": "frozen: what a migration writes does not follow the code",
    "workflow/models/": "lies below the rules",
}
# Calls whose arguments mean something else by the same word: a page, a kind of subject, a field, an entry, a column.
OTHER_MEANINGS = frozenset({
    "Blueprint", "Input", "MenuEntry", "NewSubject", "Ref", "Section", "_", "_given", "_of", "asks", "entries", "entry", "label",
    "note", "part_of_edition", "bindparam", "cte",
})  # fmt: skip
# Other words of the product that happen to be spelt like one of these: (file, word).
NAMESAKES = {
    ("web/commands/__init__.py", "selection"): "a group of commands",
    ("web/commands/selection.py", "selection"): "a group of commands",
    ("web/pages/editions.py", "idea"): "a kind of subject",
    ("web/pages/meetings.py", "open"): "a step of a poll",
    ("web/http/security.py", "admin"): "a permission of a page",
    ("web/http/content_language.py", "summary"): "a field of the sheet",
    ("web/views/edition_file.py", "agreement"): "a kind of subject",
    ("web/views/edition_file.py", "selected"): "a column of the export",
    ("web/views/edition_file.py", "summary"): "a field of the sheet",
    ("web/views/exports.py", "summary"): "a field of the sheet",
    ("web/views/open_data.py", "summary"): "a field of the sheet",
    ("web/views/sheet.py", "summary"): "a field of the sheet",
    ("web/views/timeline.py", "closed"): "the kind of a state",
    ("workflow/engine/totals_after.py", "agreement"): "a kind of subject",
    ("workflow/implementation/from_sheet.py", "partner"): "a column of the sheet",
    ("workflow/rules/effects/changes.py", "planned"): "a column of the budget",
    ("workflow/rules/facts.py", "system"): "the name of an actor",
    ("workflow/rules/project_money.py", "partner"): "a column of the sheet",
}


def python_files() -> list[Path]:
    """Every module of the product that may import the enums and does not define them."""
    files = (path for package in ("workflow", "web", "tasks") for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in files if not path.relative_to(ROOT).as_posix().startswith(tuple(ELSEWHERE)))


def bare(tree: ast.AST) -> Iterator[ast.Constant]:
    """The constants that are one of the words and are compared, listed among words only, passed, or used as a key."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=comparators):
                for side in (left, *comparators):
                    yield from _words(side)
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements) if all(
                map(_is_word, elements)
            ):
                yield from _words(node)
            case ast.Call(func=function, args=arguments, keywords=keywords) if _name(function) not in OTHER_MEANINGS:
                for argument in (
                    *arguments,
                    *(one.value for one in keywords if one.arg in {"role", "state", "topic", "queue"}),
                ):
                    yield from _words(argument)
            case ast.Dict(keys=keys) if all(key is not None and _is_word(key) for key in keys):
                for key in keys:
                    yield from _words(key)
            case ast.Subscript(value=ast.Name(id=name), slice=key) if name.isupper():
                yield from _words(key)


def _is_word(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDS


def _words(node: ast.expr | None) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        for element in node.elts:
            yield from _words(element)
    elif isinstance(node, ast.Constant) and _is_word(node):
        yield node


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def test_no_state_role_topic_or_queue_is_a_bare_string() -> None:
    found = {
        (
            path.relative_to(ROOT).as_posix(),
            node.value,
        ): f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: {node.value!r}"
        for path in python_files()
        for node in bare(ast.parse(path.read_text("utf-8")))
    }
    assert [where for key, where in sorted(found.items()) if key not in NAMESAKES] == []
    assert NAMESAKES.keys() <= found.keys(), "an exception that nothing needs any more"


@pytest.mark.parametrize(
    "source",
    ['facts.state == "idea"', 'state in {"idea", "merged"}', 'x = ("staff", "secretary")', 'missing("code", text, "staff")',
     'p.state.in_(("idea",))', 'send(queue="letters")', 'RULES["staff"]', 'x = {"idea": 1, "merged": 2}',
     'tell("proposal.submitted")'],
)  # fmt: skip
def test_the_scan_finds_a_bare_word(source: str) -> None:
    assert list(bare(ast.parse(source)))


def test_templates_compare_states_only_with_those_of_a_table() -> None:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    compared = set()
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        for node in environment.parse(path.read_text("utf-8")).find_all(jinja2.nodes.Compare):
            if _is_state(node.expr):
                texts = {text.value for text in node.find_all(jinja2.nodes.Const) if isinstance(text.value, str)}
                compared |= {(path.name, text) for text in texts}
    assert compared
    # The timeline of conferences says where each lies in time.
    assert {(file, text) for file, text in compared if text not in STATES} == {("drawings.html", "current")}


def _is_state(node: jinja2.nodes.Node) -> bool:
    return (isinstance(node, jinja2.nodes.Name) and node.name == "state") or (
        isinstance(node, jinja2.nodes.Getattr) and node.attr == "state"
    )
