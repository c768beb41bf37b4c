from pathlib import Path

from workflow.lifecycle.markdown import page
from workflow.rules.registry import tables

DOCS = Path(__file__).parents[2] / "docs"


def test_the_lifecycle_page_is_current() -> None:
    written = (DOCS / "lifecycle.md").read_text("utf-8")

    assert written == page(tables().values()), "run: partnerstwo lifecycle show --markdown > docs/lifecycle.md"
