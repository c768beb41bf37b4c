"""If-Match as RFC 9110 has it: what matches, and that a refusal says the true reason."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.api.conftest import Program
from tests.web.api.test_writing import ProgramOf, problem
from tests.world import World
from web.api.document import HEADERS
from web.api.preconditions import IfMatch
from web.api.refusals import NoVersion
from workflow.rules.facts import Ref

TAGS = st.from_regex(r'\A(W/)?"[!#-~]{0,12}"\Z')
HEADER_SCHEMAS: Mapping[str, Any] = HEADERS
PATTERN = HEADER_SCHEMAS["If-Match"]["pattern"]
BLANKS = st.text(" \t", max_size=2)
ELEMENTS = st.tuples(
    BLANKS, st.one_of(TAGS, st.integers(1, 999).map(lambda number: f'"{number}"'), st.just("")), BLANKS
)


@given(st.lists(ELEMENTS, min_size=1, max_size=8))
def test_every_list_that_the_standard_allows_names_its_strong_tags(elements: list[tuple[str, str, str]]) -> None:
    header = ",".join("".join(element) for element in elements)
    tags = tuple(tag for _before, tag, _after in elements if tag)
    if not tags:
        with pytest.raises(NoVersion):
            IfMatch.parse(header)
        return
    assert IfMatch.parse(header).tags == tags
    assert IfMatch.parse(header).versions() == tuple(
        int(tag[1:-1]) for tag in tags if re.fullmatch(r'"[1-9][0-9]{0,8}"', tag)
    )
    assert re.fullmatch(PATTERN, header), "the document promises less than is taken"


@given(st.text(st.characters(max_codepoint=255), max_size=20))
def test_no_header_breaks_the_reading(header: str) -> None:
    try:
        read = IfMatch.parse(header)
    except NoVersion:
        assert not header.strip(" \t,")
    else:
        assert read.is_any == (header.strip(" \t") == "*")
        assert not (read.is_malformed and read.versions())


@pytest.fixture
def leader(program: ProgramOf) -> Program:
    return program("leader")


@pytest.fixture
def ref(world: World) -> Ref:
    return world.proposal_in("group_work")


@pytest.mark.parametrize("header", ['"1", {tag}', 'W/"1" , {tag},', ", ,{tag}", '"a,b", {tag}', " * ", "{tag},W/{tag}"])
def test_a_change_is_taken_where_one_of_the_tags_matches(leader: Program, ref: Ref, header: str) -> None:
    path = f"proposals/{ref.id}"
    tag = leader.get(path).headers["ETag"]
    answer = leader.patch(path, {"title": "Inny"}, If_Match=header.format(tag=tag), Idempotency_Key="raz")
    assert answer.status_code == 200, answer.text
    again = leader.patch(path, {"title": "Inny"}, If_Match=header.format(tag=tag), Idempotency_Key="raz")
    assert (again.status_code, again.json) == (200, answer.json)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("W/{tag}", "weak tag (W/) never matches"),
        ('W/{tag}, W/"1"', "weak tag (W/) never matches"),
        ('"999999"', "names no version that there is"),
        ('"abc"', "names no version that there is"),
        ("{number}", "cannot be read"),
        ('"1", {number}', "cannot be read"),
        ('"1"', "Somebody has changed this"),
    ],
)
def test_a_refusal_says_the_true_reason(leader: Program, ref: Ref, header: str, reason: str) -> None:
    path = f"proposals/{ref.id}"
    tag = leader.get(path).headers["ETag"]
    given = header.format(tag=tag, number=tag.strip('"'))
    body = problem(leader.patch(path, {"title": "Inny"}, If_Match=given, Accept_Language="en"), 412)
    assert reason in str(body["detail"])
    assert body["current"] == int(tag.strip('"'))
    assert leader.get(path).headers["ETag"] == tag


def test_who_may_not_change_it_learns_nothing_from_a_tag(program: ProgramOf, ref: Ref) -> None:
    problem(program("participant").patch(f"proposals/{ref.id}", {"title": "Inny"}, If_Match='W/"1"'), 403)
    problem(program("leader").patch("proposals/999999", {"title": "Inny"}, If_Match='W/"1"'), 404)
