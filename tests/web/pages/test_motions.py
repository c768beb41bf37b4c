"""Putting a motion: its kind first, then projects from a list, then a form with the fields of that kind alone."""

import re

import pytest
from sqlalchemy import select

from tests.web.pages.test_meetings import Room, second_project
from tests.web.stage import Stage
from tests.workflow.selection.test_later_decisions import Reserve
from workflow.base.calendar import warsaw_date
from workflow.models import MotionItem


@pytest.fixture
def room(stage: Stage) -> Room:
    room = Room(stage)
    second_project(room)
    room.begin()
    return room


def fields(page: str) -> set[str]:
    """The names of the fields of the form, rows by their columns."""
    form = page.partition("data-draft=")[2].partition("</form>")[0]
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form)
    return {re.sub(r"^decisions-\d+-", "", name) for name in names}


def test_the_kind_is_chosen_first_and_only_kinds_that_can_be_about_something(room: Room) -> None:
    page = room.stage.page("chair", f"{room.path}/krok/put_motion")
    assert "?rodzaj=decide" in page
    assert "?rodzaj=procedural" in page
    assert "?rodzaj=promote" not in page
    assert "2 projekty, których może dotyczyć" in page


def test_projects_are_chosen_from_a_list_with_number_title_cost_and_state(room: Room) -> None:
    put = f"{room.path}/krok/put_motion"
    page = room.stage.page("chair", f"{put}?rodzaj=decide")
    assert re.search(r"2\. Fontanna – [\d\s,]+\szł – Zaprezentowany", page), page
    form = room.stage.page("chair", f"{put}?rodzaj=decide&projekt=2")
    assert re.search(r'<option value="2" selected>2\. Fontanna', form)
    answer = room.press("chair", put, f"{put}?rodzaj=decide&projekt=2", wording="Wybrać fontannę.",
                        **{"decisions-0-project": "2", "decisions-0-outcome": "select",
                           "decisions-0-justification": "Dobry."})  # fmt: skip
    assert answer.status_code == 303
    with room.stage.db.reading() as tx:
        assert tx.execute(select(MotionItem.outcome)).scalars().all() == ["select"]


def test_the_form_has_the_fields_of_the_chosen_kind_alone(room: Room) -> None:
    put = f"{room.path}/krok/put_motion"
    always = {"csrf_token", "form_key", "version", "motion_kind", "wording", "secret"}
    procedural = fields(room.stage.page("chair", f"{put}?rodzaj=procedural"))
    assert procedural == always
    decide = fields(room.stage.page("chair", f"{put}?rodzaj=decide&projekt=1"))
    assert decide == always | {"project", "outcome", "position", "justification", "departure"}
    annul = fields(room.stage.page("chair", f"{put}?rodzaj=annul&projekt=1"))
    assert annul == always | {"project", "justification"}


def test_who_conducts_no_meeting_chooses_nothing(room: Room) -> None:
    for who, status in (("committee1", 403), ("leader", 404)):
        assert room.stage.as_(who).get(f"{room.path}/krok/put_motion").status_code == status


def test_a_motion_that_names_two_of_the_reserve_list_for_one_place_counts_one(stage: Stage) -> None:
    world = stage.world
    reserve = Reserve(world)
    reserve.free()
    meeting = world.create("meeting", "prepare_meeting", "chair", edition=reserve.edition, body="committee", form="room",
                           day=warsaw_date(world.at), hour="00:00")  # fmt: skip
    world.take(meeting, "add_agenda_item", "chair", item="Lista rezerwowa")
    world.take(meeting, "convene", "chair")
    session = world.facts(meeting, "chair").session
    assert session is not None
    for seat in session.seats:
        world.take(meeting, "note_arrival", "chair", seat=seat.id, person=seat.holder)
    world.take(meeting, "begin", "chair")
    rows = [{"project": world.facts(ref)["number"], "justification": "Kolejność."} for ref in reserve.all[1:]]
    world.take(meeting, "put_motion", "chair", motion_kind="promote", wording="Zaproponować miejsce.", decisions=rows)
    page = stage.page("chair", f"/posiedzenia/{meeting.id}")
    assert "Miejsca po przyjęciu wniosku:</b> 1 z 1" in page
    assert "nie można otworzyć" not in page
