import re
from pathlib import Path

import pytest

from tests.postgres import CHECKOUT

PAGE = (CHECKOUT / "docs" / "trust.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_a_promise_names_exists(file: str, name: str) -> None:
    assert re.search(rf"(?m)^def {name}\(", Path(CHECKOUT / file).read_text(encoding="utf-8"))


def test_every_promise_names_a_test() -> None:
    promises = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    assert [line for line in promises if "shown by" not in line and "`tests/" not in line] == []
