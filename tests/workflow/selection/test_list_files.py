"""The result file of a list: both programs count it again, whatever the rule, and find every change of one field."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.workflow.selection.test_hall_votes import HALL, Hall, hall, there
from tests.workflow.voting.elections import E3, E3_BALLOTS, elections
from tests.workflow.voting.test_results import changed, places, refused_by_both, verify_alone
from workflow.base.errors import NotFound, NotReady
from workflow.rules.selection_rules import EditionRule, SelectionRule
from workflow.selection.joint_selection import obstacle_to_joint
from workflow.selection.list_files import result_of_list
from workflow.selection.proposed_list import counted_rule, is_applicable, propose
from workflow.selection.tie_breaks import break_by_draw
from workflow.selection.what_if import has_limits
from workflow.voting.counting.ballots import Method
from workflow.voting.counting.election import CountError, Election, RecordedOrders, Tie, TieKind, Undecided
from workflow.voting.counting.profile import Profile
from workflow.voting.results.canonical import canonical
from workflow.voting.results.project_list import CountedList, list_file
from workflow.voting.results.verification import verify_result
from workflow.voting.results.writing import BrokenBy, RecordedBreaks, TieBreak

__all__ = ["hall", "there"]
AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
NOTHING = RecordedBreaks({})


def counted(election: Election, profile: Profile, rule: EditionRule, breaks: RecordedBreaks = NOTHING) -> CountedList:
    return CountedList("edition:1", "Plan 2026", AT, "1", "0.1.0", counted_rule(rule), election, profile, breaks)


@given(
    case=elections([Method.APPROVE, Method.POINTS, Method.RANK]),
    name=st.sampled_from([*SelectionRule]),
    utility=st.sampled_from(["cost", "cardinality", "points"]),
    utilitarian=st.booleans(),
    threshold=st.integers(0, 2),
)
@settings(max_examples=120, deadline=None)
def test_both_programs_accept_the_file_of_every_rule(
    case: tuple[Election, Profile], name: SelectionRule, utility: str, utilitarian: bool, threshold: int
) -> None:
    election, profile = case
    rule = EditionRule(name, threshold, utility=utility, utilitarian=utilitarian)
    if not is_applicable(rule, profile) or not has_limits(election, rule):
        return
    try:
        proposed, data = propose(election, profile, rule), list_file(counted(election, profile, rule))
    except CountError:
        return
    if proposed.undecided:
        assert isinstance(data, Undecided)
        return
    assert isinstance(data, bytes)
    content = verify_result(data)
    verify_alone(data, quick=False)
    assert content["outcome"]["order"] == [*proposed.selected]
    assert content["outcome"]["reserve"] == [*proposed.reserve]


BROKEN = RecordedBreaks({frozenset("CDE"): TieBreak(BrokenBy.CHAIR, ("E", "C", "D"))})


def test_a_tie_that_the_chair_has_broken_stands_in_the_file_with_its_order() -> None:
    rule = EditionRule(SelectionRule.GREEDY)
    assert isinstance(list_file(counted(E3, E3_BALLOTS, rule)), Undecided)
    data = list_file(counted(E3, E3_BALLOTS, rule, BROKEN))
    assert isinstance(data, bytes)
    content = verify_result(data)
    verify_alone(data, quick=False)
    order = RecordedOrders(orders={frozenset("CDE"): ("E", "C", "D")})
    assert content["outcome"]["order"] == [*propose(E3, E3_BALLOTS, rule, order).selected]
    assert content["ties"][0]["broken_by"] == "chair"
    for path in places(json.loads(data)):
        assert refused_by_both(canonical(changed(data, path, remove=False))) == (True, True), path


JOINT = RecordedBreaks({frozenset("AB"): TieBreak(BrokenBy.JOINT, ("A", "B")),
                        frozenset("CE"): TieBreak(BrokenBy.CHAIR, ("C", "E"))})  # fmt: skip


def test_a_joint_selection_takes_both_projects_of_a_round_and_both_programs_count_it_so() -> None:
    rule = EditionRule(SelectionRule.EQUAL_SHARES, utility="cost", utilitarian=False)
    data = list_file(counted(E3, E3_BALLOTS, rule, JOINT))
    assert isinstance(data, bytes)
    content = verify_result(data)
    verify_alone(data, quick=False)
    assert {"A", "B"} <= set(content["outcome"]["selected"])
    orders = {members: one.keys for members, one in JOINT.breaks.items()}
    order = RecordedOrders(orders=orders, joint=frozenset({frozenset("AB")}))
    assert content["outcome"]["order"] == [*propose(E3, E3_BALLOTS, rule, order).selected]
    assert content["outcome"]["spent"] <= content["budget"]
    for path in places(json.loads(data)):
        assert refused_by_both(canonical(changed(data, path, remove=False))) == (True, True), path


def test_a_joint_selection_that_does_not_fit_is_no_outcome() -> None:
    rule = EditionRule(SelectionRule.EQUAL_SHARES, utility="cost", utilitarian=False)
    with pytest.raises(CountError):
        list_file(counted(replace(E3, places=1), E3_BALLOTS, rule, JOINT))


@pytest.mark.parametrize(("changes", "obstacle"), [({}, ""), ({"budget": 6_900_000}, "1"), ({"places": 1}, "1")])
def test_a_joint_selection_is_offered_where_all_fit_and_else_says_what_is_lacking(
    changes: dict[str, int], obstacle: str
) -> None:
    rule, election = EditionRule(SelectionRule.EQUAL_SHARES, utility="cost", utilitarian=False), replace(E3, **changes)
    tie = Tie(TieKind.ROUND, ("A", "B"))
    proposed = propose(election, E3_BALLOTS, rule)
    found = obstacle_to_joint(election, E3_BALLOTS, rule, RecordedOrders(), structs.replace(proposed, selected=()), tie)
    assert (found is None) == (not obstacle)
    assert obstacle in (found.say("pl") if found else "")


# --- from rows ------------------------------------------------------------------------------------------------------


def file_of(hall: Hall) -> bytes:
    with hall.world.writing() as tx:
        return result_of_list(tx, hall.columns, at=hall.world.now)


def test_an_edition_without_ballots_of_a_hall_has_no_file(hall: Hall) -> None:
    with pytest.raises(NotFound):
        file_of(hall)
    hall.imported()
    with pytest.raises(NotFound):
        file_of(hall)


def test_the_file_of_an_edition_holds_and_is_the_same_each_time(hall: Hall) -> None:
    hall.change_settings(selection_rule="equal-shares")
    hall.imported()
    data = file_of(hall)
    assert verify_result(data)["outcome"]["order"] == ["1", "2"]
    verify_alone(data, quick=False)
    assert data == file_of(hall)


def test_a_tie_is_broken_before_there_is_a_file_and_the_draw_stands_in_it(hall: Hall) -> None:
    hall.change_settings(selection_rule="approval")
    hall.imported(
        HALL.replace("9;1,2;", "9;1;").replace("3;1;", "3;2;").replace("4;;", "4;2;").replace("2;600", "2;8000")
    )
    with hall.world.writing() as tx:
        hall.set_costs(1_250_000, 800_000)
    with pytest.raises(NotReady):
        file_of(hall)
    with hall.world.writing() as tx:
        tie = Tie(TieKind.BOUNDARY, ("1", "2"))
        break_by_draw(tx, hall.edition_ref.id, tie, "jabłko", actor=hall.world["chair"], at=hall.world.now)
    data = file_of(hall)
    content = verify_result(data)
    verify_alone(data, quick=False)
    assert content["draw"]["word"] == "jabłko"
    assert content["ties"][0]["broken_by"] == "draw"
    assert len(content["outcome"]["selected"]) == 1
