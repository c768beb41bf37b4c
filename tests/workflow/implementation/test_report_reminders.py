"""A report that does not come: the clock writes letters on each day of the ladder, one circle further each time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.models import Delivery, OutboxRow, Person
from workflow.notifications.channels import Channel
from workflow.notifications.relay import relay_all
from workflow.operations.reminders import sweep_timers
from workflow.overview.portfolio import portfolio
from workflow.rules.facts import Ref
from workflow.rules.ladder import USUAL, read_ladder, rungs
from workflow.rules.states import ProposalState
from workflow.rules.topics import Topic

MINUTE = timedelta(minutes=1)
ON_EACH_DAY = {
    -14: {"coordinator"},
    -3: {"coordinator", "leader"},
    1: {"coordinator", "leader", "staff", "staff2"},
    7: {"coordinator", "leader", "staff", "staff2", "chair"},
    14: {"coordinator", "leader", "staff", "staff2", "chair", "initiator"},
}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    database = Database(sqlite_url)
    yield World(database)
    database.close()


def letters(world: World, *topics: Topic) -> set[tuple[datetime, str]]:
    """When and to whom letters of these topics were written."""
    names = {actor.id: name for name, actor in world.people.items()}
    query = (
        select(OutboxRow.at, Person.id)
        .join(Delivery, Delivery.outbox_id == OutboxRow.id)
        .join(Person, Person.id == Delivery.recipient_id)
        .where(OutboxRow.topic.in_(topics), Delivery.channel == Channel.EMAIL)
    )
    with world.database.reading() as tx:
        return {(at, names[person]) for at, person in tx.execute(query)}


def let_pass(world: World, *moments: datetime) -> None:
    for moment in moments:
        while sweep_timers(world.database, at=moment):
            pass
        relay_all(world.database, base_url="https://partnerstwo.example", at=moment)


def test_letters_about_a_report_go_one_circle_further_on_each_day_of_the_ladder(world: World) -> None:
    project = world.proposal_in("in_implementation")
    due = world.facts(project)["report_due_at"]
    ladder = {rung.days: rung.moment(due) + MINUTE for rung in rungs(read_ladder(USUAL) or ())}
    # Each day is looked at twice, and so is the month after the last one.
    moments = [moment + later for moment in ladder.values() for later in (timedelta(), 60 * MINUTE)]
    let_pass(world, *moments, moments[-1] + timedelta(days=30))
    assert letters(world, Topic.PROGRESS_REPORT_DUE) == {
        (ladder[day], name) for day in (-14, -3) for name in ON_EACH_DAY[day]
    }
    assert letters(world, Topic.PROGRESS_REPORT_OVERDUE) == {
        (ladder[day], name) for day in (1, 7, 14) for name in ON_EACH_DAY[day]
    }
    # What is overdue decides nothing.
    assert world.state(project) == ProposalState.IN_IMPLEMENTATION


def test_nobody_is_told_further_once_the_report_is_there(world: World) -> None:
    project = world.proposal_in("in_implementation")
    due = world.facts(project)["report_due_at"]
    ladder = {rung.days: rung.moment(due) + MINUTE for rung in rungs(read_ladder(USUAL) or ())}
    let_pass(world, ladder[1])
    world.at = ladder[1] + timedelta(days=1)
    hand_in(world, project)
    let_pass(world, ladder[7], ladder[14])
    assert {at for at, _name in letters(world, Topic.PROGRESS_REPORT_OVERDUE)} == {ladder[1]}


def hand_in(world: World, project: Ref) -> None:
    until = (warsaw_date(world.at) - timedelta(days=1)).isoformat()
    world.take(project, "report_progress", "coordinator", period_to=until, light="green", report="Sala jest gotowa.")


def test_no_report_is_late_while_its_project_rests(world: World) -> None:
    project = world.proposal_in("in_implementation")
    edition, due = world.edition_of(project), world.facts(project)["report_due_at"]
    world.at = due - timedelta(days=2)
    resume_on = warsaw_date(due) + timedelta(days=30)
    world.take(project, "suspend", "staff", reason="Remont.", resume_on=resume_on)
    later = due + timedelta(days=5)
    with world.database.reading() as tx:
        (line,) = portfolio(tx, edition.id, at=later)
    assert (line.report_is_late, line.next_is_report) == (False, False)
    world.at = later
    world.take(project, "resume", "staff")
    # It does not come back as one that was late all along.
    assert world.facts(project)["report_due_at"] > later
