"""Every address of meetings and votes can be opened as a page: a refusal leaves it in the browser."""

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule

from tests.web.pages.test_meetings import Room
from tests.web.stage import Stage
from workflow.models import Motion

STARTS = ("/posiedzenia/", "/glosowania/")


@pytest.fixture
def room(stage: Stage) -> Room:
    return Room(stage)


def posted_to(app: Flask) -> list[Rule]:
    """Without the address of a result, which is a page of its own once the vote is counted."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [rule for rule in rules if rule.rule.startswith(STARTS) and not rule.rule.endswith("/wynik")]


def test_an_address_to_which_a_vote_is_sent_leads_back_to_the_meeting(room: Room) -> None:
    room.begin()
    room.put()
    poll = room.open()
    given = {"meeting_id": room.meeting.id, "poll_id": poll, "number": 1, "seat_id": 1}
    adapter = room.stage.app.url_map.bind("localhost")
    opened = {}
    for rule in posted_to(room.stage.app):
        step = "put_motion" if rule.rule.startswith("/posiedzenia") else "annul"
        address = adapter.build(rule.endpoint, {name: given.get(name, step) for name in rule.arguments}, method="POST")
        answer = room.stage.as_("chair").get(address)
        opened[rule.rule] = answer.status_code
        assert answer.status_code in {200, 303}, address
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith(room.path), address
        assert room.stage.as_("leader").get(address).status_code == 404, address
    assert len(opened) >= 14
    assert sum(status == 303 for status in opened.values()) >= 12


def test_what_a_motion_does_is_said_before_it_is_confirmed(room: Room) -> None:
    room.begin()
    room.put()
    page = room.stage.page("chair", room.path)
    assert "Potwierdź: Wycofaj wniosek" in page
    assert "Nic nie zostanie rozstrzygnięte o projektach z wniosku: 1." in page
    with room.stage.db.transaction() as tx:
        tx.execute(update(Motion).values(outcome="carried"))
    page = room.stage.page("chair", room.path)
    assert "Potwierdź: Podejmij uchwałę" in page
    assert "Uchwała otrzyma numer 1/" in page
    assert "Rozstrzygnięcia pozostają poufne do ogłoszenia" in page
    assert "Potwierdź" not in room.stage.page("committee1", room.path)
