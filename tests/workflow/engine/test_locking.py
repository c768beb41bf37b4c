"""A step decides by what is true when it is written, on PostgreSQL: who locked first, another process, a change by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.listening import statements_of
from tests.workflow.at_once import at_once, database, entries, take
from tests.world import World
from workflow.base.errors import KeyReused, NotAllowed, NotFound, NotReady, Stale
from workflow.db.database import Database
from workflow.engine import chains, machine
from workflow.engine.command import StepCommand
from workflow.models import HistoryContent, OutboxRow, RoleGrant, Timer, UsedKey
from workflow.people import roles
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

__all__ = ["database"]
OPINION = {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny."}


@pytest.fixture
def noted(world: World) -> Ref:
    """A proposal whose record staff has just added to, in this process."""
    ref = world.proposal_in("submitted")
    note(world, ref)
    return ref


def note(world: World, ref: Ref, who: str = "staff", **more: Any) -> machine.Moved:
    found: machine.Moved = take(world, ref, "merit_opinion", who, answers=OPINION, **more)()
    return found


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


@pytest.mark.parametrize("change", [withdraw, shut_out, suspend])
def test_a_right_or_an_edition_that_changed_since_refuses_the_step(
    world: World, noted: Ref, change: Callable[[World, Ref], None]
) -> None:
    change(world, noted)
    with pytest.raises((NotAllowed, NotFound, NotReady)):
        note(world, noted)
    assert entries(world, noted, "merit_opinion") == 1


def test_a_step_of_another_process_is_seen(world: World, noted: Ref) -> None:
    elsewhere = Database(world.database.url)
    command = StepCommand(noted, "merit_opinion", world["staff2"], world.now, answers=OPINION)
    elsewhere.in_transaction(lambda tx: machine.take(tx, command))
    elsewhere.close()
    assert note(world, noted).version == world.facts(noted).version
    assert entries(world, noted, "merit_opinion") == 3
    with pytest.raises(Stale) as caught:
        note(world, noted, version=world.facts(noted).version - 1)
    assert caught.value.last is not None
    assert caught.value.last.step == "merit_opinion"


def test_a_role_given_since_counts(world: World, noted: Ref) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        note(world, noted, "visitor")
    with world.database.transaction() as tx:
        roles.grant_role(tx, world["visitor"].id or 0, edition_id=world.edition_of(noted).id, role="staff",
                         actor=world["admin"], at=world.now)  # fmt: skip
    note(world, noted, "visitor")
    assert entries(world, noted, "merit_opinion") == 2


def test_what_was_changed_by_hand_is_not_written_over(world: World, noted: Ref) -> None:
    with world.database.transaction() as tx:
        tx.execute(text("UPDATE proposal SET recorded = '{\"mark\": 1}' WHERE id = :id"), {"id": noted.id})
    note(world, noted)
    assert world.facts(noted).recorded["mark"] == 1


def test_a_subject_that_somebody_locks_is_waited_for(world: World, noted: Ref) -> None:
    with world.database.engine.connect() as other:
        other.execute(text("SELECT id FROM proposal WHERE id = :id FOR UPDATE"), {"id": noted.id})
        told = at_once([lambda: note(world, noted), other.commit])
    assert isinstance(told[0], machine.Moved)


def test_all_that_a_step_writes_is_there(world: World) -> None:
    ref = world.proposal_in("submitted")
    answers = {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}
    moved = take(world, ref, "return_for_completion", "staff", answers=answers, key="raz")()
    facts = world.facts(ref)
    with world.database.snapshot() as tx:
        assert chains.verify(tx, {ref: (facts.version, facts.head_hash)}).broken is None
        words = tx.execute(
            select(HistoryContent.data).where(HistoryContent.history_id == moved.history_id)
        ).scalar_one()
        assert words["explanation"] == answers["explanation"]
        outbox = select(OutboxRow.history_id).where(OutboxRow.key == f"{ref}:{moved.version}")
        assert tx.execute(outbox).scalar_one() == moved.history_id
        timer = select(Timer.state, Timer.due_at).where(Timer.subject_id == ref.id)
        ((state, due_at),) = tx.execute(timer).all()
        assert state == "returned"
        assert due_at > world.now
        assert tx.execute(select(UsedKey.answer)).scalar_one() == moved.as_json()


def test_a_repeated_call_gets_its_first_answer_and_another_with_its_key_is_refused(world: World, noted: Ref) -> None:
    first = note(world, noted, key="raz")
    again = note(world, noted, key="raz")
    assert (again.version, again.hash, again.replayed) == (first.version, first.hash, True)
    with pytest.raises(KeyReused):
        note(world, noted, key="raz", note="inaczej")
    assert entries(world, noted, "merit_opinion") == 2


def test_a_step_asks_the_database_the_same_whatever_it_finds(world: World, noted: Ref) -> None:
    with statements_of(world.database) as first:
        note(world, noted)
    with statements_of(world.database) as second:
        note(world, noted)
    # The subject, the rights; the row, the entry, its content, of which PostgreSQL is sent one statement.
    assert first == second == ["2 together", "3 together" if world.database.is_sqlite else "1 together"]
