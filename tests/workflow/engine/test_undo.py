from datetime import timedelta

import pytest

from tests.workflow.lifecycle.small_world import NOW, Small, small_world
from workflow.base.errors import BadInput, NotAllowed, NotReady, Stale
from workflow.db.database import Database
from workflow.engine import facts_reader, machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.rules.facts import SYSTEM, Facts, Ref

DAY = NOW.date()


@pytest.fixture
def small(database: Database) -> Small:
    with database.transaction() as tx:
        return small_world(tx)


def plan(database: Database, small: Small) -> Ref:
    data = {"number": 1, "purpose": "Zasoby i problemy", "day": DAY.isoformat(), "is_summary": False}
    with database.transaction() as tx:
        return machine.create(
            tx,
            CreateCommand("conference", "plan", actor=small.staff, at=NOW, edition_id=small.edition.id, answers=data),
        ).ref


def facts(database: Database, ref: Ref) -> Facts:
    with database.reading() as tx:
        return facts_reader.read_facts(tx, [ref], actor=SYSTEM)[ref]


def test_undoing_restores_state_columns_and_case_file_as_a_new_entry(database: Database, small: Small) -> None:
    ref = plan(database, small)
    with database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
    before = facts(database, ref)
    with database.transaction() as tx:
        machine.take(
            tx, StepCommand(ref, "hold", actor=small.staff, at=NOW, answers={"participants": 98, "qualifier": "ok."})
        )
    held = facts(database, ref)
    assert (held.state, held["participants"]) == ("held", 98)
    with database.transaction() as tx:
        moved = machine.undo(tx, ref, actor=small.staff, at=NOW, version=held.version, reason="Pomyłka")
    after = facts(database, ref)
    assert (moved.source, moved.target) == ("held", "open")
    assert after.version == held.version + 1
    assert (after.state, after["participants"], after.recorded) == (
        before.state,
        before["participants"],
        before.recorded,
    )


def test_a_date_that_was_moved_comes_back_as_a_date(database: Database, small: Small) -> None:
    ref = plan(database, small)
    before = facts(database, ref)["starts_at"]
    later = (NOW + timedelta(days=30)).date().isoformat()
    with database.transaction() as tx:
        machine.take(
            tx, StepCommand(ref, "postpone", actor=small.staff, at=NOW, answers={"reason": "Powódź", "day": later})
        )
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=2, reason="Jednak nie")
    assert facts(database, ref)["starts_at"] == before


@pytest.mark.parametrize("reason", ["  ", "a\x00b", "x" * 4001])
def test_undoing_needs_a_reason_that_can_be_kept(database: Database, small: Small, reason: str) -> None:
    ref = plan(database, small)
    with pytest.raises(BadInput) as refusal, database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=2, reason=reason)
    assert "reason" in refusal.value.fields


def test_nothing_begins_or_is_undone_in_an_edition_that_is_over(database: Database, small: Small) -> None:
    ref = plan(database, small)
    with database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
        machine.take(tx, StepCommand(small.edition, "archive", actor=small.admin, at=NOW, answers={"reason": "Koniec"}))
    with pytest.raises(NotReady) as over, database.transaction() as tx:
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=2, reason="Pomyłka")
    assert over.value.missing[0].code == "edition_over"
    with pytest.raises(NotReady), database.transaction() as tx:
        data = {"number": 2, "purpose": "x"}
        machine.create(
            tx,
            CreateCommand("conference", "plan", actor=small.staff, at=NOW, edition_id=small.edition.id, answers=data),
        )


def test_only_those_whom_the_table_names_may_undo(database: Database, small: Small) -> None:
    ref = plan(database, small)
    with database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
    with pytest.raises(NotAllowed), database.transaction() as tx:
        machine.undo(tx, ref, actor=small.participant, at=NOW, version=2, reason="Bo tak")


def test_an_undoing_cannot_be_undone_nor_the_beginning(database: Database, small: Small) -> None:
    ref = plan(database, small)
    with pytest.raises(NotAllowed), database.transaction() as tx:
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=1, reason="Bo tak")
    with database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=2, reason="Pomyłka")
    with pytest.raises(NotAllowed), database.transaction() as tx:
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=3, reason="Pomyłka pomyłki")


def test_a_stale_undoing_is_refused(database: Database, small: Small) -> None:
    ref = plan(database, small)
    with database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
    with pytest.raises(Stale), database.transaction() as tx:
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=1, reason="Pomyłka")
