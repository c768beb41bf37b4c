"""A fact changes between check and write, on PostgreSQL: no step goes through by a fact that is not true any more."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests.workflow.at_once import at_once, database, entries, take, version_of
from tests.world import SHEET, World
from workflow.base.errors import NotAllowed, NotFound, NotReady, Refusal, Stale
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.models import Edition, RoleGrant
from workflow.people import roles
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

__all__ = ["database"]


class Meanwhile:
    """Somebody changes a fact and has not ended; a step that has begun waits; then the change is done, or not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tx = world.database.engine.connect()
        self.held = self.tx.begin()
        self.pool = ThreadPoolExecutor(1)

    def let_wait(self, work: Callable[[], Any]) -> Future[Any]:
        begun = self.pool.submit(work)
        deadline = time.monotonic() + 10
        waits = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                     "AND wait_event_type = 'Lock'")  # fmt: skip
        with self.world.database.engine.connect() as look:
            while look.execute(waits).scalar_one() == 0:
                look.rollback()
                assert time.monotonic() < deadline, "the step did not wait"
                time.sleep(0.005)
        return begun

    def end(self, *, done: bool = True) -> None:
        if self.held.is_active:
            (self.held.commit if done else self.held.rollback)()
        self.tx.close()


@pytest.fixture
def meanwhile(world: World) -> Iterator[Meanwhile]:
    found = Meanwhile(world)
    yield found
    found.end(done=False)
    found.pool.shutdown()


def grant_of(world: World, who: str, ref: Ref) -> int:
    mine = (RoleGrant.person_id == world[who].id, RoleGrant.edition_id == world.edition_of(ref).id)
    with world.database.reading() as tx:
        return int(tx.execute(select(RoleGrant.id).where(*mine)).scalar_one())


@pytest.fixture
def checked(world: World) -> Ref:
    """A proposal that staff may admit."""
    ref = world.proposal_in("submitted")
    world.verify(ref)
    return ref


def test_a_role_taken_back_while_a_step_waits_counts(world: World, checked: Ref, meanwhile: Meanwhile) -> None:
    number = world["staff"].id or 0
    roles.withdraw_role(meanwhile.tx, number, grant_of(world, "staff", checked), actor=world["admin"], at=world.now)
    begun = meanwhile.let_wait(take(world, checked, "admit", "staff"))
    meanwhile.end()
    with pytest.raises(Refusal):
        begun.result(timeout=20)
    assert world.state(checked) == "submitted"
    with pytest.raises((NotAllowed, NotFound)):
        take(world, checked, "admit", "staff")()


def test_somebody_shut_out_while_a_step_waits_does_nothing(world: World, checked: Ref, meanwhile: Meanwhile) -> None:
    roles.deactivate(meanwhile.tx, world["staff"].id or 0, actor=world["admin"], at=world.now)
    begun = meanwhile.let_wait(take(world, checked, "admit", "staff"))
    meanwhile.end()
    with pytest.raises(Refusal):
        begun.result(timeout=20)
    assert world.state(checked) == "submitted"


def test_a_role_stays_when_taking_it_back_fails(world: World, checked: Ref, meanwhile: Meanwhile) -> None:
    number = world["staff"].id or 0
    roles.withdraw_role(meanwhile.tx, number, grant_of(world, "staff", checked), actor=world["admin"], at=world.now)
    begun = meanwhile.let_wait(take(world, checked, "admit", "staff"))
    meanwhile.end(done=False)
    assert begun.result(timeout=20).target == "admitted"


def test_a_role_is_taken_back_after_the_steps_under_way(world: World, checked: Ref, meanwhile: Meanwhile) -> None:
    machine.take(meanwhile.tx, StepCommand(checked, "admit", actor=world["staff"], at=world.now))
    grant = grant_of(world, "staff", checked)

    def withdraw() -> None:
        with world.database.transaction() as tx:
            roles.withdraw_role(tx, world["staff"].id or 0, grant, actor=world["admin"], at=world.now)

    begun = meanwhile.let_wait(withdraw)
    meanwhile.end()
    begun.result(timeout=20)
    assert world.state(checked) == "admitted"


