"""The data files of the demo."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read_book(name: str) -> dict[str, Any]:
    """One data file of the demo."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
