"""Real elections: official winners and the outcomes of an independent program, where the folder is there."""

import json
from functools import cache
from typing import Any

import pytest

from tests.workflow.voting.elections import PABULIB
from workflow.voting.counting.election import Outcome, Undecided, lexical
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.rules import Rule, RuleName, count
from workflow.voting.pabulib.election_file import ElectionFile
from workflow.voting.pabulib.reader import read
from workflow.voting.pabulib.writer import write

GREEDY, MES = RuleName.GREEDY, RuleName.EQUAL_SHARES
FIRST, LAST = RuleName.FIRST_EXHAUSTIVE, RuleName.LAST_FEASIBLE
COST, CARDINALITY, POINTS = Utility.COST, Utility.CARDINALITY, Utility.POINTS
# The names of EXPECTED.json; its rules know no threshold.
RULES = {
    "greedy_cost": Rule(GREEDY), "greedy_card": Rule(GREEDY, CARDINALITY),
    "mes_cost": Rule(MES), "mes_card": Rule(MES, CARDINALITY), "mes_cost_u": Rule(MES, utilitarian=True),
    "mes_cost_add1": Rule(FIRST), "mes_cost_add1u": Rule(FIRST, utilitarian=True),
    "mes_points": Rule(MES, POINTS), "mes_points_u": Rule(MES, POINTS, utilitarian=True),
    "mes_points_add1u": Rule(FIRST, POINTS, utilitarian=True),
    "mes_borda": Rule(MES, POINTS), "mes_borda_u": Rule(MES, POINTS, utilitarian=True),
    "mes_borda_add1u": Rule(FIRST, POINTS, utilitarian=True), "ref_add1_inf": Rule(LAST),
}  # fmt: skip
# Seconds that the other program took: what took it a second is slow here too, what took far longer is left out.
SLOW_S, LONGEST_S = 0.5, 10
OFFICIAL = {
    "greedy": GREEDY, "greedy-no-skip": RuleName.GREEDY_NO_SKIP, "greedy-threshold": RuleName.GREEDY_THRESHOLD,
    "equalshares/add1": LAST,
}  # fmt: skip
TIES = {
    "Poland_Lodz_2022_Zdrowie-Mania.pb": ("P194ZM", "P200ZM"),
    "Poland_Warszawa_2022_Praga-Polnoc.pb": ("24", "930"),
}


@cache
def election(name: str) -> ElectionFile:
    assert PABULIB
    return read((PABULIB / name).read_bytes())


def expected() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((PABULIB / "EXPECTED.json").read_text("utf-8"))["instances"] if PABULIB else {}
    return known


def cases() -> list[Any]:
    return [
        pytest.param(name, rule, result, marks=[pytest.mark.slow] if is_slow(result) else [])
        for name, instance in expected().items()
        for rule, result in instance["results"].items()
        # With a completion a long count is the same once more.
        if rule in RULES and result.get("run_s", 0) < LONGEST_S and not (rule == "mes_cost_add1u" and is_slow(result))
    ]


def is_slow(result: dict[str, Any]) -> bool:
    return bool(result.get("run_s", 0) >= SLOW_S or result.get("iterations", 0) > 2000)


# A developer's checkout without the folder runs the one test that says so.
@pytest.mark.parametrize(("name", "rule", "result"), cases() or [("", "", {})])
def test_outcome_and_order_equal_the_expected(name: str, rule: str, result: dict[str, Any]) -> None:
    if not name:
        assert PABULIB is None
        return
    file = election(name)
    outcome = count(file.election, file.profile, RULES[rule], lexical(file.election))
    assert isinstance(outcome, Outcome)
    assert sorted(outcome.selected) == result["selected"]
    assert [*outcome.selected] == result.get("order", [*outcome.selected])


@pytest.mark.parametrize("name", [*expected()] or [""])
def test_official_winners_are_those_of_the_rule_that_the_file_names(name: str) -> None:
    if not name:
        assert PABULIB is None
        return
    file, official = election(name), expected()[name]["results"]["official"]["selected"]
    rule = Rule(OFFICIAL[file.meta["rule"]], threshold=file.threshold)
    outcome = count(file.election, file.profile, rule)
    if name in TIES:
        assert isinstance(outcome, Undecided)
        assert outcome.tie.members == TIES[name]
        return
    assert isinstance(outcome, Outcome)
    assert sorted(outcome.selected) == official
    assert outcome.decisive == ()


@pytest.mark.parametrize("name", [*expected()] or [""])
def test_what_is_written_is_read_again(name: str) -> None:
    if not name:
        assert PABULIB is None
        return
    file = election(name)
    assert read(write(file).encode("utf-8")) == file
    assert file.warnings == ()
