"""A preview also counts what the system does because of a command: guests of a merger, terms that move, an undoing."""

from datetime import timedelta

import pytest

from tests.workflow.engine.previewed import assert_foretold
from tests.workflow.engine.test_preview import seen
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotAllowed, Stale
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import UNDO
from workflow.engine.preview import Preview
from workflow.models import Proposal
from workflow.rules.facts import Ref


@pytest.fixture
def world(sqlite_url: str) -> World:
    return World(Database(sqlite_url))


def column(world: World, ref: Ref, name: str) -> object:
    with world.database.reading() as tx:
        return tx.execute(Proposal.__table__.select().where(Proposal.id == ref.id)).mappings().one()[name]


def take(world: World, command: StepCommand, shown: Preview) -> None:
    with world.database.transaction() as tx:
        assert not shown.refusals, [refused.refusal.missing for refused in shown.refusals]
        version = shown.moves[0].version
        machine.take(tx, command)
        assert_foretold(tx, shown, version, None)


def test_guests_of_a_merger_are_counted_where_they_go(world: World) -> None:
    ref = world.proposal_in("group_work")
    other = world.sibling(ref)
    world.agree(ref, other)
    command = StepCommand(ref, "merge_into", world["staff"], world.at, answers={"target": other.id})
    shown = seen(world, command)
    before = column(world, other, "member_count")
    counted = {move.command.ref: move.member_count for move in shown.moves}
    take(world, command, shown)
    assert counted[other] == column(world, other, "member_count") != before


def test_guests_who_go_back_are_counted_too(world: World) -> None:
    ref = world.proposal_in("merged")
    world.take(ref, "ask_to_unmerge", "leader2", reason="Zmiana planów.")
    command = StepCommand(ref, "unmerge", world["staff"], world.at)
    shown = seen(world, command)
    assert len(shown.moves) > 1
    take(world, command, shown)


def test_terms_that_move_when_an_edition_goes_on_are_counted(world: World) -> None:
    ref = world.proposal_in("returned")
    edition = world.edition_of(ref)
    world.take(edition, "suspend", "staff", reason="Brak środków.")
    world.wait(10)
    world.take(edition, "set_calendar", "staff", submission_until=warsaw_date(world.at) + timedelta(days=90))
    command = StepCommand(edition, "resume", world["staff"], world.at)
    shown = seen(world, command)
    assert not shown.refusals, shown.refusals[0].refusal.missing
    assert shown.shifted_terms == 1
    assert [move.command.ref for move in shown.moves] == [edition, ref]
    take(world, command, shown)


def test_an_undoing_is_previewed_as_it_then_happens(world: World) -> None:
    ref = world.proposal_in("returned")
    shown = seen(world, StepCommand(ref, UNDO, world["staff"], world.at), answered=False)
    (move,) = shown.moves
    assert (move.source, move.target) == ("returned", "submitted")
    assert move.recipients
    with world.database.transaction() as tx:
        machine.undo(tx, ref, actor=world["staff"], at=world.at, version=move.version, reason="Pomyłka w biurze.")
        assert_foretold(tx, shown, move.version, None)


def test_an_undoing_is_refused_in_a_preview_as_in_earnest(world: World) -> None:
    ref = world.proposal_in("returned")
    (refused,) = seen(world, StepCommand(ref, UNDO, world["leader"], world.at)).refusals
    assert isinstance(refused.refusal, NotAllowed)
    check = StepCommand(ref, "shift_term", world["staff"], world.at, answers={"days": 1, "reason": "Święto."})
    (refused,) = seen(world, check, StepCommand(ref, UNDO, world["staff"], world.at)).refusals
    assert isinstance(refused.refusal, Stale)
