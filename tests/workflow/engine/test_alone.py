"""A step taken alone, on PostgreSQL: a fact that changes between its look and its write is never decided by."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from tests.workflow.at_once import at_once, entries, version_of
from tests.world import SHEET, World
from workflow.base.errors import KeyReused, NotAllowed, NotFound, NotReady, Refusal, Stale
from workflow.db import statements
from workflow.db.database import Database
from workflow.engine import facts_reader, history, machine
from workflow.models import HistoryContent, OutboxRow, RoleGrant, Timer, UsedKey
from workflow.people import roles
from workflow.rules.facts import Facts, Ref

pytestmark = pytest.mark.slow


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def checked(world: World) -> Ref:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    return ref


def admit(world: World, ref: Ref, **more: Any) -> machine.Moved:
    return machine.take_alone(world.database, ref, "admit", actor=world["staff"], at=world.now, **more)


def after_the_look(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Any]) -> list[Facts]:
    """Let somebody change something once a step has looked and before it writes; returns what was seen."""
    looked = facts_reader.look
    seen: list[Facts] = []

    def look(tx: Connection, ref: Ref, **who: Any) -> Facts | None:
        found = looked(tx, ref, **who)
        if found is not None and not seen:
            seen.append(found)
            change()
        return found

    monkeypatch.setattr(facts_reader, "look", look)
    return seen


def withdraw(world: World, ref: Ref) -> None:
    mine = (RoleGrant.person_id == world["staff"].id, RoleGrant.edition_id == world.edition_of(ref).id)
    with world.database.transaction() as tx:
        grant = tx.execute(select(RoleGrant.id).where(*mine)).scalar_one()
        roles.withdraw_role(tx, world["staff"].id or 0, grant, actor=world["admin"], at=world.now)


def shut_out(world: World, _ref: Ref) -> None:
    with world.database.transaction() as tx:
        roles.deactivate(tx, world["staff"].id or 0, actor=world["admin"], at=world.now)


def suspend(world: World, ref: Ref) -> None:
    world.take(world.edition_of(ref), "suspend", "staff2", reason="Powódź.")


def refuse(world: World, ref: Ref) -> None:
    world.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami.")
    world.take(ref, "refuse_admission", "staff2")


@pytest.mark.parametrize("change", [withdraw, shut_out, suspend, refuse])
def test_a_fact_that_changes_after_the_look_is_found_before_the_write(
    world: World, checked: Ref, monkeypatch: pytest.MonkeyPatch, change: Callable[[World, Ref], None]
) -> None:
    seen = after_the_look(monkeypatch, lambda: change(world, checked))
    with pytest.raises((NotAllowed, NotFound, NotReady, Refusal)):
        admit(world, checked)
    assert seen
    assert entries(world, checked, "admit") == 0


def test_a_page_that_went_stale_after_the_look_is_refused_with_who_was_faster(
    world: World, checked: Ref, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = version_of(world, checked)
    after_the_look(monkeypatch, lambda: world.take(checked, "formal_check", "staff2", checks=["complete"]))
    with pytest.raises(Stale) as caught:
        admit(world, checked, version=version)
    assert caught.value.last is not None
    assert caught.value.last.step == "formal_check"


def test_something_else_that_happened_after_the_look_is_no_hindrance(
    world: World, checked: Ref, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_the_look(monkeypatch, lambda: world.take(world.edition_of(checked), "set_rules", "staff2", minimum_members=2))
    assert admit(world, checked).target == "admitted"
    assert entries(world, checked, "admit") == 1


def test_a_subject_that_somebody_holds_is_waited_for_under_lock(world: World, checked: Ref) -> None:
    with world.database.engine.connect() as other:
        other.execute(text("SELECT id FROM proposal WHERE id = :id FOR UPDATE"), {"id": checked.id})
        told = at_once([lambda: admit(world, checked), other.commit])
    assert isinstance(told[0], machine.Moved)


def test_a_step_alone_asks_the_database_twice_and_opens_no_transaction(
    world: World, checked: Ref, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    cursor_of = statements.cursor_of

    def counted(tx: Connection) -> Any:
        asked.append(tx.connection.driver_connection.autocommit)  # type: ignore[union-attr]
        return cursor_of(tx)

    monkeypatch.setattr(statements, "cursor_of", counted)
    admit(world, checked)
    assert asked == [True, True]


def test_all_that_a_step_writes_is_there_when_it_was_taken_alone(world: World) -> None:
    ref = world.proposal_in("submitted")
    data = {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}
    moved = machine.take_alone(world.database, ref, "return_for_completion", actor=world["staff"], at=world.now,
                               data=data, key="raz")  # fmt: skip
    facts = world.facts(ref)
    with world.database.snapshot() as tx:
        assert history.verify(tx, {ref: (facts.version, facts.head_hash)}).broken is None
        words = tx.execute(
            select(HistoryContent.data).where(HistoryContent.history_id == moved.history_id)
        ).scalar_one()
        assert words["explanation"] == data["explanation"]
        told = select(OutboxRow.history_id).where(OutboxRow.key == f"{ref}:{moved.version}")
        assert tx.execute(told).scalar_one() == moved.history_id
        timers = select(Timer.state).where(Timer.subject_id == ref.id, Timer.done_at.is_(None))
        assert set(tx.execute(timers).scalars()) == {"returned"}
        assert tx.execute(select(UsedKey.answer)).scalar_one() == moved.as_json()


def test_a_call_repeated_alone_gets_its_first_answer(world: World, checked: Ref) -> None:
    first = admit(world, checked, key="raz")
    again = admit(world, checked, key="raz")
    assert (again.version, again.hash, again.replayed) == (first.version, first.hash, True)
    with pytest.raises(KeyReused):
        admit(world, checked, key="raz", note="inaczej")
    assert entries(world, checked, "admit") == 1


def test_a_call_repeated_alone_by_twenty_at_once_has_one_effect(world: World, checked: Ref) -> None:
    told = at_once([lambda: admit(world, checked, key="raz")] * 20)
    assert {one.hash for one in told} == {told[0].hash}
    assert entries(world, checked, "admit") == 1


def test_a_step_with_more_to_write_goes_the_long_way(world: World) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", **SHEET)
    moved = machine.take_alone(world.database, ref, "submit", actor=world["leader"], at=world.now)
    assert moved.target == "submitted"
