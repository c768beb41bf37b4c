"""Writes the table of packages in docs/structure.md from the import contracts and the docstrings of the packages.

`python -m tests.house.packages` writes it; a test says where it is not up to date.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "structure.md"
BEGIN, END = "<!-- generated: packages -->\n", "<!-- end -->"
HEAD = "| layer | packages of `{container}/`, each line above those that it may import |\n|---|---|"


def contracts() -> Iterator[dict[str, Any]]:
    """The contracts of layers, in the order in which they stand."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    yield from (one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers")


def table() -> str:
    """One table for each contract, one line for each layer, the highest first."""
    return "\n\n".join(_table(container, contract["layers"]) for contract in contracts()
                       for container in contract["containers"])  # fmt: skip


def _table(container: str, layers: list[str]) -> str:
    lines = [HEAD.format(container=container)]
    for height, layer in zip(range(len(layers), 0, -1), layers, strict=True):
        names = [name.strip(" ()") for name in layer.replace(":", "|").split("|")]
        lines.append(f"| {height} | {'<br>'.join(_described(container, name) for name in names)} |")
    return "\n".join(lines)


def _described(container: str, name: str) -> str:
    folder = ROOT / container / name
    package = folder / "__init__.py"
    path, shown = (package, f"{name}/") if package.exists() else (folder.with_suffix(".py"), name)
    return f"**`{shown}`** {_first_sentence(path)}".replace("|", "\\|").strip()


def _first_sentence(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


def page() -> str:
    """The whole page with the table as it has to be."""
    head, _begin, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _old, end, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n\n{end}{tail}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
