"""Two steps of one plan at the same moment, on PostgreSQL: what both would break together is refused to one of them."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.workflow.at_once import at_once, database, take
from tests.world import World
from workflow.base.errors import NotReady
from workflow.models import BudgetLine, MilestoneDependency
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

__all__ = ["database"]


def codes(answers: list[Any]) -> list[str]:
    """What was missing, of those that were refused."""
    return [unmet.code for answer in answers if isinstance(answer, NotReady) for unmet in answer.missing]


def test_two_milestones_never_wait_for_each_other(world: World) -> None:
    project = world.proposal_in("selected")
    first, second = (world.plan_milestone(project, "staff", title=title) for title in ("Dach", "Okna"))
    numbers = world.facts(first)["number"], world.facts(second)["number"]
    answers = at_once([
        take(world, first, "edit", "staff", answers={"after": [numbers[1]]}),
        take(world, second, "edit", "staff", answers={"after": [numbers[0]]}),
    ])  # fmt: skip
    assert codes(answers) == ["circle"]
    with world.database.reading() as tx:
        assert len(tx.execute(select(MilestoneDependency.milestone_id)).all()) == 1


def lines_of(world: World, project: Ref) -> list[int]:
    """What the lines of a budget have, by their numbers."""
    query = select(BudgetLine.planned).where(BudgetLine.proposal_id == project.id).order_by(BudgetLine.number)
    with world.database.reading() as tx:
        return list(tx.execute(query).scalars())


def test_two_changes_do_not_take_the_same_money(world: World) -> None:
    project = world.proposal_in("in_implementation")
    before = len(lines_of(world, project))
    with world.writing() as tx:
        for number, planned in ((7, 100_00), (8, 100_00), (9, 50_00)):
            tx.execute(insert(BudgetLine).values(
                proposal_id=project.id, number=number, label=f"Pozycja {number}", planned=planned, agreed=planned,
                created_at=world.at,
            ))  # fmt: skip
    changes = [
        world.request_change(project, change_kind="money", milestone_number=None, new_day=None, line_number=number,
                             new_amount="140,00", from_line=9)
        for number in (7, 8)
    ]  # fmt: skip
    answers = at_once([take(world, change, "approve", "staff") for change in changes])
    assert codes(answers) == ["source_too_small"]
    assert sorted(lines_of(world, project)[before:]) == [10_00, 100_00, 140_00]
