"""Noting with one press that everybody came: the holders who are expected, all of them or nobody."""

import pytest

from tests.web.pages.test_meetings import Room, room
from tests.web.stage import hidden

__all__ = ["room"]


def present(room: Room) -> list[int | None]:
    session = room.stage.world.facts(room.meeting, "chair").session
    assert session is not None
    return [seat.present for seat in session.seats]


def test_one_press_notes_everybody_who_is_expected_and_nobody_else(room: Room) -> None:
    world, action = room.stage.world, f"{room.path}/obecni"
    session = world.facts(room.meeting, "chair").session
    assert session is not None
    away = session.seats[1].id
    world.take(room.meeting, "note_absence", "chair", seat=away, excused=True)
    fields = hidden(room.stage.as_("chair").get(room.path).text, action)
    assert room.press("chair", action).status_code == 303
    seats = world.facts(room.meeting, "chair").session.seats  # type: ignore[union-attr]
    assert [seat.present == seat.holder for seat in seats] == [seat.id != away for seat in seats]
    before = present(room)
    browser = room.stage.as_("chair")
    browser.get(room.path)
    assert browser.post(action, {**fields, "csrf_token": browser.token}).status_code == 409, "an old page"
    assert action not in room.stage.page("chair", room.path), "nobody is expected any more"
    assert present(room) == before


def test_each_button_of_the_list_says_whom_it_is_about(room: Room) -> None:
    """Seven times "Arrived" would tell a reader who hears the page nothing."""
    name = room.stage.world["committee1"].name
    page = room.stage.page("chair", room.path)
    for word in ("Przyjście", "Nie przyjdzie"):
        assert f'{word}<span class="visually-hidden">: {name}</span>' in page
    room.arrive()
    assert f'Wyjście<span class="visually-hidden">: {name}</span>' in room.stage.page("chair", room.path)


@pytest.mark.parametrize("who", ["committee1", "staff", "leader"])
def test_only_those_who_conduct_the_meeting_note_it(room: Room, who: str) -> None:
    action = f"{room.path}/obecni"
    fields = hidden(room.stage.as_("chair").get(room.path).text, action)
    browser = room.stage.as_(who)
    browser.get("/praca")
    assert browser.post(action, {**fields, "csrf_token": browser.token}).status_code in (403, 404)
    assert present(room) == [None] * len(present(room))
