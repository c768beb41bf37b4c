"""Score cards handed in at the same moment, on PostgreSQL: one card counts for a seat, and none passes an opening."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflow.at_once import at_once, database
from tests.workflow.selection.scoring import ASKED, Committee
from tests.world import World
from workflow.base.errors import NotReady, Stale
from workflow.selection.criteria import change_criterion
from workflow.selection.score_cards import GivenCard, open_scores, save_card

__all__ = ["database"]
pytestmark = pytest.mark.slow


@pytest.fixture
def committee(world: World) -> Committee:
    return Committee(world)


def handing_in(committee: Committee, who: str, *points: int, revision: int = 0) -> Callable[[], Any]:
    world = committee.world
    given = GivenCard(dict(zip(committee.criteria, map(str, points), strict=True)), "", revision)
    return lambda: world.database.in_transaction(lambda tx: save_card(
        tx, committee.edition, committee.project.id, given, hand_in=True, actor=world[who], at=world.now
    ))  # fmt: skip


def test_of_holder_and_substitute_at_once_one_card_is_in(committee: Committee) -> None:
    committee.substitute("committee1", "may_lead")
    answers = at_once([handing_in(committee, "committee1", 5, 5, 5), handing_in(committee, "may_lead", 1, 1, 1)])
    assert {type(answer) for answer in answers} == {int, NotReady}
    assert committee.states().count("submitted") == 1


def test_of_two_pages_of_one_person_at_once_one_is_stale(committee: Committee) -> None:
    answers = at_once([handing_in(committee, "chair", 5, 5, 5), handing_in(committee, "chair", 1, 1, 1)])
    assert {type(answer) for answer in answers} == {int, Stale}
    assert committee.states() == ["submitted"]


def test_the_last_two_cards_at_once_open_the_scores(committee: Committee) -> None:
    committee.save("chair", 5, 3, 4)
    answers = at_once([handing_in(committee, "committee1", 4, 4, 4), handing_in(committee, "committee2", 3, 5, 2)])
    assert answers == [1, 1]
    assert committee.scoring().is_open(committee.line)
    with pytest.raises(NotReady):
        committee.save("chair", 1, 1, 1, revision=1)


def test_a_change_of_criteria_and_the_first_card_never_pass_each_other(committee: Committee) -> None:
    world, narrow = committee.world, {**ASKED, "scale_max": 3}

    def change() -> None:
        with world.database.transaction() as tx:
            change_criterion(tx, committee.edition["id"], committee.criteria[0], narrow, actor=world["staff"],
                             at=world.now)  # fmt: skip

    at_once([handing_in(committee, "chair", 5, 3, 4), change])
    scale = committee.scoring().criteria[0].scale
    assert all(card.points[committee.criteria[0]] in scale for card in committee.line.cards)


def test_no_card_is_changed_after_the_opening(committee: Committee) -> None:
    world = committee.world
    committee.save("chair", 5, 5, 5)

    def open_all() -> int:
        return world.database.in_transaction(lambda tx: open_scores(
            tx, committee.edition, roles=frozenset({"committee_chair"}), actor=world["chair"], at=world.now
        ))  # fmt: skip

    changed, opened = at_once([handing_in(committee, "chair", 1, 1, 1, revision=1), open_all])
    assert opened == 1
    card = committee.line.counted[0]
    assert (card.revision, set(card.points.values())) == ((2, {1}) if changed == 2 else (1, {5}))
