"""Naming a person for many proposals: two presses at once, and somebody whose role ends meanwhile."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select, update

from tests.world import World
from workflow.base.calendar import utc_now
from workflow.base.errors import NotAllowed, Stale
from workflow.db.database import Database
from workflow.models import HistoryEntry, RoleGrant
from workflow.proposals.bulk_assign import Outcome, Target, assign_each
from workflow.rules.facts import Ref


def press(world: World, refs: list[Ref], key: str = "k", who: str = "staff") -> list[Outcome]:
    targets = [Target(ref.id, 1, None) for ref in refs]
    animator = world["animator"].id or 0
    return assign_each(
        world.database, targets, task="animator", person_id=animator, actor=world[who], at=utc_now(), key=key
    )


def entries(world: World, ref: Ref) -> int:
    h = HistoryEntry
    with world.database.reading() as tx:
        query = select(func.count()).where(h.subject_kind == ref.kind, h.subject_id == ref.id)
        return int(tx.execute(query).scalar_one())


def test_two_presses_at_once_are_one_effect_and_both_are_told_that_it_is_done(database: Database) -> None:
    world = World(database)
    edition = world.edition("conferences")
    refs = [world.idea(edition, title=f"Pomysł {number}") for number in range(5)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _press: press(world, refs), range(2)))
    assert [one.refusal for answer in answers for one in answer] == [None] * 10
    assert [entries(world, ref) for ref in refs] == [2] * 5


def test_two_people_at_once_cannot_both_be_right(database: Database) -> None:
    world = World(database)
    refs = [world.idea(world.edition("conferences"))]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: press(world, refs, who=who), ("staff", "staff2")))
    refusals = [one.refusal for answer in answers for one in answer]
    assert sorted(type(one) for one in refusals if one) == [Stale]
    assert entries(world, refs[0]) == 2


def test_whoever_has_lost_the_role_is_refused_for_each(database: Database) -> None:
    world = World(database)
    refs = [world.idea(world.edition("conferences"))]
    with database.transaction() as tx:
        mine = update(RoleGrant).where(RoleGrant.person_id == world["staff"].id)
        tx.execute(mine.values(withdrawn_at=utc_now()))
    assert [type(one.refusal).__name__ for one in press(world, refs)] in (["NotFound"], [NotAllowed.__name__])
    assert entries(world, refs[0]) == 1
