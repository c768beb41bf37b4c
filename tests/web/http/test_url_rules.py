"""Addresses are what the framework makes of them, whenever their builders are compiled."""

from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from web.http.url_rules import UrlRule

RULES = {
    "list": "/edycje/<key>/lista",
    "file": "/edycje/<key>/lista.<any(csv, xlsx):ending>",
    "one": "/projekty/<int:number>",
}


def adapter(kind: type[Rule]) -> Any:
    return Map([kind(path, endpoint=name) for name, path in RULES.items()]).bind("localhost")


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [("list", {"key": "a b"}), ("list", {"key": "ż", "strona": 2}), ("file", {"key": "a", "ending": "csv"}), ("one", {"number": 7})],
)  # fmt: skip
def test_an_address_is_built_as_by_the_framework_itself(endpoint: str, values: Mapping[str, Any]) -> None:
    own, plain = adapter(UrlRule), adapter(Rule)
    # The first time compiles the builder, the second one uses it.
    for _time in range(2):
        assert own.build(endpoint, values) == plain.build(endpoint, values)
    assert own.match(plain.build(endpoint, values).partition("?")[0]) == plain.match(
        plain.build(endpoint, values).partition("?")[0]
    )


def test_a_builder_is_compiled_when_an_address_is_built_and_no_earlier() -> None:
    addresses = adapter(UrlRule)
    assert compiled(addresses) == set()
    addresses.build("one", {"number": 7})
    assert compiled(addresses) == {"one"}


def compiled(addresses: Any) -> set[str]:
    """The rules whose builder is not the one that compiles it."""
    return {rule.endpoint for rule in addresses.map.iter_rules() if rule._build_unknown.__func__.__name__ != "build"}
