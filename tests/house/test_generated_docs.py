from pathlib import Path

from workflow.lifecycle.diagram import svg
from workflow.lifecycle.markdown import page
from workflow.rules.registry import tables

DOCS = Path(__file__).parents[2] / "docs"


def test_the_lifecycle_page_is_current() -> None:
    written = (DOCS / "lifecycle.md").read_text("utf-8")

    assert written == page(tables().values()), "run: partnerstwo lifecycle show --markdown > docs/lifecycle.md"


def test_the_picture_of_the_lifecycle_is_current() -> None:
    drawn = svg(tables()["local_partnership", 1], "en")

    remedy = "run: partnerstwo lifecycle diagram --format svg --language en > docs/pictures/lifecycle.svg"
    assert (DOCS / "pictures" / "lifecycle.svg").read_text("utf-8").strip() == drawn.strip(), remedy
