"""What every file of the product keeps to: sizes, docstrings, and no words that were given up.

`python -m tests.house.floors` takes files out of `known.toml` that are clean by now; it never adds one.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
KNOWN = Path(__file__).with_name("known.toml")
PACKAGES = ("workflow", "web", "tasks")
# Published beside results and read by itself: it has a limit of its own (one file of less than 150 lines).
PUBLISHED = frozenset({"workflow/voting/verifier/verify_result.py"})
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
MEDIAN_FILE, MEDIAN_FUNCTION = 90, 6

# Words that were given up, each with the one to write instead. These are out wherever they stand,
OUT = {
    "sight": "snapshot", "remembered": "cached", "meanwhile": "conflict, last change", "lacking": "unmet conditions",
    "standing": "actor rights", "shelf": "storage", "courier": "sender", "premises": "instance lock",
    "dividing": "gunicorn hooks", "spoken": "template i18n", "errand": "pending item", "errands": "pending items",
    "bell": "wake-up message", "ear": "wake-up message",
}  # fmt: skip
# these in names only, since sentences need them,
OUT_OF_NAMES = {
    "look": "read", "held": "locked", "alone": "exclusive lock", "stamp": "actor rights", "told": "what it is",
    "guests": "AddMember", "leaving": "RemoveMember", "repeats": "idempotency", "latest": "last change",
    "ring": "wake-up message", "door": "MenuEntry",
}  # fmt: skip
# and these as the whole name.
OUT_AS_NAMES = {"Named": "ReferencedPerson", "Other": "ReferencedProposal", "Way": "compiled transition", "Kept": "Row",
                "Prepared": "Statement"}  # fmt: skip

# A state of a conference, and the topic that tells of it: here the word is the programme's own.
OF_THE_PROGRAMME = frozenset({"HELD", "CONFERENCE_HELD"})

# How a frozen value was written before decision 0082.
SLOW = "dataclass(frozen=True, slots=True)"

Findings = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a file and how many lines its body has, without its docstring."""

    file: str
    name: str
    lines: int


def name_of(path: Path) -> str:
    """The name of a file as the lists have it."""
    return path.relative_to(ROOT).as_posix()


@cache
def sources() -> tuple[Path, ...]:
    """Every Python file of the product but the migrations, which are never touched again."""
    found = chain.from_iterable((ROOT / package).rglob("*.py") for package in PACKAGES)
    own = (path for path in found if "versions" not in path.parts and name_of(path) not in PUBLISHED)
    return tuple(sorted(path for path in own if path.read_text("utf-8").strip()))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"))


@cache
def file_sizes() -> Mapping[str, int]:
    """How many lines each file has."""
    return {name_of(path): len(path.read_text("utf-8").splitlines()) for path in sources()}


@cache
def functions() -> tuple[Function, ...]:
    """Every function and method."""
    return tuple(
        Function(name_of(path), node.name, _lines(node))
        for path in sources() for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)
    )  # fmt: skip


def _lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def long_files() -> Findings:
    """Files that are too long."""
    return {name: [f"{lines} lines"] for name, lines in file_sizes().items() if lines > LONGEST_FILE}


def long_functions() -> Findings:
    """Functions that are too long, by file."""
    return grouped((one.file, f"{one.name}: {one.lines} lines") for one in functions() if one.lines > LONGEST_FUNCTION)


def undescribed() -> Findings:
    """Modules without a sentence, and public names of `workflow` without a docstring."""
    return grouped((name_of(path), name) for path in sources() for name in _undescribed(path))


def _undescribed(path: Path) -> Iterator[str]:
    tree = tree_of(path)
    if not re.match(r".*?[.:]( |\n|$)", ast.get_docstring(tree) or "", re.DOTALL):
        yield "the module"
    if name_of(path).startswith("workflow/"):
        yield from _undescribed_names(tree)


def _undescribed_names(node: ast.Module | ast.ClassDef) -> Iterator[str]:
    for inner in node.body:
        if not isinstance(inner, ast.FunctionDef | ast.ClassDef) or inner.name.startswith("_"):
            continue
        if ast.get_docstring(inner) is None:
            yield inner.name
        if isinstance(inner, ast.ClassDef):
            yield from (f"{inner.name}.{name}" for name in _undescribed_names(inner))


