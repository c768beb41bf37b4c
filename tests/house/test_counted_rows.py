"""No INSERT is asked how many rows it wrote: PostgreSQL answers -1 through SQLAlchemy, so it returns them instead."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSERTS = frozenset({"insert", "upsert", "on_conflict_do_nothing", "on_conflict_do_update"})
FILES = [path for room in ("workflow", "web", "tasks") for path in sorted((ROOT / room).rglob("*.py"))
         if ".rowcount" in path.read_text(encoding="utf-8")]  # fmt: skip


def counted_inserts(source: str) -> Iterator[int]:
    """The lines where the rows of a statement are counted that is built by an INSERT there."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "rowcount":
            named = {call.func.id if isinstance(call.func, ast.Name) else call.func.attr
                     for call in ast.walk(node.value)
                     if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute)}  # fmt: skip
            if named & INSERTS:
                yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_rows_of_an_insert_are_counted(path: Path) -> None:
    assert list(counted_inserts(path.read_text(encoding="utf-8"))) == []


def test_a_counted_insert_is_found() -> None:
    assert list(counted_inserts("x = 1\ndone = tx.execute(upsert(tx)(t).values(a=1)).rowcount == 1")) == [2]
