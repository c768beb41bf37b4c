"""What waits for one person: nothing is missed, nothing twice, however many there are; read from indices alone."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from tests.growth import copies
from tests.world import PEOPLE, STATES, World
from workflow.db.database import Database
from workflow.engine import machine
from workflow.models import Proposal, RoleGrant
from workflow.proposals.candidates import MAY_WAIT_FOR, PAGE, WAITS_FOR, candidates
from workflow.proposals.next_step import expectation
from workflow.proposals.worklist import Tasks, tasks_of, worklist
from workflow.rules.facts import Actor, Ref
from workflow.rules.page_permissions import Reader

OFFICE = ("staff", "animator", "chair", "secretary", "appeal_body", "committee1")


def reader_of(world: World, name: str) -> Reader:
    """Somebody of the world with every role, as a page knows them."""
    actor = world[name]
    grants: dict[int, frozenset[str]] = {}
    with world.database.reading() as tx:
        held = select(RoleGrant.edition_id, RoleGrant.role).where(RoleGrant.person_id == actor.id)
        for edition_id, role in tx.execute(held):
            grants[edition_id] = grants.get(edition_id, frozenset()) | {role}
    return Reader(actor.id or 0, actor.name, f"{name}@example.org", grants=grants)


def pages(world: World, name: str) -> list[Tasks]:
    """The worklist of somebody from the first page to the last."""
    reader, found, cursor = reader_of(world, name), list[Tasks](), ""
    with world.database.reading() as tx:
        while not found or cursor:
            found.append(worklist(tx, reader, at=world.now, cursor=cursor))
            cursor = found[-1].next_cursor or ""
    return found


def refs(found: Iterable[Tasks]) -> list[Ref]:
    return [task.facts.ref for page in found for task in page.waiting]


def proposals(found: Iterable[Tasks]) -> list[Ref]:
    return [ref for ref in refs(found) if ref.kind == "proposal"]


def grow(world: World, ref: Ref, count: int, **columns: Any) -> list[Ref]:
    """Copies of a proposal, later ones changed later."""
    with world.database.transaction() as tx:
        made = copies(tx, ref, count)
        for number, one in enumerate(made):
            changed = world.at.replace(microsecond=number)
            tx.execute(update(Proposal).where(Proposal.id == one.id).values(updated_at=changed, **columns))
    return made


def waits_by_every_step(world: World, ref: Ref, actor: Actor) -> bool:
    """Decided from all the steps of a subject, as its own page does."""
    with world.database.reading() as tx:
        facts = machine.facts_of(tx, [ref], actor=actor)[ref]
    expected = expectation(facts, machine.open_steps(facts, at=world.now))
    return expected is not None and expected.allowed


@pytest.fixture(scope="module")
def full(shared_database: Database) -> tuple[World, dict[Ref, str]]:
    """A world with a proposal in each state, which is only read, and their states."""
    world = World(shared_database)
    return world, {world.proposal_in(state): state for state in STATES}


@pytest.mark.slow
def test_the_worklist_has_what_the_page_of_each_proposal_says_is_next_for_the_office(
    full: tuple[World, dict[Ref, str]],
) -> None:
    world, subjects = full
    editions = [world.edition_of(ref) for ref in subjects]
    for name in OFFICE:
        role = PEOPLE[name][0][0]
        states = {*WAITS_FOR.get(role, ()), *MAY_WAIT_FOR.get(role, ())}
        concerned = [ref for ref, state in subjects.items() if state in states] + (
            editions if name != "animator" else []
        )
        waiting = {ref for ref in concerned if waits_by_every_step(world, ref, world[name])}
        assert waiting == {ref for ref in refs(pages(world, name)) if ref in subjects or ref.kind == "edition"}, name


def test_whoever_works_on_a_proposal_finds_what_waits_for_them_in_it(full: tuple[World, dict[Ref, str]]) -> None:
    world, _subjects = full
    for name in ("leader", "coordinator"):
        with world.database.reading() as tx:
            tasks = tasks_of(tx, reader_of(world, name), at=world.now, office=False)
        own = {task.facts.ref for task in tasks.own}
        waiting = {ref for ref in own if waits_by_every_step(world, ref, world[name])}
        assert own
        assert {task.facts.ref for task in tasks.waiting} == waiting, name


def test_every_proposal_stands_on_one_page_and_those_with_a_running_term_first(world: World) -> None:
    submitted = world.proposal_in("submitted")
    dated = grow(world, submitted, PAGE + 3, due_at=world.now)
    undated = grow(world, submitted, PAGE + 3)
    found = pages(world, "staff")
    assert len(found) > 2
    there = proposals(found)
    assert len(there) == len(set(there))
    assert set(there) == {submitted, *dated, *undated}
    assert set(there[: len(dated)]) == set(dated)


def test_what_has_waited_longest_comes_before_what_has_just_come(world: World) -> None:
    submitted = world.proposal_in("submitted")
    later = grow(world, submitted, PAGE + 1)
    first_page = set(proposals(pages(world, "staff")[:1]))
    assert later[-1] not in first_page
    assert submitted in first_page or later[0] in first_page


def test_a_cursor_that_nobody_wrote_starts_from_the_beginning(world: World) -> None:
    ref = world.proposal_in("submitted")
    with world.database.reading() as tx:
        for cursor in ("0", "9abc", "zzz", "1WzFd", "0bnVsbA"):
            tasks = worklist(tx, reader_of(world, "staff"), at=world.now, cursor=cursor)
            assert ref in refs([tasks]), cursor


def test_nothing_waits_in_a_suspended_edition_but_the_edition_itself(world: World) -> None:
    ref = world.proposal_in("submitted")
    edition = world.edition_of(ref)
    world.take(edition, "suspend", "staff", reason="Brak środków.")
    assert proposals(pages(world, "staff")) == []


def test_of_many_own_proposals_those_with_a_running_term_are_shown_and_the_others_are_told_of(world: World) -> None:
    ref = world.proposal_in("group_work")
    (dated,) = grow(world, ref, 1, due_at=world.now)
    grow(world, ref, PAGE + 5)
    with world.database.reading() as tx:
        tasks = tasks_of(tx, reader_of(world, "leader"), at=world.now, office=False)
    assert tasks.more_own
    assert len(tasks.own) == PAGE
    assert dated in {task.facts.ref for task in tasks.own}


@pytest.mark.slow
def test_candidates_are_read_from_indices_alone_in_a_large_edition(world: World) -> None:
    submitted = world.proposal_in("submitted")
    grow(world, submitted, 3000)
    with world.database.transaction() as tx:
        tx.execute(text("ANALYZE"))
        if tx.dialect.name == "postgresql":
            tx.execute(text("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'proposal'"))
    with world.database.reading() as tx:
        asked: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            asked.append((statement, parameters))

        tx.execute(text("SELECT 1"))
        event.listen(tx, "before_cursor_execute", note)
        found = candidates(tx, reader_of(world, "staff"), own=False, office=True)
        event.remove(tx, "before_cursor_execute", note)
        statement, parameters = asked[-1]
        explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
        plan = "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", parameters))
    assert len(found.others) == PAGE
    assert "SCAN proposal" not in plan, plan
    assert "Seq Scan on proposal" not in plan, plan
