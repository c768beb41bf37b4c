"""Every address that a page or the code builds names an endpoint of the application."""

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"""\burl_for\(\s*["']([\w.]+)["']\s*[,)]""")
BLUEPRINT = re.compile(r"""\bBlueprint\(["'](\w+)["']""")
SOURCES = sorted(path for top in ("web", "tasks") for path in (ROOT / top).rglob("*")
                 if path.suffix in (".html", ".txt", ".py"))  # fmt: skip


def test_no_page_builds_an_address_of_an_endpoint_that_is_gone(app: Flask) -> None:
    # A template, and a module without a blueprint of its own, may name an endpoint of the page that they belong to.
    known = set(app.view_functions) | {f".{name.partition('.')[2]}" for name in app.view_functions}
    named = [(path, name) for path in SOURCES for name in endpoints(path.read_text("utf-8"))]
    assert len(named) > 200
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in named if name not in known] == []


def endpoints(text: str) -> list[str]:
    """The endpoints that a file names; a name that begins with a dot is of the file's own blueprint."""
    blueprint = BLUEPRINT.search(text)
    return [f"{blueprint[1]}{name}" if blueprint and name.startswith(".") else name for name in NAMED.findall(text)]


@pytest.mark.parametrize(
    "text", ["{{ url_for('a.b', c=1) }}", 'url_for(\n    "a.b")', 'Blueprint("a", 1)\nurl_for(".b")']
)
def test_every_way_to_name_one_is_found(text: str) -> None:
    assert endpoints(text) == ["a.b"]
