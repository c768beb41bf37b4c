"""Convening a meeting: the notice period, and the letters that the seated people get about it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.calendar import WARSAW, warsaw_date
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.demo.seats import seat_members
from workflow.models import Seat
from workflow.notifications.inbox import messages
from workflow.notifications.messages import Letter
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.facts import Ref
from workflow.rules.topics import Notice, Topic
from workflow.selection.seats import add_holder

SEATED = ("chair", "committee1", "committee2", "participant")


class Convening:
    """A prepared meeting in two days, of a committee whose first seat has a substitute."""

    def __init__(self, world: World, **rules: Any) -> None:
        self.world = world
        self.project = world.proposal_in("presented", **rules)
        self.edition = world.edition_of(self.project)
        with world.database.transaction() as tx:
            seat_members(tx, self.edition.id, at=world.now - timedelta(days=30))
            seat = tx.execute(select(Seat.id).where(Seat.function == "member").order_by(Seat.id)).scalars().first()
            given = {"person": world["participant"].id, "capacity": "substitute", "to_on": None,
                     "from_on": warsaw_date(world.now - timedelta(days=20))}  # fmt: skip
            add_holder(tx, self.edition.id, seat or 0, given, actor=world["staff"], at=world.now)
        self.meeting = world.create("meeting", "prepare_meeting", "chair", edition=self.edition, body="committee",
                                    form="room", venue="Sala 12", **self.in_hours(48))  # fmt: skip
        world.take(self.meeting, "add_agenda_item", "chair", item="Wybór projektów")

    def in_hours(self, hours: int) -> dict[str, Any]:
        local = (self.world.at + timedelta(hours=hours)).astimezone(WARSAW)
        return {"day": local.date(), "hour": local.strftime("%H:%M")}

    def told(self, topic: Topic) -> set[str]:
        with self.world.database.reading() as tx:
            notice = Notice(topic, self.meeting, self.world["chair"].id, self.world.at, {})
            ids = recipients_of(tx, [notice])[0]
        return {name for name in (*SEATED, "staff", "secretary", "leader") if self.world[name].id in ids}


@pytest.fixture
def convening(sqlite_url: str) -> Convening:
    return Convening(World(Database(sqlite_url)))


def refused(convening: Convening, step: str, **data: Any) -> dict[str, Any]:
    with pytest.raises(NotReady) as refusal:
        convening.world.take(convening.meeting, step, "chair", **data)
    return {missing.code: dict(missing.sentence.params) for missing in refusal.value.missing}


def test_a_meeting_sooner_than_the_notice_period_is_refused_with_the_earliest_time(sqlite_url: str) -> None:
    convening = Convening(World(Database(sqlite_url)), notice_hours="72")
    earliest = refused(convening, "convene")["notice_too_short"]["earliest"]
    assert timedelta(hours=71) < earliest - convening.world.at <= timedelta(hours=72, minutes=1)
    convening.world.take(convening.meeting, "move_meeting", "chair", **convening.in_hours(80))
    convening.world.take(convening.meeting, "convene", "chair")
    assert convening.world.state(convening.meeting) == "convened"


def test_a_convened_meeting_is_not_moved_into_the_notice_period(sqlite_url: str) -> None:
    convening = Convening(World(Database(sqlite_url)), notice_hours="24")
    convening.world.take(convening.meeting, "convene", "chair")
    assert "notice_too_short" in refused(convening, "move_meeting", **convening.in_hours(23))
    convening.world.take(convening.meeting, "move_meeting", "chair", **convening.in_hours(25))


def test_without_a_notice_period_a_meeting_is_convened_for_any_time(convening: Convening) -> None:
    convening.world.take(convening.meeting, "move_meeting", "chair", **convening.in_hours(-1))
    convening.world.take(convening.meeting, "convene", "chair")
    assert convening.world.state(convening.meeting) == "convened"


@pytest.mark.parametrize("topic", [Topic.MEETING_CONVENED, Topic.MEETING_MOVED, Topic.MEETING_CANCELLED])
def test_holders_and_substitutes_are_told_and_nobody_else(convening: Convening, topic: Topic) -> None:
    assert convening.told(topic) == set()
    convening.world.take(convening.meeting, "convene", "chair")
    # Nobody is told of what they did themselves.
    assert convening.told(topic) == set(SEATED) - {"chair"}


def letters(convening: Convening, who: str) -> dict[str, Letter]:
    from workflow.notifications.relay import relay_all

    world = convening.world
    relay_all(world.database, base_url="https://partnerstwo.example", at=world.at)
    with world.database.reading() as tx:
        page = messages(tx, world[who].id or 0, language="pl", limit=100)
    return {message.topic: message.letter for message in page.messages}


def test_the_letter_names_time_place_agenda_and_what_is_left_to_do(convening: Convening) -> None:
    convening.world.take(convening.meeting, "convene", "chair")
    letter = letters(convening, "committee1")[Topic.MEETING_CONVENED]
    details = dict(letter.details)
    assert details["Miejsce"] == "Sala 12"
    assert details["Porządek obrad"] == "1. Wybór projektów"
    assert details["Deklaracje bezstronności do złożenia"] == "1"
    assert str(convening.in_hours(48)["day"].year) in details["Dzień i godzina"]
    assert letter.path == f"/posiedzenia/{convening.meeting.id}"
    assert "Zwołano posiedzenie nr 1" in letter.subject


def test_a_declaration_that_is_made_is_not_asked_for(convening: Convening) -> None:
    convening.world.declare_conflict(Ref("proposal", convening.project.id), "committee1", "Mieszkam obok.")
    convening.world.take(convening.meeting, "convene", "chair")
    details = dict(letters(convening, "committee1")[Topic.MEETING_CONVENED].details)
    assert not any("do złożenia" in label for label in details)
    others = dict(letters(convening, "committee2")[Topic.MEETING_CONVENED].details)
    assert others["Deklaracje bezstronności do złożenia"] == "1"


def test_a_cancelled_meeting_is_told_with_its_reason(convening: Convening) -> None:
    convening.world.take(convening.meeting, "convene", "chair")
    convening.world.take(convening.meeting, "cancel", "chair", reason="Awaria sali.")
    letter = letters(convening, "participant")[Topic.MEETING_CANCELLED]
    assert ("Powód", "Awaria sali.") in letter.details


def test_nobody_is_told_of_a_meeting_that_was_cancelled_before_it_was_convened(convening: Convening) -> None:
    convening.world.take(convening.meeting, "cancel", "chair", reason="Zbędne.")
    assert Topic.MEETING_CANCELLED not in letters(convening, "committee1")
