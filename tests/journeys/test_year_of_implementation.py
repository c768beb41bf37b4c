"""A year of a project on a moved clock: coordinator, office and chair, reminders by the ladder, a change, a pause, the end.

Nothing waits: the clock is handed to the machine and to the sweep of the timers, hour by hour where something is due.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.calendar import end_of_day, warsaw_date
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.engine import audit
from workflow.models import Milestone, OutboxRow
from workflow.notifications.topic_audiences import REACH
from workflow.operations.reminders import sweep_timers
from workflow.rules.facts import Ref
from workflow.rules.ladder import USUAL, Reach, read_ladder, rungs
from workflow.rules.topics import Topic

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    database = Database(sqlite_url)
    world = World(database)
    yield world
    database.close()


def pass_until(world: World, moment: datetime) -> None:
    """Let the hours pass in which somebody may be reminded, and the clock do its work."""
    while world.at < moment:
        world.at = min(world.at + 3 * HOUR, moment)
        while sweep_timers(world.database, at=world.at):
            pass


def reminders(world: World, ref: Ref, *topics: Topic) -> list[tuple[str, str]]:
    """The day and the reach of each reminder that was sent about a subject."""
    o = OutboxRow
    query = select(o.at, o.payload).where(o.subject_kind == ref.kind, o.subject_id == ref.id, o.topic.in_(topics))
    with world.database.reading() as tx:
        return [(warsaw_date(at).isoformat(), payload[REACH]) for at, payload in tx.execute(query.order_by(o.id))]


def refusal_codes(refused: pytest.ExceptionInfo[NotReady]) -> set[str]:
    return {missing.code for missing in refused.value.missing}


def test_a_year_of_a_project_with_a_late_milestone_a_change_a_pause_and_an_end(world: World) -> None:
    project = world.proposal_in("in_implementation")
    world.at = world.now
    (first,) = world.milestones(project)
    due = warsaw_date(world.at) + timedelta(days=60)
    second = world.plan_milestone(project, title="Otwarcie", due_on=due, after=[1])

    # The coordinator asks for another day; nobody answers in time, and the office is reminded; then it agrees.
    change = world.request_change(project, milestone_number=2, new_day=due + timedelta(days=14))
    pass_until(world, world.at + timedelta(days=25))
    told = reminders(world, change, Topic.CHANGE_DECISION_NEAR, Topic.CHANGE_DECISION_OVERDUE)
    assert {Reach.BESIDE, Reach.OFFICE} <= {reach for _day, reach in told}
    world.take(change, "approve", "staff", remarks="Zgoda.")

    # People are reminded of the new day, working day by working day as the ladder says, up to the chair.
    world.take(first, "finish", "coordinator", outcome_text="Wyremontowano.")
    moved = end_of_day(due + timedelta(days=14))
    pass_until(world, moved + timedelta(days=28))
    expected = [(warsaw_date(rung.moment(moved)).isoformat(), rung.reach.value)
                for rung in rungs(read_ladder(USUAL) or ())]  # fmt: skip
    assert reminders(world, second, Topic.MILESTONE_NEAR, Topic.MILESTONE_OVERDUE) == expected
    plan = world.facts(project).plan
    assert plan is not None
    assert [milestone.id for milestone in plan.late_milestones(world.at)] == [second.id]

    # A pause: nothing of the plan moves, and nobody completes a project whose milestones are open.
    resume_on = warsaw_date(world.at) + timedelta(days=30)
    world.take(project, "suspend", "staff", reason="Zalany lokal.", resume_on=resume_on)
    with pytest.raises(NotReady) as refused:
        world.take(second, "finish", "coordinator", outcome_text="Otwarto.")
    assert refusal_codes(refused) == {"project_suspended"}
    pass_until(world, end_of_day(resume_on))
    world.take(project, "resume", "staff")
    with pytest.raises(NotReady) as refused:
        world.take(project, "complete", "staff")
    assert "milestones_open" in refusal_codes(refused)

    world.complete(project)
    world.take(project, "reopen", "staff", reason="Usterka dachu.")
    world.take(second, "reopen", "coordinator", reason="Usterka dachu.")
    world.complete(project)
    with world.database.reading() as tx:
        states = set(tx.execute(select(Milestone.state).where(Milestone.proposal_id == project.id)).scalars())
    assert states == {"done"}
    with world.database.snapshot() as connection:
        assert audit.verify(connection).broken is None


def test_a_cancelled_project_asks_the_office_about_the_reserve_list(world: World) -> None:
    project = world.proposal_in("cancelled", came_from="in_implementation")
    pass_until(world, world.at + timedelta(days=12))
    assert reminders(world, project, Topic.RESERVE_CHECK_DUE)
    world.take(project, "check_reserve", "staff", remarks="Lista rezerwowa jest pusta.")
    sent = len(reminders(world, project, Topic.RESERVE_CHECK_DUE))
    pass_until(world, world.at + timedelta(days=30))
    assert len(reminders(world, project, Topic.RESERVE_CHECK_DUE)) == sent
    with pytest.raises(NotReady) as refused:
        world.take(project, "check_reserve", "staff", remarks="Jeszcze raz.")
    assert refusal_codes(refused) == {"reserve_checked"}
    # Its milestone was never reached, and nobody is reminded of it.
    (milestone,) = world.milestones(project)
    assert world.facts(milestone)["due_at"] < world.at
    assert reminders(world, milestone, Topic.MILESTONE_NEAR, Topic.MILESTONE_OVERDUE) == []
