"""Terms that end by the clock, on both databases: the beat takes T06 and T32, and its reminders follow a longer term."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.calendar import at_hour, is_working_day, term_end, warsaw_date
from workflow.db.database import Database
from workflow.models import OutboxRow
from workflow.operations.reminders import sweep_timers
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
# A Monday; the term of the world's edition is 25 days later, a Friday.
NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


@pytest.fixture
def world(database: Database) -> World:
    return World(database, now=NOW)


def reminders(world: World, ref: Ref, topic: Topic) -> list[str]:
    """What was told about a proposal, each with the date that it names."""
    o = OutboxRow
    query = (
        select(o.payload).where(o.subject_id == ref.id, o.subject_kind == "proposal", o.topic == topic).order_by(o.id)
    )
    with world.database.reading() as tx:
        return [payload.get("until", "") for payload in tx.execute(query).scalars()]


def beat(world: World, *, since: datetime, until: datetime, every: timedelta = timedelta(hours=6)) -> None:
    """Let the clock run."""
    at = since
    while at < until:
        sweep_timers(world.database, at=at)
        at += every
    sweep_timers(world.database, at=until)


def test_what_was_not_submitted_is_closed_a_second_after_its_term_and_not_before(world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    beat(world, since=world.at, until=until)
    assert world.state(ref) == "group_work"
    assert len(reminders(world, ref, Topic.SUBMISSION_DEADLINE_NEAR)) == 2
    sweep_timers(world.database, at=until + SECOND)
    assert world.state(ref) == "withdrawn"
    assert reminders(world, ref, Topic.UNSUBMITTED_EXPIRED) == [""]


def test_a_group_with_a_longer_term_is_reminded_of_it_and_closed_after_it(world: World) -> None:
    ref = world.proposal_in("group_work")
    other = world.sibling(ref)
    until = world.facts(ref).submission_until
    assert until is not None
    longer = term_end(warsaw_date(until) + timedelta(days=4))
    beat(world, since=world.at, until=until - timedelta(days=3))
    before = len(reminders(world, ref, Topic.SUBMISSION_DEADLINE_NEAR))
    world.at = until - timedelta(days=3)
    world.take(ref, "extend_submission", "staff", due_on=warsaw_date(longer), reason="Powódź.")
    beat(world, since=world.at, until=until + MINUTE)
    assert world.state(other) == "withdrawn"
    assert world.state(ref) == "group_work"
    beat(world, since=until, until=longer)
    again = reminders(world, ref, Topic.SUBMISSION_DEADLINE_NEAR)[before:]
    assert again
    assert set(again) == {longer.isoformat()}
    sweep_timers(world.database, at=longer + SECOND)
    assert world.state(ref) == "withdrawn"


def test_a_completion_that_did_not_come_closes_the_project_after_its_extended_term(world: World) -> None:
    ref = world.proposal_in("returned")
    due = world.facts(ref).due_at
    assert due is not None
    day = warsaw_date(due) + timedelta(days=4)
    world.take(ref, "extend_completion", "staff", due_on=day, reason="Choroba lidera.")
    beat(world, since=world.at, until=due + MINUTE)
    assert world.state(ref) == "returned"
    beat(world, since=due, until=term_end(day))
    assert world.state(ref) == "returned"
    assert set(reminders(world, ref, Topic.COMPLETION_DEADLINE_NEAR)) == {term_end(day).isoformat()}
    sweep_timers(world.database, at=term_end(day) + SECOND)
    assert world.state(ref) == "not_admitted"
    assert reminders(world, ref, Topic.COMPLETION_EXPIRED) == [""]
    assert world.facts(ref).entry("appeal_window")


def test_reminders_of_a_term_come_by_day_and_not_on_a_day_off(world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    moments = []
    at = world.at
    while at < until:
        before = len(reminders(world, ref, Topic.SUBMISSION_DEADLINE_NEAR))
        sweep_timers(world.database, at=at)
        moments += [at] * (len(reminders(world, ref, Topic.SUBMISSION_DEADLINE_NEAR)) - before)
        at += timedelta(hours=1)
    assert len(moments) == 2
    assert all(is_working_day(warsaw_date(at)) and at >= at_hour(warsaw_date(at), 7) for at in moments)
