"""Steps taken together: they leave what the same steps taken one after the other would leave."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from tests.listening import statements_of
from tests.world import VOTE, World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotReady, Stale
from workflow.db.database import Database
from workflow.engine import history, machine
from workflow.engine.batch import Call, OneRefused, take_together
from workflow.engine.edition_totals import after, with_totals
from workflow.models import HistoryEntry, OutboxRow, Proposal, Timer
from workflow.rules.facts import Ref

OUTCOMES = ("select", "reject", "place_on_reserve", "select", "place_on_reserve", "reject")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def committee(world: World, outcomes: tuple[str, ...], **rules: Any) -> list[Ref]:
    """Presented proposals of one edition, each with its decision, not yet announced."""
    edition = world.edition("conferences", **rules)
    refs = [world.idea(edition, title=f"Pomysł {number}") for number in range(len(outcomes))]
    for ref in refs:
        world.lead(ref, "admitted")
    world.to_phase(edition, "summary")
    for ref in refs:
        world.take(ref, "present", "staff", presenter="Lider")
    world.to_phase(edition, "selection")
    position = 0
    for ref, outcome in zip(refs, outcomes, strict=True):
        position += outcome == "place_on_reserve"
        more = {"position": position} if outcome == "place_on_reserve" else {}
        world.take(ref, "decide", "secretary", outcome=outcome, adopted_on=warsaw_date(world.at), **VOTE, **more)
    return refs


def announce(world: World, refs: list[Ref], outcomes: tuple[str, ...]) -> list[machine.Moved]:
    calls = [Call(ref, outcome) for ref, outcome in zip(refs, outcomes, strict=True)]
    with world.database.transaction() as tx:
        return take_together(tx, calls, actor=world["chair"], at=world.at)


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
            timers = select(t.name, t.state, t.done_at.is_(None), t.outcome).where(t.subject_id == ref.id)
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
        assert history.verify(tx, heads).broken is None
        numbers = select(HistoryEntry.hash, HistoryEntry.id).where(
            HistoryEntry.id.in_([one.history_id for one in moved])
        )
        assert {row.hash: row.id for row in tx.execute(numbers)} == {one.hash: one.history_id for one in moved}


def test_what_is_reckoned_from_a_move_is_what_would_be_read_after_it(world: World) -> None:
    refs = committee(world, OUTCOMES)
    for ref, outcome in zip(refs, OUTCOMES, strict=True):
        before = world.facts(ref, "chair")
        with world.database.reading() as tx:
            totals = with_totals(tx, {ref: before})[ref].totals
        moved = world.take(ref, outcome, "chair")
        now = world.facts(ref, "chair")
        columns = {"reserve_position": now["reserve_position"]} if now["reserve_position"] else {}
        with world.database.reading() as tx:
            read = with_totals(tx, {ref: now})[ref].totals
        assert totals is not None
        assert read is not None
        reckoned = after(totals, before, moved.target, columns)
        assert reckoned is not None
        assert {s: n for s, n in reckoned.proposals.items() if n} == dict(read.proposals)
        for name in ("funded_cost", "taken_positions", "first_reserve", "freed", "conferences", "committee"):
            assert getattr(reckoned, name) == getattr(read, name)


def test_a_limit_counts_those_that_were_selected_just_before(world: World) -> None:
    outcomes = ("select", "select", "select")
    refs = committee(world, outcomes, places_number=2)
    with pytest.raises(OneRefused) as caught:
        announce(world, refs, outcomes)
    assert caught.value.ref == refs[2]
    assert isinstance(caught.value.refusal, NotReady)
    assert [world.state(ref) for ref in refs] == ["presented"] * 3


def test_one_stale_page_among_many_keeps_all_where_they_were(world: World) -> None:
    refs = committee(world, ("select", "select"))
    calls = [Call(refs[0], "select"), Call(refs[1], "select", version=1)]
    with pytest.raises(OneRefused) as caught, world.database.transaction() as tx:
        take_together(tx, calls, actor=world["chair"], at=world.at)
    assert isinstance(caught.value.refusal, Stale)
    assert caught.value.refusal.last is not None
    assert [world.state(ref) for ref in refs] == ["presented", "presented"]


def test_answers_are_read_as_they_are_for_one(world: World) -> None:
    refs = committee(world, ("select",))
    call = Call(refs[0], "declare_conflict", data={"reason": ""})
    with pytest.raises(OneRefused) as caught, world.database.transaction() as tx:
        take_together(tx, [call], actor=world["committee1"], at=world.at)
    assert isinstance(caught.value.refusal, BadInput)


def test_steps_that_cannot_be_reckoned_on_are_taken_one_by_one(world: World) -> None:
    refs = committee(world, ("select", "select"))
    announce(world, refs, ("select", "select"))
    calls = [Call(ref, "withdraw", data={"reason": "Brak partnera.", "group_informed": "1"}) for ref in refs]
    with world.database.transaction() as tx:
        moved = take_together(tx, calls, actor=world["leader"], at=world.at)
    assert [one.target for one in moved] == ["withdrawn", "withdrawn"]


@pytest.fixture
def asked(database: Database) -> Iterator[Callable[[], int]]:
    """How many statements were sent so far; a list of values sent together counts as one."""
    with statements_of(database) as sent:
        yield lambda: len(sent)


def test_many_are_announced_by_as_many_statements_as_few(
    world: World, asked: Callable[[], int], database_url: str
) -> None:
    needed = []
    for number in (3, 9):
        refs = committee(world, ("select",) * number)
        before = asked()
        announce(world, refs, ("select",) * number)
        needed.append(asked() - before)
    # On the embedded database, where nothing lies between, each row is moved by a statement of its own.
    assert needed[1] - needed[0] == (6 if database_url.startswith("sqlite") else 0)
