"""After the announcement: promotion, annulment and cancellation follow from adopted resolutions, and from nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import prepared
from tests.world import World
from workflow.base.errors import NoSuchStep, NotAllowed, NotReady, Refusal
from workflow.db.database import Database
from workflow.engine import audit, machine
from workflow.engine.command import StepCommand
from workflow.models import Decision
from workflow.rules.facts import SYSTEM, Ref
from workflow.selection.reserve_list import SCOPE, pending_places, reserve_list

CANCELLATION = {"cancel_ground": "no_funds", "justification": "Brak środków."}


def codes(refusal: NotReady) -> set[str]:
    return {missing.code for missing in refusal.missing}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(Database(sqlite_url)) as database:
        yield World(database)


def decisions(world: World, ref: Ref) -> list[tuple[str, bool, bool, bool]]:
    """Outcome, whether effective, whether it waits, whether it is announced; the oldest first."""
    d = Decision
    query = select(d.outcome, d.active, d.pending, d.announced_at.is_not(None)).where(d.proposal_id == ref.id)
    with world.database.reading() as tx:
        return [tuple(row) for row in tx.execute(query.order_by(d.year, d.resolution_number))]


def offered(world: World) -> Ref:
    """A project of the reserve list to which a place is offered."""
    ref = world.proposal_in("reserve", places_number=1)
    world.resolve("promote", ref)
    world.take(ref, "offer_place", "staff")
    return ref


def announced(world: World, rules: Mapping[str, Any]) -> tuple[Ref, Ref, Ref, Ref]:
    """An announced edition, its selected project, and two on the reserve list."""
    edition = world.edition("conferences", places_number=1, **rules)
    refs = selected, first, second = [world.idea(edition, title=title) for title in ("Wybrany", "Pierwszy", "Drugi")]
    for ref in refs:
        world.lead(ref, "admitted")
    world.to_phase(edition, "selection")
    outcomes = {selected: "select", first: "place_on_reserve", second: "place_on_reserve"}
    world.adopt(outcomes, positions={first: 1, second: 2})
    for ref, outcome in outcomes.items():
        world.take(ref, outcome, "chair")
    world.take(edition, "announce_results", "chair")
    world.phases[edition] = "appeals"
    return edition, selected, first, second


class Reserve:
    """An announced edition of three projects: one selected, two on the reserve list."""

    def __init__(self, world: World, **rules: Any) -> None:
        self.world = world
        self.edition, self.selected, self.first, self.second = prepared.first_call(
            world, f"reserve {rules}", lambda one: announced(one, rules)
        )

    @property
    def all(self) -> tuple[Ref, Ref, Ref]:
        return self.selected, self.first, self.second

    def free(self) -> None:
        """The selected project leaves."""
        self.world.take(self.selected, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)


# --- what waits to be carried out ---------------------------------------------------------------------------------------


def test_an_adopted_annulment_moves_no_project_and_leaves_no_trace_before_it_is_carried_out(world: World) -> None:
    ref = world.proposal_in("selected")
    before = {who: world.facts(ref, who) for who in ("leader", "member", "staff")}
    world.resolve("annul", ref)
    for who in ("leader", "member"):
        after = world.facts(ref, who)
        assert (after, after.pending) == (before[who], None)
    pending = world.facts(ref).pending
    assert pending is not None
    assert (pending["outcome"], world.facts(ref).version) == ("annul_decision", before["staff"].version)
    assert decisions(world, ref) == [("select", True, False, True), ("annul_decision", False, True, False)]


@pytest.mark.parametrize("state", ["selected", "reserve", "not_selected"])
def test_an_annulled_project_waits_for_a_new_decision(world: World, state: str) -> None:
    ref = world.proposal_in(state)
    world.resolve("annul", ref)
    world.take(ref, "annul_decision", "staff")
    facts = world.facts(ref)
    assert (facts.state, facts["reserve_position"], facts.pending) == ("presented", None, None)
    assert facts.entry("annulment")["resolution"] == f"2/{world.at.year}"
    assert [row[1:3] for row in decisions(world, ref)] == [(False, False), (False, False)]
    world.adopt({ref: "select"})
    world.take(ref, "select", "chair")
    assert world.state(ref) == "selected"


def test_without_a_resolution_nothing_is_annulled_offered_or_cancelled(world: World) -> None:
    for state, step, data in (
        ("selected", "annul_decision", {}), ("reserve", "offer_place", {}), ("selected", "cancel", CANCELLATION),
    ):  # fmt: skip
        ref = world.proposal_in(state)
        with pytest.raises(NotReady) as refusal:
            world.take(ref, step, "chair", **data)
        assert "no_resolution" in codes(refusal.value)


@pytest.mark.parametrize(("kind", "state"), [("annul", "selected"), ("annul", "reserve"), ("promote", "reserve"),
                                             ("cancel", "selected")])  # fmt: skip
def test_a_lost_motion_changes_nothing(world: World, kind: str, state: str) -> None:
    ref = world.proposal_in(state)
    meeting = world.resolve(kind, ref, carried=False)
    assert len(decisions(world, ref)) == 1
    with pytest.raises(Refusal):
        world.take(meeting, "adopt", "chair", motion=1)
    for step in ("annul_decision", "offer_place", "cancel"):
        for who in ("chair", "staff", "system", "leader"):
            with pytest.raises((NotReady, NotAllowed, NoSuchStep)):
                world.take(ref, step, who, **(CANCELLATION if step == "cancel" else {}))
    assert world.state(ref) == state


def test_a_resolution_to_annul_does_not_promote_and_one_to_promote_does_not_annul(world: World) -> None:
    ref = world.proposal_in("reserve")
    world.resolve("annul", ref)
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "offer_place", "staff")
    assert "other_resolution" in codes(refusal.value)


def test_a_project_about_which_a_resolution_waits_is_not_voted_on_again(world: World) -> None:
    ref = world.proposal_in("selected")
    world.resolve("annul", ref)
    with pytest.raises(NotReady) as refusal:
        world.resolve("cancel", ref)
    assert "resolution_waits" in codes(refusal.value)


@pytest.mark.parametrize(("kind", "state", "code"), [
    ("promote", "selected", "not_on_reserve"), ("promote", "presented", "not_on_reserve"),
    ("cancel", "reserve", "not_under_way"), ("annul", "presented", "nothing_to_annul"),
    ("annul", "in_implementation", "nothing_to_annul"), ("decide", "selected", "not_presented"),
])  # fmt: skip
def test_a_motion_about_a_project_that_stands_otherwise_is_refused(
    world: World, kind: str, state: str, code: str
) -> None:
    ref = world.proposal_in(state)
    with pytest.raises(NotReady) as refusal:
        world.resolve(kind, ref)
    assert code in codes(refusal.value) or (kind == "decide" and "no_outcome" in codes(refusal.value))


def test_implementation_waits_for_an_annulment_that_was_adopted(world: World) -> None:
    ref = world.proposal_in("selected")
    world.to_phase(world.edition_of(ref), "agreement")
    world.prepare_start(ref)
    world.resolve("annul", ref)
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "start_implementation", "staff")
    assert codes(refusal.value) == {"resolution_waits"}


def test_a_cancellation_by_resolution_names_it(world: World) -> None:
    ref = world.proposal_in("selected")
    world.resolve("cancel", ref)
    world.take(ref, "cancel", "chair", **CANCELLATION)
    assert world.facts(ref).entry("cancellation")["resolution"] == f"2/{world.at.year}"


def test_a_place_is_free_once_every_project_is_decided_and_unannounced_decisions_take_theirs(world: World) -> None:
    edition = world.edition("conferences", places_number=2)
    selected, waiting, last = (world.idea(edition, title=title) for title in ("Wybrany", "Rezerwowy", "Ostatni"))
    for ref in (selected, waiting, last):
        world.lead(ref, "admitted")
    world.to_phase(edition, "selection")
    world.adopt({selected: "select", waiting: "place_on_reserve"}, positions={waiting: 1})
    world.take(waiting, "place_on_reserve", "chair")
    assert free_places(world, edition) == (1, 1, 0)
    world.adopt({last: "reject"})
    assert free_places(world, edition) == (1, 0, 1)


def free_places(world: World, edition: Ref) -> tuple[int | None, int, int]:
    """Places that are left, projects without a decision, and tasks to carry on with the reserve list."""
    with world.database.reading() as tx:
        facts = machine.facts_of(tx, [edition], actor=world["chair"], scope=SCOPE)[edition]
        reserve = reserve_list(tx, facts, may_skip=False)
        return reserve.places, reserve.undecided, len(pending_places(tx, [edition.id], actor=world["chair"]))


# --- the offer ----------------------------------------------------------------------------------------------------------


def test_an_offer_has_a_term_and_accepting_it_takes_the_place(world: World) -> None:
    ref = offered(world)
    facts = world.facts(ref)
    assert facts.due_at is not None
    assert facts.due_at > world.at + timedelta(days=13)
    world.take(ref, "promote_from_reserve", "leader")
    facts = world.facts(ref)
    assert (facts.state, facts["reserve_position"], facts.due_at) == ("selected", None, None)
    assert facts.entry("promotion")["resolution"] == facts.entry("decision")["resolution"] == f"2/{world.at.year}"
    assert decisions(world, ref) == [("place_on_reserve", False, False, True), ("select", True, False, True)]


def test_who_declines_leaves_the_reserve_list(world: World) -> None:
    ref = offered(world)
    world.take(ref, "decline_place", "leader", remarks="Grupa się rozpadła.")
    facts = world.facts(ref)
    assert (facts.state, facts["reserve_position"], facts.due_at) == ("not_selected", None, None)
    assert facts.entry("offer")["answer"] == "declined"


def test_an_offer_is_answered_in_time_and_lapses_afterwards(world: World) -> None:
    ref = offered(world)
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "lapse_offer", "system")
    assert "offer_open" in codes(refusal.value)
    world.wait(20)
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "promote_from_reserve", "leader")
    assert "offer_late" in codes(refusal.value)
    world.take(ref, "lapse_offer", "system")
    assert world.state(ref) == "not_selected"


def test_without_a_free_place_nothing_is_offered(world: World) -> None:
    edition = Reserve(world)
    with pytest.raises(NotReady) as refusal:
        world.resolve("promote", edition.first)
    assert "no_place" in codes(refusal.value)


def test_a_declined_place_is_offered_to_the_next_that_the_resolution_names(database: Database) -> None:
    world = World(database)
    edition = Reserve(world)
    edition.free()
    world.resolve("promote", edition.first, edition.second)
    with pytest.raises(NotReady) as refusal:
        world.take(edition.second, "offer_place", "staff")
    assert "not_first" in codes(refusal.value)
    world.take(edition.first, "offer_place", "staff")
    with pytest.raises(NotReady) as refusal:
        world.take(edition.second, "offer_place", "staff")
    assert "nothing_freed" in codes(refusal.value)
    world.take(edition.first, "decline_place", "leader")
    facts = world.facts(edition.second)
    assert (facts.state, facts.due_at is not None) == ("reserve", True)
    world.take(edition.second, "promote_from_reserve", "leader")
    assert world.state(edition.second) == "selected"


def test_a_lapsed_offer_goes_to_nobody_whom_no_resolution_promotes(world: World) -> None:
    edition = Reserve(world)
    edition.free()
    world.resolve("promote", edition.first)
    world.take(edition.first, "offer_place", "chair")
    world.wait(20)
    world.take(edition.first, "lapse_offer", "system")
    assert world.facts(edition.second).due_at is None


def test_nobody_is_passed_over_without_a_reason_and_the_setting(world: World) -> None:
    edition = Reserve(world)
    edition.free()
    with pytest.raises(NotReady) as refusal:
        world.resolve("promote", edition.second)
    assert "not_in_order" in codes(refusal.value)
    other = Reserve(world, reserve_may_skip=True)
    other.free()
    with pytest.raises(NotReady) as refusal:
        world.resolve("promote", other.second)
    assert "no_reason_to_skip" in codes(refusal.value)
    world.resolve("promote", other.second, departure="Pierwszy nie mieści się w kwocie.")
    world.take(other.second, "offer_place", "staff")
    world.take(other.second, "promote_from_reserve", "leader")
    assert world.state(other.second) == "selected"


def test_an_offered_place_is_not_given_to_somebody_else(world: World) -> None:
    edition = Reserve(world)
    world.resolve("annul", edition.selected)
    world.take(edition.selected, "annul_decision", "chair")
    world.resolve("promote", edition.first)
    world.take(edition.first, "offer_place", "staff")
    with pytest.raises(NotReady) as refusal:
        world.adopt({edition.selected: "select"})
    assert "no_place" in codes(refusal.value)


def test_the_reserve_list_ends_after_a_running_offer(world: World) -> None:
    ref = offered(world)
    world.wait(10)
    with world.database.reading() as tx:
        until = machine.facts_of(tx, [ref], actor=SYSTEM)[ref].edition["reserve_valid_until"]
    at = max(until, world.at) + timedelta(days=1)
    with world.database.transaction() as tx, pytest.raises(NotReady) as refusal:
        machine.take(tx, StepCommand(ref, "expire_reserve", SYSTEM, at))
    assert codes(refusal.value) == {"offer_runs"}


def test_the_histories_of_everything_that_was_promoted_annulled_or_declined_hold(database: Database) -> None:
    world = World(database)
    edition = Reserve(world)
    edition.free()
    world.resolve("promote", edition.first, edition.second)
    world.take(edition.first, "offer_place", "staff")
    world.take(edition.first, "decline_place", "leader")
    world.take(edition.second, "promote_from_reserve", "leader")
    world.resolve("annul", edition.second)
    world.take(edition.second, "annul_decision", "chair")
    cancelled = world.proposal_in("selected")
    world.resolve("cancel", cancelled)
    world.take(cancelled, "cancel", "chair", **CANCELLATION)
    with world.database.transaction() as tx:
        assert audit.verify(tx).broken is None
