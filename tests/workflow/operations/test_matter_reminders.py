"""Reminders of open matters: on the days of the ladder, by day, once, and no more when the result is noted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tasks.render import render
from tests.workflow.at_once import at_once
from tests.world import World
from workflow.base.calendar import at_hour, end_of_day, warsaw_date, working_days_after, working_days_before
from workflow.base.settings import load_settings
from workflow.conferences.matters import finish_matter, note_matter
from workflow.db.database import Database
from workflow.models import Edition, OpenMatter, OutboxRow
from workflow.notifications import relay
from workflow.notifications.message_data import addressed
from workflow.operations.matter_reminders import next_moment, sweep_matters
from workflow.operations.rehearsal.course import Rehearsal
from workflow.rules.facts import Ref
from workflow.rules.states import EditionState
from workflow.rules.topics import Topic

OFFICE = "http://127.0.0.1:8000"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    database = Database(database_url)
    yield World(database)
    database.close()


@pytest.fixture
def conference(world: World) -> Ref:
    edition = world.edition("conferences")
    return world.summaries[edition]


@pytest.fixture
def due(world: World, conference: Ref) -> datetime:
    """The term of a matter that is noted now, forty working days later."""
    day = working_days_after(warsaw_date(world.now), days=40)
    with world.writing() as tx:
        note_matter(tx, world.facts(conference, "staff"), {"matter": "Zapytać straż o remizę", "person":
                    str(world["animator"].id), "due_on": day.isoformat()}, actor=world["staff"], at=world.now,
                    key="a")  # fmt: skip
    return end_of_day(day)


def before(due: datetime, days: int) -> datetime:
    return at_hour(working_days_before(warsaw_date(due), days=days), 9)


def after(due: datetime, days: int) -> datetime:
    return at_hour(working_days_after(warsaw_date(due), days=days), 9)


def told(world: World) -> list[tuple[str, str]]:
    o = OutboxRow
    topics = o.topic.in_((Topic.MATTER_NEAR, Topic.MATTER_OVERDUE))
    with world.database.reading() as tx:
        rows = tx.execute(select(o.topic, o.payload).where(topics).order_by(o.id))
        return [(row.topic, row.payload["reach"]) for row in rows]


def test_the_owner_then_the_office_then_the_chair_are_told_each_once(world: World, due: datetime) -> None:
    moments = [before(due, 14), before(due, 3), after(due, 1), after(due, 7), after(due, 14)]
    with world.database.reading() as tx:
        assert next_moment(tx, at=world.now) == moments[0]
    for moment in moments:
        assert sweep_matters(world.database, at=moment - timedelta(hours=3)) == 0
        assert [sweep_matters(world.database, at=moment + timedelta(minutes=late)) for late in (0, 0, 90)] == [1, 0, 0]
    assert told(world) == [("matter.near", "responsible"), ("matter.near", "beside"), ("matter.overdue", "office"),
                           ("matter.overdue", "chair"), ("matter.overdue", "initiator")]  # fmt: skip
    with world.database.reading() as tx:
        assert next_moment(tx, at=moments[-1]) is None


def test_two_sweeps_at_once_remind_once(world: World, due: datetime) -> None:
    moment = before(due, 3)
    results = at_once([lambda: sweep_matters(world.database, at=moment)] * 3)
    assert (sorted(results), len(told(world))) == ([0, 0, 1], 1)


def test_nobody_is_reminded_of_what_is_done_nor_while_the_edition_rests(
    world: World, conference: Ref, due: datetime
) -> None:
    edition = world.edition_of(conference)
    with world.writing() as tx:
        tx.execute(update(Edition).where(Edition.id == edition.id).values(state=EditionState.SUSPENDED))
    assert sweep_matters(world.database, at=before(due, 14)) == 0
    with world.writing() as tx:
        tx.execute(update(Edition).where(Edition.id == edition.id).values(state=EditionState.CONFERENCES))
        number = tx.execute(select(OpenMatter.id)).scalar_one()
        finish_matter(tx, world.facts(conference, "animator"), number, {"result": "Remiza jest wolna."},
                      actor=world["animator"], at=world.now)  # fmt: skip
    assert sweep_matters(world.database, at=before(due, 3)) == 0
    assert told(world) == []


def test_after_an_absence_of_the_clock_only_the_last_reminder_is_sent(world: World, due: datetime) -> None:
    assert sweep_matters(world.database, at=after(due, 2)) == 1
    assert told(world) == [("matter.overdue", "office")]


def test_the_letter_says_what_has_to_be_done_and_leads_to_the_tables(
    world: World, conference: Ref, due: datetime
) -> None:
    moment = before(due, 14)
    sweep_matters(world.database, at=moment)
    ids = relay.relay_all(world.database, base_url=OFFICE, at=moment)
    with world.database.reading() as tx:
        (letter,) = [one for one in addressed(tx, ids).values() if one.facts.topic is Topic.MATTER_NEAR and one.email]
    text = render(letter, load_settings(), at=moment).content.decode().replace("=\r\n", "")
    assert letter.email == "animator@example.org"
    assert f"konferencje/{conference.id}/stoly" in text
    assert letter.facts.event is None
    assert [str(value) for _label, value in letter.facts.lines] == ["Zapytać straż o remizę", "Animator"]


def test_a_rehearsal_shows_these_letters(world: World, conference: Ref, due: datetime) -> None:
    number = world.edition_of(conference).id
    days = Rehearsal(world.database, number, at=world.now, base_url=OFFICE).days()
    letters = [day.day for day in days for letter in day.letters if letter.topic is Topic.MATTER_NEAR]
    assert letters == [warsaw_date(before(due, 14)), warsaw_date(before(due, 3))]
    assert told(world) == []
