"""What a process remembers of a subject is decided by only where it is still so; on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from tests.listening import statements_of
from tests.workflow.at_once import entries
from tests.world import _WAYS, World
from workflow.base.errors import NotAllowed, NotFound, NotReady, Stale
from workflow.db.database import Database
from workflow.engine import facts_reader, machine, remembered
from workflow.people import roles
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

OPINION = {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny."}


class AloneWorld(World):
    """Steps of proposals are taken alone, and after each one what is remembered is held against what there is."""

    held = 0

    def lead(self, ref: Ref, state: str) -> None:
        for one in _WAYS[state]:
            getattr(self, one)(ref)

    def take(self, ref: Ref, step: str, who: str, **data: Any) -> machine.Moved:
        if self._tx is not None or ref.kind != "proposal":
            return super().take(ref, step, who, **data)
        moved = take(self, ref, step, who, **data)
        known = self.database.remembered.recall(ref, self[who].id)
        with self.database.alone() as tx:
            there = facts_reader.look(tx, ref, actor=self[who])
        assert there is not None
        # A step that went the long way leaves an older sight, which the next write will find out.
        if known is not None and known.own["version"] == moved.version:
            assert dict(known.own) == dict(there.own)
            assert dict(known.edition) == dict(there.edition)
            assert replace(known, own=there.own, edition=there.edition) == there
            self.held += 1
        return moved


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def seen(world: World) -> Ref:
    """A proposal that staff has just taken a step of, so that it is remembered."""
    ref = world.proposal_in("submitted")
    note(world, ref)
    return ref


def take(world: World, ref: Ref, step: str, who: str, **data: Any) -> machine.Moved:
    world.at = max(world.at, world.now)
    return machine.take_alone(world.database, ref, step, actor=world[who], at=world.at, data=data)


def note(world: World, ref: Ref) -> machine.Moved:
    return take(world, ref, "merit_opinion", "staff", **OPINION)


def test_the_next_step_in_the_same_process_is_one_statement(world: World, seen: Ref) -> None:
    with statements_of(world.database) as asked:
        note(world, seen)
    assert asked == ["prepared"]


def test_what_is_remembered_is_what_there_is_all_through_a_life(database: Database) -> None:
    world = AloneWorld(database)
    edition = world.edition("conferences")
    ref = world.idea(edition)
    world.lead(ref, "submitted")
    world.send_back(ref)
    world.take(ref, "edit_sheet", "leader", summary="Świetlica w dwóch gminach: „Razem”.", cost="12 500,00")
    world.take(ref, "resubmit", "leader", explanation="Uzupełnione.")
    world.admit(ref)
    assert world.held >= 6


def withdraw(world: World, ref: Ref) -> None:
    with world.database.transaction() as tx:
        mine = "SELECT id FROM role_grant WHERE person_id = :who AND edition_id = :edition"
        who = {"who": world["staff"].id, "edition": world.edition_of(ref).id}
        grant = tx.execute(text(mine), who).scalar_one()
        roles.withdraw_role(tx, world["staff"].id or 0, grant, actor=world["admin"], at=world.now)


def shut_out(world: World, _ref: Ref) -> None:
    with world.database.transaction() as tx:
        roles.deactivate(tx, world["staff"].id or 0, actor=world["admin"], at=world.now)


def suspend(world: World, ref: Ref) -> None:
    world.take(world.edition_of(ref), "suspend", "staff2", reason="Powódź.")


@pytest.mark.parametrize("change", [withdraw, shut_out, suspend])
def test_a_right_or_an_edition_that_changed_since_refuses_the_step(
    world: World, seen: Ref, change: Callable[[World, Ref], None]
) -> None:
    change(world, seen)
    with pytest.raises((NotAllowed, NotFound, NotReady)):
        note(world, seen)
    assert entries(world, seen, "merit_opinion") == 1


def test_a_step_of_another_process_is_seen(world: World, seen: Ref) -> None:
    elsewhere = Database(world.database.url)
    machine.take_alone(elsewhere, seen, "merit_opinion", actor=world["staff2"], at=world.now, data=OPINION)
    elsewhere.close()
    assert note(world, seen).version == world.facts(seen).version
    assert entries(world, seen, "merit_opinion") == 3
    with pytest.raises(Stale):
        machine.take_alone(world.database, seen, "merit_opinion", actor=world["staff"], at=world.now, data=OPINION,
                           version=world.facts(seen).version - 1)  # fmt: skip


def test_a_role_given_since_counts(world: World, seen: Ref) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        take(world, seen, "merit_opinion", "visitor", **OPINION)
    with world.database.transaction() as tx:
        roles.grant_role(tx, world["visitor"].id or 0, edition_id=world.edition_of(seen).id, role="staff",
                          actor=world["admin"], at=world.now)  # fmt: skip
    take(world, seen, "merit_opinion", "visitor", **OPINION)
    assert entries(world, seen, "merit_opinion") == 2


@pytest.mark.parametrize(
    "by_hand",
    [
        "UPDATE proposal SET recorded = '{}' WHERE id = :id",
        "UPDATE edition SET historical = historical WHERE id = (SELECT edition_id FROM proposal WHERE id = :id)",
    ],
)
def test_a_row_changed_by_hand_is_read_anew(world: World, seen: Ref, by_hand: str) -> None:
    with world.database.transaction() as tx:
        tx.execute(text(by_hand), {"id": seen.id})
    with statements_of(world.database) as asked:
        note(world, seen)
    assert asked == ["prepared"] * 3


def test_what_was_changed_by_hand_is_not_written_over_by_what_was_remembered(world: World, seen: Ref) -> None:
    with world.database.transaction() as tx:
        tx.execute(text("UPDATE proposal SET recorded = '{\"mark\": 1}' WHERE id = :id"), {"id": seen.id})
    note(world, seen)
    assert world.facts(seen).recorded["mark"] == 1


def test_only_so_many_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "ROOM", 2)
    edition = world.edition("conferences")
    refs = [world.idea(edition, title=f"Pomysł {number}") for number in range(3)]
    for ref in refs:
        take(world, ref, "edit_sheet", "leader", summary="Świetlica.")
    leader = world["leader"].id
    assert [world.database.remembered.recall(ref, leader) is not None for ref in refs] == [False, True, True]


def test_somebody_of_the_group_who_was_never_seen_with_it_is_looked_at(world: World, seen: Ref) -> None:
    other = world.proposal_in("group_work")
    take(world, other, "edit_sheet", "leader", summary="Świetlica.")
    world.send_back(seen)
    note_of_staff = world.facts(seen).version
    assert take(world, seen, "edit_sheet", "leader", summary="Świetlica dla wszystkich.").version == note_of_staff + 1
    with pytest.raises((NotAllowed, NotFound)):
        take(world, seen, "edit_sheet", "participant", summary="Nie moja.")
