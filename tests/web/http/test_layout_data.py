"""What the layout shows of its own, whatever a page passes to its template."""

import ast
import re
from pathlib import Path

from tests.web.shared_stage import shared_stage
from tests.web.stage import Stage

__all__ = ["shared_stage"]

WEB = Path(__file__).parents[3] / "web"
EMPTY_LINK = re.compile(r"<a [^>]*>\s*</a>")


def names_of_the_layout(stage: Stage) -> set[str]:
    with stage.app.test_request_context("/"):
        processors = stage.app.template_context_processors[None]
        return set().union(*(processor() for processor in processors)) - {"g", "request", "session"}


def test_no_page_passes_a_value_under_a_name_of_the_layout(shared_stage: Stage) -> None:
    names = names_of_the_layout(shared_stage)
    assert {"switcher", "current", "lang"} <= names
    shadowed = [
        f"{path.relative_to(WEB)}:{call.lineno} {keyword.arg}"
        for path in WEB.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in {"render_template", "page"}
        for keyword in call.keywords
        if keyword.arg in names
    ]
    assert not shadowed


def test_pages_with_editions_of_their_own_keep_the_menu_of_editions(shared_stage: Stage) -> None:
    for key in ("jedna", "druga"):
        shared_stage.world.edition("conferences", key=key)
    for path in ("/regulamin", "/edycje"):
        page = shared_stage.page("participant", path)
        assert '<a href="/edycje/jedna">' in page.partition("<main")[0], path
        assert not EMPTY_LINK.search(page), path
    assert not EMPTY_LINK.search(shared_stage.page("admin", f"/osoby/{shared_stage.world['participant'].id}"))
