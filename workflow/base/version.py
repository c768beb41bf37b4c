"""The version of the product, as `pyproject.toml` names it."""

VERSION = "0.1.0"
