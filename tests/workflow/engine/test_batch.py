"""Steps taken together: they leave what the same steps taken one after the other would leave."""

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.world import World
from workflow.base.errors import BadInput, NotReady, Stale
from workflow.engine import chains, machine
from workflow.engine.batch import StepRefused, take_all
from workflow.engine.command import StepCommand
from workflow.engine.facts_reader import read_facts
from workflow.engine.session_reader import _waiting_decisions
from workflow.models import Edition, HistoryEntry, OutboxRow, Proposal, Timer
from workflow.rules.facts import Ref

OUTCOMES = ("select", "reject", "place_on_reserve", "select", "place_on_reserve", "reject")


def committee(world: World, outcomes: tuple[str, ...], *, places: int | None = None) -> list[Ref]:
    """Presented proposals of one edition, each with its decision, not yet announced; then the places become fewer."""
    edition, refs = world.before_selection(len(outcomes))
    chosen = dict(zip(refs, outcomes, strict=True))
    reserve = [ref for ref, outcome in chosen.items() if outcome == "place_on_reserve"]
    world.adopt(chosen, positions={ref: place for place, ref in enumerate(reserve, 1)})
    if places is not None:
        with world.database.transaction() as tx:
            tx.execute(update(Edition).where(Edition.id == edition.id).values(places=places))
    return refs


def announce(world: World, refs: list[Ref], outcomes: tuple[str, ...]) -> list[machine.Moved]:
    commands = [StepCommand(ref, step, world["chair"], world.at) for ref, step in zip(refs, outcomes, strict=True)]
    with world.database.transaction() as tx:
        return take_all(tx, commands)


def left(world: World, refs: list[Ref]) -> list[Any]:
    """What the steps have written, but for numbers, hashes and moments, which differ between two editions."""
    p, h, o, t = Proposal, HistoryEntry, OutboxRow, Timer
    found: list[Any] = []
    with world.database.reading() as tx:
        for ref in refs:
            mine = (h.subject_kind == "proposal", h.subject_id == ref.id)
            row = tx.execute(select(p.state, p.version, p.reserve_position, p.recorded).where(p.id == ref.id)).one()
            entry = select(h.step, h.row, h.from_state, h.to_state, h.actor_id, h.role, h.version)
            told = select(o.topic).where(o.subject_kind == "proposal", o.subject_id == ref.id).order_by(o.id)
            timers = select(t.state, t.due_at.is_(None), t.outcome)
            timers = timers.where(t.subject_kind == "proposal", t.subject_id == ref.id)
            found.append((
                tuple(row)[:3], {name: (kept or {}).get("outcome") for name, kept in row.recorded.items()
                                 if not isinstance(kept, list)},
                tx.execute(entry.where(*mine).order_by(h.version)).all(), tx.execute(told).scalars().all(),
                sorted(map(tuple, tx.execute(timers))),
            ))  # fmt: skip
    return found


def test_steps_taken_together_leave_what_one_after_the_other_would(world: World) -> None:
    apart, joined = committee(world, OUTCOMES), committee(world, OUTCOMES)
    for ref, outcome in zip(apart, OUTCOMES, strict=True):
        world.take(ref, outcome, "chair")
    moved = announce(world, joined, OUTCOMES)
    assert left(world, joined) == left(world, apart)
    assert [one.ref for one in moved] == joined
    facts = [world.facts(ref) for ref in joined]
    heads = {one.ref: (one.version, one.head_hash) for one in facts}
    with world.database.snapshot() as tx:
        assert chains.verify(tx, heads).broken is None
        numbers = select(HistoryEntry.hash, HistoryEntry.id).where(
            HistoryEntry.id.in_([one.history_id for one in moved])
        )
        assert {row.hash: row.id for row in tx.execute(numbers)} == {one.hash: one.history_id for one in moved}


def test_a_limit_counts_those_that_were_selected_just_before(world: World) -> None:
    outcomes = ("select", "select", "select")
    refs = committee(world, outcomes, places=2)
    with pytest.raises(StepRefused) as caught:
        announce(world, refs, outcomes)
    assert caught.value.ref == refs[2]
    assert isinstance(caught.value.refusal, NotReady)
    assert [world.state(ref) for ref in refs] == ["presented"] * 3


def test_one_stale_page_among_many_keeps_all_where_they_were(world: World) -> None:
    refs = committee(world, ("select", "select"))
    commands = [
        StepCommand(ref, "select", world["chair"], world.at, version)
        for ref, version in zip(refs, (None, 1), strict=True)
    ]
    with pytest.raises(StepRefused) as caught, world.database.transaction() as tx:
        take_all(tx, commands)
    assert isinstance(caught.value.refusal, Stale)
    assert caught.value.refusal.last is not None
    assert [world.state(ref) for ref in refs] == ["presented", "presented"]


def test_answers_are_read_as_they_are_for_one(world: World) -> None:
    refs = committee(world, ("select",))
    command = StepCommand(refs[0], "withdraw", world["leader"], world.at, answers={"reason": ""})
    with pytest.raises(StepRefused) as caught, world.database.transaction() as tx:
        take_all(tx, [command])
    assert isinstance(caught.value.refusal, BadInput)


def test_a_step_reads_the_decision_of_its_own_proposal_alone(world: World) -> None:
    first, _second = committee(world, ("select", "reject"))
    with world.database.reading() as tx:
        facts = read_facts(tx, [first], actor=world["chair"])
        decisions, pending = _waiting_decisions(tx, facts)
    assert not pending
    assert {number: entry["outcome"] for number, entry in decisions.items()} == {first.id: "select"}
