"""A step is pressed on a version of the page: no template leaves it out, since such a press is always refused."""

from pathlib import Path

import jinja2
import jinja2.nodes
import pytest

from web import pages

TEMPLATES = Path(pages.__file__).parents[1] / "templates"
USING = [path for path in sorted(TEMPLATES.rglob("*.html")) if ".step_button(" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", USING, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_each_step_that_can_be_pressed_carries_the_version_of_its_page(path: Path) -> None:
    tree = jinja2.Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8"))
    calls = [call for call in tree.find_all(jinja2.nodes.Call)
             if isinstance(call.node, jinja2.nodes.Getattr) and call.node.attr == "step_button"]  # fmt: skip
    assert calls
    for call in calls:
        assert len(call.args) >= len(("step", "url", "version")), f"line {call.lineno}"
