import re
from pathlib import Path

from tests.house import packages
from workflow.lifecycle.markdown import page
from workflow.rules.registry import tables

DOCS = Path(__file__).parents[2] / "docs"


def test_the_lifecycle_page_is_current() -> None:
    written = (DOCS / "lifecycle.md").read_text("utf-8")

    assert written == page(tables().values()), "run: partnerstwo lifecycle show --markdown > docs/lifecycle.md"


def test_the_table_of_packages_is_current() -> None:
    assert packages.BEGIN in packages.PAGE.read_text("utf-8"), "the marks of the table are gone"
    assert packages.PAGE.read_text("utf-8") == packages.page(), "run: python -m tests.house.packages"


def test_the_table_names_every_package() -> None:
    named = set(re.findall(r"\*\*`(\w+)/`\*\*", packages.table()))
    there = {path.parent.name for name in ("workflow", "web") for path in (packages.ROOT / name).glob("*/__init__.py")}
    assert there <= named