def test_an_edition_that_moves_on_takes_its_proposals_along(world: World, meanwhile: Meanwhile) -> None:
    edition = world.edition("conferences")
    machine.take(
        meanwhile.tx, StepCommand(edition, "suspend", actor=world["staff"], at=world.now, answers={"reason": "Powódź."})
    )
    data = {"title": "Za późno"}
    begun = meanwhile.let_wait(lambda: world.database.in_transaction(lambda tx: machine.create(
        tx, CreateCommand("proposal", "record_idea", actor=world["participant"], at=world.now, edition_id=edition.id, answers=data
    ))))  # fmt: skip
    meanwhile.end()
    with pytest.raises(Refusal):
        begun.result(timeout=20)
    assert world.proposals(edition, "idea") == []


def test_an_edition_suspended_while_a_step_waits_stops_it(world: World, checked: Ref, meanwhile: Meanwhile) -> None:
    edition = world.edition_of(checked)
    machine.take(
        meanwhile.tx, StepCommand(edition, "suspend", actor=world["staff"], at=world.now, answers={"reason": "Powódź."})
    )
    begun = meanwhile.let_wait(take(world, checked, "admit", "staff"))
    meanwhile.end()
    with pytest.raises(NotReady):
        begun.result(timeout=20)
    assert world.state(checked) == "submitted"


def test_a_lead_taken_over_while_the_old_leader_hands_in_counts(world: World, meanwhile: Meanwhile) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", **SHEET)
    world.take(ref, "name_leader", "staff", person=world["member"].id)
    machine.take(meanwhile.tx, StepCommand(ref, "accept_lead", actor=world["member"], at=world.now))
    begun = meanwhile.let_wait(take(world, ref, "submit", "leader"))
    meanwhile.end()
    with pytest.raises(NotAllowed):
        begun.result(timeout=20)
    assert world.state(ref) == "group_work"


def test_a_stale_page_never_hands_in_a_sheet_that_has_changed(world: World, meanwhile: Meanwhile) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", **SHEET)
    version = version_of(world, ref)
    machine.take(
        meanwhile.tx, StepCommand(ref, "edit_sheet", actor=world["member"], at=world.now, answers={"goals": "Inne."})
    )
    begun = meanwhile.let_wait(take(world, ref, "submit", "leader", version=version))
    meanwhile.end()
    with pytest.raises(Stale) as caught:
        begun.result(timeout=20)
    assert caught.value.last is not None
    assert caught.value.last.step == "edit_sheet"
    assert world.state(ref) == "group_work"


def test_somebody_who_leaves_a_group_does_not_edit_its_sheet_any_more(world: World, meanwhile: Meanwhile) -> None:
    ref = world.proposal_in("group_work")
    data = {"person": world["member"].id}
    machine.take(meanwhile.tx, StepCommand(ref, "remove_member", actor=world["leader"], at=world.now, answers=data))
    begun = meanwhile.let_wait(take(world, ref, "edit_sheet", "member", answers={"title": "Moje"}))
    meanwhile.end()
    with pytest.raises(Refusal):
        begun.result(timeout=20)
    assert entries(world, ref, "edit_sheet") == 0


def test_the_last_place_is_given_once(world: World) -> None:
    edition, refs = world.before_selection(4)
    world.adopt(dict.fromkeys(refs, "select"))
    with world.database.transaction() as tx:
        tx.execute(update(Edition).where(Edition.id == edition.id).values(places=1))
    told = at_once([take(world, ref, "select", "chair") for ref in refs])
    assert Counter(type(one).__name__ for one in told) == {"Moved": 1, "NotReady": 3}
    assert len(world.proposals(edition, "selected")) == 1


def test_a_place_that_changes_while_a_step_waits_counts(world: World, meanwhile: Meanwhile) -> None:
    ref = world.proposal_in("group_work")
    place = {"person": world["member"].id, "place": "view"}
    machine.take(meanwhile.tx, StepCommand(ref, "set_place", actor=world["leader"], at=world.now, answers=place))
    begun = meanwhile.let_wait(take(world, ref, "edit_sheet", "member", answers={"goals": "Za późno."}))
    meanwhile.end()
    with pytest.raises(Refusal):
        begun.result(timeout=20)
    assert world.facts(ref)["sheet"].get("goals") != "Za późno."
