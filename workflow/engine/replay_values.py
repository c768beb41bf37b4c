"""Values of history entries beside values of rows: when two are the same, and overwritten ones in their own types."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workflow.engine.facts_reader import KINDS
from workflow.models.base import UtcDateTime, table_of


class AnyName(str):
    """Stands for the name of a person, which the history does not determine: equal to every text."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    def __hash__(self) -> int:
        return 0


ANY_NAME = AnyName("")


def same(expected: Any, actual: Any) -> bool:
    """Whether two values of JSON are the same; texts that name the same moment in two time zones are."""
    if expected == actual:
        return True
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return expected.keys() == actual.keys() and all(same(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, str) and isinstance(actual, str):
        return _is_same_moment(expected, actual)
    return False


def _is_same_moment(expected: str, actual: str) -> bool:
    try:
        return datetime.fromisoformat(expected) == datetime.fromisoformat(actual)
    except (ValueError, TypeError):
        return False


def typed(kind: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Overwritten values of columns in their own types again: moments are written as ISO text."""
    types = table_of(KINDS[kind]).c
    return {
        name: datetime.fromisoformat(value).astimezone(UTC) if value and isinstance(types[name].type, UtcDateTime)
        else value
        for name, value in columns.items()
    }  # fmt: skip