def words_out() -> Findings:
    """Words that were given up, by file: in names, comments and docstrings, in templates and in the documents."""
    pages = sorted((ROOT / "web" / "templates").rglob("*.*"))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    return grouped(chain(
        ((name_of(path), word) for path in sources() for word in _words_of_source(path)),
        ((name_of(path), word) for path in pages for word in _words_of_template(path)),
        ((name_of(path), word) for path in documents for word in _given_up(path.read_text("utf-8"), OUT)),
    ))  # fmt: skip


def _words_of_source(path: Path) -> Iterator[str]:
    docstrings = {node.body[0].lineno for node in ast.walk(tree_of(path)) if _has_docstring(node)}  # type: ignore[attr-defined]
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.NAME:
            yield from _words_of_name(token.string)
        elif token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.start[0] in docstrings):
            yield from _given_up(token.string, OUT)


def _has_docstring(node: ast.AST) -> bool:
    described = ast.Module | ast.ClassDef | ast.FunctionDef
    return isinstance(node, described) and ast.get_docstring(node, clean=False) is not None


@cache
def _words_of_name(name: str) -> tuple[str, ...]:
    if name in OF_THE_PROGRAMME:
        return ()
    whole = (name,) if name in OUT_AS_NAMES else ()
    return (*whole, *_given_up(" ".join(re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)), OUT | OUT_OF_NAMES))


def _words_of_template(path: Path) -> Iterator[str]:
    for code in re.findall(r"\{[{%#].*?[}%#]\}", path.read_text("utf-8"), re.DOTALL):
        # What is said to people stands in quotes.
        for name in re.findall(r"\w+", re.sub(r"\"[^\"]*\"|'[^']*'", "", code)):
            yield from _words_of_name(name)


def _given_up(text: str, words: Mapping[str, str]) -> Iterator[str]:
    yield from (word for word in re.findall(r"[A-Za-z]+", text) if word.lower() in words)


def slow_values() -> Findings:
    """Frozen values that are dataclasses: making such a class takes forty times as long as a struct, at every start.

    Counting depends on the standard library alone; a struct has no KW_ONLY.
    """
    own = [path for path in sources() if not name_of(path).startswith("workflow/voting/")]
    return grouped((name_of(path), name) for path in own for name in _frozen_dataclasses(tree_of(path)))


def _frozen_dataclasses(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "KW_ONLY" not in ast.unparse(node):
            yield from (node.name for made in node.decorator_list if ast.unparse(made) == SLOW)


def grouped(findings: Iterator[tuple[str, str]]) -> Findings:
    """Findings by file, each once."""
    by_file: dict[str, list[str]] = {}
    for file, finding in findings:
        known = by_file.setdefault(file, [])
        if finding not in known:
            known.append(finding)
    return by_file


CHECKS: Mapping[str, Callable[[], Findings]] = {
    "long_files": long_files,
    "long_functions": long_functions,
    "undescribed": undescribed,
    "words_out": words_out,
    "slow_values": slow_values,
}


def medians() -> tuple[float, float]:
    """The median of the lines of files and of functions."""
    return median(file_sizes().values()), median(one.lines for one in functions())


def known() -> Mapping[str, list[str]]:
    """Files still to be cleaned, by check."""
    listed: Mapping[str, list[str]] = tomllib.loads(KNOWN.read_text("utf-8"))
    return listed


def write_known(listed: Mapping[str, list[str]]) -> None:
    """Write the lists of files still to be cleaned."""
    head = "# Files still to be cleaned, by check. Only ever shorter: python -m tests.house.floors\n"
    lists = (f"{check} = [\n" + "".join(f'  "{file}",\n' for file in sorted(files)) + "]\n"
             for check, files in listed.items())  # fmt: skip
    KNOWN.write_text(head + "".join(lists), "utf-8")


if __name__ == "__main__":
    findings = {check: find() for check, find in CHECKS.items()}
    write_known({check: [file for file in known().get(check, []) if file in findings[check]] for check in CHECKS})
