"""The version in the code is the one of the package."""

import tomllib
from pathlib import Path

from workflow.base.version import VERSION

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_the_version_is_the_one_of_the_package() -> None:
    assert tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["version"] == VERSION
