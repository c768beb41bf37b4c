"""The page of a score card and the page of criteria: what a member types, what comes back, and what nobody else reads."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import database_url as database_url
from tests.growth import copies
from tests.web.stage import Stage, hidden
from tests.workflow.selection.scoring import Committee
from web.views.committee_room import RankingRow, tied_at_the_end
from web.views.scoring import Strip
from workflow.base.calendar import warsaw_date
from workflow.models import OutboxRow, Proposal
from workflow.rules.topics import Topic
from workflow.selection.score_rules import ProjectLine, RankedLine
from workflow.voting.counting.score_cards import Assessment


class Room(Committee):
    """A committee with its browsers."""

    def __init__(self, app: Flask, stage: Stage | None = None) -> None:
        self.stage = stage or Stage(app)
        super().__init__(self.stage.world)
        self.path = f"/projekty/{self.project.id}/ocena"
        self.list = f"/edycje/{self.stage.world.facts(self.edition_ref)['key']}"

    def press(self, who: str, act: str, *points: object, **more: str) -> Any:
        """Fill in the card on its page and press one of its buttons."""
        browser = self.stage.as_(who)
        fields = hidden(browser.get(self.path).text)
        typed = {f"points-{number}": str(given) for number, given in zip(self.criteria, points, strict=False)}
        return browser.post(self.path, {**fields, **typed, "act": act, **more})


@pytest.fixture
def room(app: Flask) -> Room:
    return Room(app)


@pytest.mark.parametrize("who", ["leader", "participant", "partner", "appeal_body", "visitor"])
def test_nobody_outside_learns_that_there_are_cards(room: Room, who: str) -> None:
    room.save("chair", 5, 3, 4)
    for path in (room.path, f"{room.list}/kryteria"):
        assert room.stage.as_(who).get(path).status_code == 404
        assert room.stage.as_(who).post(path, {}).status_code in (400, 403, 404)


def test_a_card_is_saved_as_one_goes_and_handed_in_when_it_is_whole(room: Room) -> None:
    assert room.press("committee1", "save", 5, comment="Zgody.").status_code == 303
    page = room.stage.page("committee1", room.path)
    assert f'name="points-{room.criteria[0]}" value="5" checked' in page
    assert "Zgody." in page
    assert "Brakuje punktów" in page
    assert room.press("committee1", "hand_in", 5, 3, 4).status_code == 303
    assert room.states() == ["submitted"]
    assert "Złożono:" in room.stage.page("committee1", room.path)


def test_a_refused_card_keeps_everything_typed(room: Room) -> None:
    answer = room.press("committee1", "hand_in", 5, 3, comment="Rzeka łączy gminy.")
    assert answer.status_code == 422
    assert 'value="5" checked' in answer.text
    assert "Rzeka łączy gminy." in answer.text
    assert f'href="#f-points-{room.criteria[2]}"' in answer.text
    assert room.states() == []


def test_an_old_page_is_refused_and_keeps_what_was_typed(room: Room) -> None:
    browser = room.stage.as_("committee1")
    fields = hidden(browser.get(room.path).text)
    room.save("committee1", 5, hand_in=False)
    typed = {f"points-{room.criteria[0]}": "2", "comment": "Inaczej."}
    answer = browser.post(room.path, {**fields, **typed, "act": "save"})
    assert answer.status_code == 409
    assert "Inaczej." in answer.text
    assert 'value="2" checked' in answer.text
    assert browser.post(room.path, {**hidden(answer.text), **typed, "act": "save"}).status_code == 303


def test_what_was_typed_comes_back_when_scores_were_opened_before_it_was_sent(room: Room) -> None:
    browser = room.stage.as_("committee1")
    fields = hidden(browser.get(room.path).text)
    room.save("chair", 5, 3, 4)
    room.open("chair")
    answer = browser.post(
        room.path, {**fields, f"points-{room.criteria[0]}": "2", "comment": "Za późno.", "act": "save"}
    )
    assert answer.status_code == 422
    assert "Za późno." in answer.text


def test_others_scores_are_absent_until_they_are_open(room: Room) -> None:
    room.save("chair", 5, 3, 4, comment="Wzorowy.")
    room.save("committee1", 4, 4, 4)
    for who in ("committee1", "committee2", "staff", "secretary"):
        page = room.stage.page(who, room.path)
        assert "Wzorowy." not in page
        assert "4,25" not in page
    room.save("committee2", 3, 5, 2)
    page = room.stage.page("committee1", room.path)
    for text in ("Wzorowy.", "4,25", "3,83", 'class="strip"'):
        assert text in page


def test_scores_are_absent_for_whoever_is_recused(room: Room) -> None:
    room.declare("committee1")
    room.save("chair", 5, 3, 4, comment="Wzorowy.")
    room.save("committee2", 3, 5, 2)
    page = room.stage.page("committee1", room.path)
    assert "konflikt interesów" in page
    for text in ("Wzorowy.", "4,25", 'class="strip"', "points-"):
        assert text not in page
    assert room.press("committee1", "hand_in", 5, 5, 5, revision="0").status_code == 403


def test_whoever_sits_in_no_seat_reads_the_sheet_without_a_card(room: Room) -> None:
    page = room.stage.page("staff", room.path)
    assert "points-" not in page
    assert "miejsca w komitecie" in page


def test_criteria_are_entered_until_a_card_is_handed_in(room: Room) -> None:
    page, browser = f"{room.list}/kryteria", room.stage.as_("secretary")
    asked = {"name_pl": "Trwałość", "weight": "3", "scale_min": "0", "scale_max": "4", "step": "2", "required": "1"}
    browser.get(page)
    assert browser.post(page, {**asked, "minimum": "9"}).status_code == 422
    assert browser.post(page, asked).status_code == 303
    assert "Trwałość" in browser.get(page).text
    number = room.scoring().criteria[-1].id
    assert 'value="Trwałość"' in browser.get(f"{page}/{number}").text
    assert browser.post(f"{page}/{number}", {**asked, "name_pl": "Wykonalność"}).status_code == 303
    assert browser.post(f"{page}/{number}/usun").status_code == 303
    room.save("chair", 5, 3, 4)
    answer = browser.post(page, asked)
    assert answer.status_code == 422
    assert "Złożono już kartę oceny" in answer.text
    assert len(room.scoring().criteria) == 3


def test_a_member_does_not_enter_criteria(room: Room) -> None:
    browser = room.stage.as_("committee1")
    assert browser.get(f"{room.list}/kryteria").status_code == 200
    assert browser.post(f"{room.list}/kryteria", {"name_pl": "Inne"}).status_code == 403


def test_a_card_changes_neither_version_nor_date_of_the_project(room: Room) -> None:
    before = room.stage.page("leader", f"/projekty/{room.project.id}")
    assert room.press("committee1", "hand_in", 5, 3, 4).status_code == 303
    assert without_tokens(room.stage.page("leader", f"/projekty/{room.project.id}")) == without_tokens(before)


def without_tokens(page: str) -> str:
    """A page without the random token of its forms."""
    return "\n".join(line for line in page.split("\n") if "csrf_token" not in line)


def row_of(page: str, number: int) -> str:
    """The row of a project in the table of the room."""
    return next(row for row in page.split("<tr") if f'<span class="no">{number}.</span>' in row)


def test_the_room_shows_a_member_what_is_mine_to_do(room: Room) -> None:
    path, number = f"{room.list}/wybor", room.line.number
    page = room.stage.page("committee1", path)
    assert "Do oceny: 1 z 1 projektów" in page
    assert "oceń" in row_of(page, number)
    room.save("committee1", 5, hand_in=False)
    assert "dokończ" in row_of(room.stage.page("committee1", path), number)
    room.save("committee1", 5, 3, 4, revision=1)
    page = room.stage.page("committee1", path)
    assert "Nie masz teraz nic do oceny." in page
    assert "4,25" in row_of(page, number)
    assert row_of(room.stage.page("committee1", f"{path}?pokaz=ocenione"), number)
    assert "Żaden projekt nie pasuje" in room.stage.page("committee1", f"{path}?pokaz=do-oceny&sort=srednia")


def test_the_room_shows_the_mean_once_it_may_be_seen_and_never_to_the_recused(room: Room) -> None:
    path, number = f"{room.list}/wybor", room.line.number
    room.declare("committee2")
    room.save("chair", 5, 3, 4)
    for who in ("chair", "committee1", "committee2", "staff", "secretary"):
        assert 'class="strip"' not in row_of(room.stage.page(who, path), number)
    room.save("committee1", 4, 4, 4)
    for who in ("chair", "committee1", "staff", "secretary"):
        row = row_of(room.stage.page(who, path), number)
        assert "4,13" in row
        assert 'class="strip"' in row
    row = row_of(room.stage.page("committee2", path), number)
    assert "nie oceniasz" in row
    for text in ("4,13", 'class="strip"', "<b>"):
        assert text not in row


def test_only_those_who_conduct_see_whose_cards_are_missing_and_remind_them_once_a_day(room: Room) -> None:
    path, name = f"{room.list}/wybor", room.stage.world["committee2"].name
    room.save("chair", 5, 3, 4)
    assert "Czyich kart brakuje" not in room.stage.page("committee1", path)
    for who in ("chair", "staff", "secretary"):
        assert name in room.stage.page(who, path).partition("Czyich kart brakuje")[2]
    browser = room.stage.as_("secretary")
    browser.get(path)
    assert browser.post(f"{path}/przypomnij").status_code == 303
    assert "Wysłano przypomnienia: 2." in browser.get(path).text
    assert browser.post(f"{path}/przypomnij").status_code == 303
    assert "Wszystkim wysłano już dziś" in browser.get(path).text
    with room.stage.db.reading() as tx:
        letters = tx.execute(select(OutboxRow.payload).where(OutboxRow.topic == Topic.SCORES_MISSING)).scalars().all()
    people = {room.stage.world[who].id for who in ("committee1", "committee2")}
    assert {letter["person"] for letter in letters} == people
    assert len(letters) == 2
    assert room.stage.as_("committee1").post(f"{path}/przypomnij").status_code in (400, 403)


def test_nobody_is_reminded_where_no_card_is_missing(room: Room) -> None:
    for who in ("chair", "committee1", "committee2"):
        room.save(who, 5, 3, 4)
    browser = room.stage.as_("chair")
    browser.get(f"{room.list}/wybor")
    answer = browser.post(f"{room.list}/wybor/przypomnij")
    assert answer.status_code == 422
    assert "Nie brakuje niczyjej karty" in answer.text


def test_the_chair_opens_the_scores_on_the_page_of_the_room(room: Room) -> None:
    path = f"{room.list}/wybor"
    room.save("committee1", 4, 4, 4)
    assert "Odsłoń oceny komitetowi" not in room.stage.page("committee1", path)
    browser = room.stage.as_("committee1")
    browser.get(path)
    assert browser.post(f"{path}/odslon").status_code == 403
    browser = room.stage.as_("chair")
    assert "Odsłoń oceny komitetowi" in browser.get(path).text
    assert browser.post(f"{path}/odslon").status_code == 303
    assert "4,00" in row_of(room.stage.page("committee2", path), room.line.number)
    assert browser.post(f"{path}/odslon").status_code == 422


@pytest.mark.parametrize("who", ["leader", "participant", "partner", "appeal_body"])
def test_outsiders_get_the_same_answer_before_and_after_cards(room: Room, who: str) -> None:
    paths = (f"{room.list}/wybor", f"{room.list}/ranking", room.list, f"/projekty/{room.project.id}")
    before = [(room.stage.as_(who).get(path).status_code, without_tokens(room.stage.as_(who).get(path).text))
              for path in paths]  # fmt: skip
    for member in ("chair", "committee1", "committee2"):
        room.save(member, 5, 3, 4)
    after = [(room.stage.as_(who).get(path).status_code, without_tokens(room.stage.as_(who).get(path).text))
             for path in paths]  # fmt: skip
    assert after == before


def test_the_ranking_names_ties_and_why_a_project_has_no_place(room: Room) -> None:
    path = f"{room.list}/ranking"
    assert "Nie ma jeszcze jawnych ocen" in room.stage.page("committee1", path)
    room.save("committee1", 4, 4, 4)
    room.open("chair")
    page = room.stage.page("committee1", path)
    assert "Bez miejsca." in page
    assert "Za mało kart oceny" in page
    assert "(1 / 3)" in page


def test_projects_that_share_the_last_place_are_named_as_a_tie() -> None:
    def row(number: int, place: int | None, state: str = "presented") -> RankingRow:
        line = RankedLine(
            ProjectLine(number, number, f"Projekt {number}", state), Assessment(3, None, None, None), place
        )
        return RankingRow(line, Strip((), ""), shared=False, values=())

    rows = [row(1, 1), row(9, 2, "selected"), row(2, 3), row(3, 3), row(4, None)]
    assert [project.number for project in tied_at_the_end(rows, 2)] == [2, 3]
    for free in (None, 0, 1, 3, 4):
        assert tied_at_the_end(rows, free) == ()


def test_pages_take_as_many_statements_for_forty_projects_as_for_four(room: Room) -> None:
    paths = (f"{room.list}/wybor", f"{room.list}/ranking", room.path, "/praca")
    readers = ("chair", "committee1", "staff")
    room.save("chair", 5, 3, 4)

    def count() -> dict[tuple[str, str], int]:
        return {(who, path): room.stage.count(who, path) for path in paths for who in readers}

    with room.stage.db.transaction() as tx:
        copies(tx, room.project, 3)
    few = count()
    with room.stage.db.transaction() as tx:
        more = copies(tx, room.project, 36)
    with room.world.writing():
        for ref in more:
            room.project = ref
            for member in ("chair", "committee1", "committee2"):
                room.save(member, 5, 3, 4)
    assert count() == few
    assert max(count for (_who, path), count in few.items() if path != "/praca") <= 22
    assert max(few.values()) <= 38


def test_my_work_of_a_member_says_how_many_cards_are_due(room: Room) -> None:
    assert "Projekty, które czekają na Twoją kartę oceny: 1" in room.stage.page("committee1", "/praca")
    room.save("committee1", 5, 3, 4, hand_in=False)
    assert "czekają na Twoją kartę oceny: 1" in room.stage.page("committee1", "/praca")
    room.save("committee1", 5, 3, 4, revision=1)
    assert "kartę oceny" not in room.stage.page("committee1", "/praca")
    room.declare("committee2")
    for who in ("committee2", "staff", "secretary", "leader", "appeal_body"):
        assert "kartę oceny" not in room.stage.page(who, "/praca")


def test_my_work_of_a_member_names_the_meeting_that_is_convened(room: Room) -> None:
    world = room.stage.world
    meeting = world.create("meeting", "prepare_meeting", "chair", edition=room.edition_ref, body="committee",
                           form="room", day=warsaw_date(world.at), hour="00:00")  # fmt: skip
    assert "Weź udział w posiedzeniu" not in room.stage.page("committee1", "/praca")
    world.take(meeting, "add_agenda_item", "chair", item="Wybór projektów")
    world.take(meeting, "convene", "chair")
    for who in ("chair", "committee1"):
        assert f'href="/posiedzenia/{meeting.id}"' in room.stage.page(who, "/praca")
    for who in ("leader", "appeal_body", "participant"):
        assert f"/posiedzenia/{meeting.id}" not in room.stage.page(who, "/praca")


def test_opinions_on_the_merit_stand_beside_the_card(room: Room) -> None:
    page = room.stage.page("committee1", room.path)
    assert "Wydział Inwestycji" in page.partition("Opinie merytoryczne</h3>")[2].partition("</section>")[0]


def test_a_card_says_when_the_sheet_has_changed_since(room: Room) -> None:
    room.save("committee1", 5, hand_in=False)
    assert "zmieniła się" not in room.stage.page("committee1", room.path)
    with room.stage.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == room.project.id).values(summary="Inny opis."))
    assert "zmieniła się" in room.stage.page("committee1", room.path)


def test_the_committee_talks_about_a_project_on_its_page_of_talk(room: Room) -> None:
    path = f"/projekty/{room.project.id}/rozmowa"
    assert f'href="{path}"' in room.stage.page("committee1", room.path).partition('class="card-pane"')[2]
    before = without_tokens(room.stage.page("leader", path))
    browser = room.stage.as_("committee1")
    assert "Tylko komitet" in browser.get(path).text
    assert browser.post(path, {"text": "Czy koszt jest realny?", "circle": "committee"}).status_code == 303
    assert "Czy koszt jest realny?" in room.stage.page("chair", path)
    assert "Czy koszt jest realny?" not in room.stage.page("staff", path)
    assert without_tokens(room.stage.page("leader", path)) == before


@pytest.mark.parametrize("function", ["secretary", "deputy"])
def test_whoever_sits_in_the_seat_of_a_secretary_or_deputy_prepares_the_scoring(room: Room, function: str) -> None:
    browser, path = room.stage.as_("committee1"), f"{room.list}/kryteria"
    asked = {"name_pl": "Trwałość", "weight": "3", "scale_max": "4", "step": "1", "required": "1"}
    browser.get(path)
    assert browser.post(path, asked).status_code == 403
    assert browser.get(f"{path}/{room.criteria[0]}").status_code == 403
    room.give_function("committee1", function)
    assert browser.post(path, asked).status_code == 303
    assert "Czyich kart brakuje" in browser.get(f"{room.list}/wybor").text
    assert browser.post(f"{room.list}/wybor/przypomnij").status_code == 303


def test_the_pages_of_the_committee_read_the_same_on_both_databases(stage: Stage) -> None:
    room = Room(stage.app, stage)
    room.save("chair", 5, 3, 4)
    room.save("committee1", 4, 4, 4)
    assert "czekają na Twoją kartę oceny: 1" in stage.page("committee2", "/praca")
    room.save("committee2", 3, 5, 2)
    for path in (f"{room.list}/wybor", f"{room.list}/ranking", room.path):
        assert "3,83" in stage.page("committee1", path)
    stage.world.adopt({room.project: "select"})
    assert "Wybrany" in row_of(stage.page("committee1", f"{room.list}/wybor"), room.line.number)
    assert "3 : 0 : 0" in stage.page("committee1", f"{room.list}/wybor")
