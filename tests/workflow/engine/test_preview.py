"""A preview says what the same commands then do, and writes nothing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.workflow.engine.test_batch import OUTCOMES, committee
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NoSuchStep, NotReady, Stale
from workflow.db.database import Database
from workflow.engine.batch import StepRefused, take_all
from workflow.engine.command import StepCommand
from workflow.engine.edition_totals import with_totals
from workflow.engine.preview import Preview, preview
from workflow.engine.totals_after import totals_after
from workflow.models import HistoryEntry, OutboxRow, Proposal, Timer
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.facts import Facts, Ref
from workflow.rules.topics import Notice
from workflow.rules.totals import Totals


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def nobody(_tx: Connection, notices: Sequence[Notice]) -> list[tuple[int, ...]]:
    return [() for _ in notices]


def commands(world: World, refs: list[Ref], steps: Sequence[str]) -> list[StepCommand]:
    return [StepCommand(ref, step, world["chair"], world.at) for ref, step in zip(refs, steps, strict=True)]


def seen(world: World, *asked: StepCommand, **more: Any) -> Preview:
    with world.database.reading() as tx:
        return preview(tx, asked, **{"recipients": recipients_of, **more})


def counts(world: World) -> list[int]:
    with world.database.reading() as tx:
        models = (HistoryEntry, OutboxRow, Timer, Proposal)
        return [tx.execute(select(func.count()).select_from(model)).scalar_one() for model in models]


def totals_of(world: World, facts: Facts) -> Totals:
    with world.database.reading() as tx:
        totals = with_totals(tx, {facts.ref: facts})[facts.ref].totals
    assert totals is not None
    return totals


def test_a_preview_says_what_the_steps_then_do_and_writes_nothing(world: World) -> None:
    refs = committee(world, OUTCOMES)
    asked = commands(world, refs, OUTCOMES)
    before = counts(world)
    shown = seen(world, *asked)
    assert counts(world) == before
    assert not shown.refusals
    with world.database.transaction() as tx:
        moved = take_all(tx, asked)
    assert [(one.command.ref, one.source, one.target, one.version + 1) for one in shown.moves] == [
        (one.ref, one.source, one.target, one.version) for one in moved
    ]
    totals = totals_of(world, world.facts(refs[0]))
    assert (shown.places, shown.money) == (totals.funded, totals.funded_cost)
    for one in shown.moves:
        timer = select(Timer.due_at).where(Timer.subject_kind == "proposal", Timer.subject_id == one.command.ref.id)
        with world.database.reading() as tx:
            due_at = tx.execute(timer).scalar_one_or_none()
        assert (due_at is not None) == bool(one.deadlines)


def test_the_third_sees_that_the_first_two_took_the_places(world: World) -> None:
    refs = committee(world, ("select",) * 3, places=2)
    asked = commands(world, refs, ("select",) * 3)
    shown = seen(world, *asked)
    assert [one.command.ref for one in shown.moves] == refs[:2]
    (refused,) = shown.refusals
    assert refused.command.ref == refs[2]
    assert isinstance(refused.refusal, NotReady)
    with pytest.raises(StepRefused) as caught, world.database.transaction() as tx:
        take_all(tx, asked)
    assert [one.code for one in caught.value.refusal.missing] == [one.code for one in refused.refusal.missing]


def test_a_command_is_decided_by_the_state_that_one_before_it_left(world: World) -> None:
    (ref,) = committee(world, ("select",))
    shown = seen(world, *commands(world, [ref, ref], ("select", "select")))
    assert len(shown.moves) == 1
    assert isinstance(shown.refusals[0].refusal, NoSuchStep)
    stale = StepCommand(ref, "select", world["chair"], world.at, version=1)
    assert isinstance(seen(world, stale).refusals[0].refusal, Stale)


def test_letters_are_those_that_people_then_get(world: World) -> None:
    refs = committee(world, ("select", "reject"))
    shown = seen(world, *commands(world, refs, ("select", "reject")))
    leader = world["leader"].id or 0
    assert {one.command.ref for one in shown.letters[leader]} == set(refs)
    assert set(shown.letters) >= {leader, world["partner"].id, world["member"].id} - {None}


def test_longer_terms_follow_their_groups(world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    longer = {"due_on": warsaw_date(until) + timedelta(days=1), "reason": "Powódź."}
    for step, who, data in (
        ("extend_submission", "staff", longer),
        ("withdraw", "leader", {"reason": "Zmiana planów.", "group_informed": True}),
    ):
        before = world.facts(ref)
        totals = totals_of(world, before)
        world.take(ref, step, who, **data)
        after = world.facts(ref)
        assert totals_after(totals, before, after) == totals_of(world, after)
        assert bool(totals_of(world, after).longer_terms) == (step == "extend_submission")


@pytest.mark.parametrize("state", ["selected", "reserve", "in_implementation"])
def test_places_money_and_positions_follow_a_cancellation_and_a_withdrawal(world: World, state: str) -> None:
    ref = world.proposal_in(state)
    before = world.facts(ref)
    totals = totals_of(world, before)
    if state == "in_implementation":
        world.take(ref, "propose_cancellation", "staff", cancel_ground="no_funds", justification="Brak.")
        world.take(ref, "cancel", "chair", cancel_ground="no_funds", justification="Brak.")
    else:
        world.take(ref, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    after = world.facts(ref)
    assert totals_after(totals, before, after).funded == totals_of(world, after).funded
    assert totals_after(totals, before, after) == totals_of(world, after)


def test_who_only_looks_sees_state_letters_and_dates_before_the_answers(world: World) -> None:
    ref = world.proposal_in("submitted")
    shown = seen(world, StepCommand(ref, "return_for_completion", world["staff"], world.at), answered=False)
    (move,) = shown.moves
    assert move.target == "returned"
    assert world["leader"].id in move.recipients
    assert "expire_completion" in {due.name for due in move.deadlines}


def test_the_digest_is_the_same_for_the_same_and_another_when_something_changed(world: World) -> None:
    refs = committee(world, ("select", "reject"))
    asked = commands(world, refs, ("select", "reject"))
    first, again = seen(world, *asked), seen(world, *asked)
    assert first.digest == again.digest
    world.declare_conflict(refs[1], "committee1", "Sąsiad.")
    now = seen(world, *asked)
    assert now.digest != first.digest
    assert [ref for ref in refs if now.parts[ref] != first.parts[ref]] == [refs[1]]
