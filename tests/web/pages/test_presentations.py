"""The agenda of a conference, its remote, its screen: who sees them, and what a press does."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update

from tests.web.stage import Stage
from tests.workflow.lifecycle import documents
from workflow.models import Agenda, Screen
from workflow.voting.counting.draw import commitment, drawn_order


class Hall:
    """A summary conference with three admitted projects."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        with self.world.writing():
            self.edition = self.world.edition("conferences", key="sala")
            titles = ("Szlak wodny", "Targ u sąsiada", "Świetlica otwarta")
            self.projects = [self.world.idea(self.edition, title=title) for title in titles]
            for project in self.projects:
                self.world.lead(project, "admitted")
        self.conference = self.world.summaries[self.edition]
        self.path = f"/konferencje/{self.conference.id}"

    def post(self, who: str, path: str, **typed: Any) -> Any:
        """Send a form of the programme or of the remote as it stands now."""
        browser = self.stage.as_(who)
        page = browser.get(f"{self.path}/program").text
        version = re.search(r'name="version" value="(\d+)"', page.partition("<main")[2])
        return browser.post(f"{self.path}{path}", {"version": version[1] if version else "0", **typed})

    def draw_up(self) -> None:
        assert self.post("staff", "/program/projekty").status_code == 303

    def publish(self) -> None:
        self.draw_up()
        assert self.post("staff", "/program/publikuj").status_code == 303

    def press(self, who: str, button: str, version: int | None = None) -> Any:
        browser = self.stage.as_(who)
        browser.get(f"{self.path}/pilot")
        sent = self.version() if version is None else version
        return browser.post(f"{self.path}/pilot/{button}", {"version": str(sent)})

    def version(self) -> int:
        with self.stage.db.reading() as tx:
            query = select(Screen.version).where(Screen.conference_id == self.conference.id)
            return int(tx.execute(query).scalar_one())

    def order(self) -> list[str]:
        page = self.stage.page("staff", f"{self.path}/program")
        return list(re.findall(r'agenda-what"><b>([^<]+)</b>', page))


@pytest.fixture
def hall(stage: Stage) -> Hall:
    return Hall(stage)


def test_an_agenda_is_the_hosts_alone_until_it_is_published(hall: Hall) -> None:
    visitor = hall.stage.as_(None)
    pages = ("program", "na-zywo", "rzutnik")
    assert {visitor.get(f"{hall.path}/{page}").status_code for page in pages} == {404}
    hall.draw_up()
    assert {visitor.get(f"{hall.path}/{page}").status_code for page in pages} == {404}
    assert hall.order() == ["Szlak wodny", "Targ u sąsiada", "Świetlica otwarta"]
    hall.post("staff", "/program/publikuj")
    for page in pages:
        answer = visitor.get(f"{hall.path}/{page}")
        assert answer.status_code == 200, page
    assert "Targ u sąsiada" in visitor.get(f"{hall.path}/program").text
    assert visitor.get(f"{hall.path}/pilot").status_code in {303, 404}


def test_the_page_of_a_conference_leads_to_a_public_agenda(hall: Hall) -> None:
    link = f'href="{hall.path}/program"'
    hall.draw_up()
    assert link in hall.stage.page("staff", hall.path)
    assert link not in hall.stage.page(None, hall.path)
    hall.post("staff", "/program/publikuj")
    assert link in hall.stage.page(None, hall.path)


def test_the_order_is_changed_by_buttons_and_by_a_drag(hall: Hall) -> None:
    hall.draw_up()
    page = hall.stage.page("staff", f"{hall.path}/program")
    by_hand = "Kolejność ułożono ręcznie."
    assert by_hand not in page
    assert "Projekty są ułożone według numerów, a dodane później są na końcu." in page
    last = re.findall(r'id="slot-(\d+)"', page)[-1]
    moved = hall.post("staff", f"/program/{last}/wyzej")
    # Whoever orders by keyboard goes on from the button that was pressed.
    assert (moved.status_code, moved.location.endswith(f"/program#up-{last}")) == (303, True)
    assert f'id="up-{last}"' in page
    assert hall.order() == ["Szlak wodny", "Świetlica otwarta", "Targ u sąsiada"]
    assert by_hand in hall.stage.page("staff", f"{hall.path}/program")
    assert hall.post("staff", f"/program/{last}/przesun", by="-1").status_code == 303
    assert hall.order()[0] == "Świetlica otwarta"


def test_a_frozen_order_changes_with_a_reason_only(hall: Hall) -> None:
    hall.draw_up()
    day = (hall.world.now - timedelta(days=1)).date().isoformat()
    assert hall.post("staff", "/program/czas", start="", frozen_on=day).status_code == 303
    refused = hall.post("staff", "/program/sektory")
    assert refused.status_code == 422
    assert "Podaj, dlaczego kolejność się zmienia" in refused.text
    assert hall.post("staff", "/program/sektory", reason="Prosi o to lider.").status_code == 303
    assert "Prosi o to lider." in hall.stage.page("staff", f"{hall.path}/program")


def test_an_order_is_drawn_once_from_a_seed_that_was_committed_before(hall: Hall) -> None:
    hall.publish()
    before = hall.stage.page(None, f"{hall.path}/program")
    code = re.search(r"[0-9a-f]{64}", before.partition("<main")[2])
    assert code
    assert hall.post("staff", "/program/losowanie", word="wisła").status_code == 303
    after = hall.stage.page(None, f"{hall.path}/program").partition("<main")[2]
    shown = re.findall(r"\b[0-9a-f]{64}\b", after)
    assert code[0] == shown[0]
    assert commitment(shown[1], str(hall.conference)) == code[0]
    titles = dict(zip(("1", "2", "3"), ("Szlak wodny", "Targ u sąsiada", "Świetlica otwarta"), strict=True))
    assert hall.order() == [titles[key] for key in drawn_order(shown[1], "wisła", titles).keys]
    assert hall.post("staff", "/program/losowanie", word="").status_code == 422


def test_a_form_that_was_filled_in_for_an_older_agenda_changes_nothing(hall: Hall) -> None:
    hall.draw_up()
    assert hall.post("staff", "/program/punkt", version="0", kind="break", minutes="15").status_code == 409
    assert hall.post("staff", "/program/punkt", kind="other", title="", minutes="15").status_code == 422
    assert hall.post("staff", "/program/punkt", kind="break", minutes="15").status_code == 303
    assert hall.order()[-1] == "Przerwa"


def test_the_remote_leads_the_screen_and_the_audience(hall: Hall) -> None:
    hall.publish()
    assert hall.press("staff", "next").status_code == 422
    assert hall.press("staff", "przejmij").status_code == 303
    assert hall.press("staff", "next").status_code == 303
    for page in ("rzutnik", "na-zywo"):
        shown = hall.stage.page(None, f"{hall.path}/{page}")
        assert "Projekt 1 z 3" in shown or "projekt 1 z 3" in shown
        assert re.search(r'data-left="3[56]\d"', shown)
    assert hall.press("staff", "minute").status_code == 303
    assert re.search(r'data-total="420"', hall.stage.page(None, f"{hall.path}/rzutnik"))
    assert hall.press("staff", "pause").status_code == 303
    assert 'data-runs="0"' in hall.stage.page(None, f"{hall.path}/rzutnik")
    hall.press("staff", "absent")
    assert "Targ u sąsiada" in hall.stage.page(None, f"{hall.path}/na-zywo").partition("now-title")[2][:200]
    hall.press("staff", "previous")
    assert "Szlak wodny" in hall.stage.page(None, f"{hall.path}/na-zywo").partition("now-title")[2][:200]


def test_the_remote_says_a_long_delay_in_hours(hall: Hall) -> None:
    hall.publish()
    hall.press("staff", "przejmij")
    assert hall.press("staff", "next").status_code == 303
    for minutes, said in ((59, "59 minut opóźnienia"), (676, "11 godz. 16 min opóźnienia")):
        with hall.stage.db.transaction() as tx:
            began = tx.execute(select(Screen.started_at).where(Screen.conference_id == hall.conference.id)).scalar_one()
            tx.execute(update(Agenda).where(Agenda.conference_id == hall.conference.id)
                       .values(starts_at=began - timedelta(minutes=minutes)))  # fmt: skip
        assert said in hall.stage.page("staff", f"{hall.path}/pilot")


def test_two_presses_on_the_same_page_call_one_project(hall: Hall) -> None:
    hall.publish()
    hall.press("staff", "przejmij")
    version = hall.version()
    assert hall.press("staff", "next", version).status_code == 303
    again = hall.press("staff", "next", version)
    assert again.status_code == 409
    assert "Szlak wodny" in hall.stage.page(None, f"{hall.path}/na-zywo").partition("now-title")[2][:200]


def test_a_remote_is_taken_over_and_the_first_phone_presses_nothing_any_more(hall: Hall) -> None:
    hall.publish()
    hall.press("staff", "przejmij")
    asked = hall.stage.page("chair", f"{hall.path}/pilot/przejmij")
    assert hall.world["staff"].name in asked
    assert hall.press("chair", "przejmij").status_code == 303
    assert hall.press("staff", "next").status_code == 422
    assert hall.press("chair", "next").status_code == 303
    assert hall.stage.as_("leader").get(f"{hall.path}/pilot").status_code == 404


def test_a_press_of_the_moderator_takes_the_step_and_keeps_the_sheet_as_presented(hall: Hall) -> None:
    hall.publish()
    hall.world.to_phase(hall.edition, "summary")
    hall.press("staff", "przejmij")
    hall.press("staff", "next")
    hall.press("staff", "absent")
    hall.press("staff", "next")
    facts = [hall.world.facts(project) for project in hall.projects]
    assert {one.state for one in facts} == {"admitted"}
    remote = hall.stage.page("staff", f"{hall.path}/pilot")
    notes = re.findall(r"/pilot/(\d+)/wynik", remote)
    assert len(notes) == 2
    for slot in notes:
        assert hall.press("staff", f"{slot}/wynik").status_code == 303
    absent, presented, waiting = (hall.world.facts(project) for project in hall.projects)
    assert (absent.state, presented.state, waiting.state) == ("not_selected", "presented", "admitted")
    assert presented.entry("presentation")["digest"] == presented.sheet_digest()
    assert "po prezentacji" in hall.stage.page("staff", f"/projekty/{hall.projects[1].id}/wersje")


def test_a_project_that_was_withdrawn_is_not_on_the_programme(hall: Hall) -> None:
    hall.publish()
    hall.world.take(hall.projects[0], "withdraw", "leader", reason="Brak czasu.", group_informed=True)
    assert "Szlak wodny" not in hall.stage.page(None, f"{hall.path}/program")
    hall.press("staff", "przejmij")
    hall.press("staff", "next")
    assert "Targ u sąsiada" in hall.stage.page(None, f"{hall.path}/na-zywo").partition("now-title")[2][:200]


def test_the_version_of_the_screen_is_one_statement(hall: Hall) -> None:
    hall.publish()
    mark = re.search(r'data-live-url="([^"]+)"', hall.stage.page(None, f"{hall.path}/na-zywo"))
    assert mark
    visitor = hall.stage.as_(None).client
    with hall.stage.statements() as asked:
        first = visitor.get(mark[1])
    assert len(asked) == 1
    assert visitor.get(mark[1], headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    hall.press("staff", "przejmij")
    assert visitor.get(mark[1], headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_calendars_hold_the_conference_and_the_items_once_they_are_public(hall: Hall) -> None:
    visitor = hall.stage.as_(None)
    hall.draw_up()
    before = visitor.get(f"{hall.path}/program.ics")
    assert before.mimetype == "text/calendar"
    assert before.text.count("BEGIN:VEVENT") == 1
    hall.post("staff", "/program/publikuj")
    assert visitor.get(f"{hall.path}/program.ics").text.count("BEGIN:VEVENT") == 4
    feed = visitor.get("/edycje/sala/konferencje.ics").text
    # A calendar shows the beginning of a name alone.
    assert all(line.startswith("SUMMARY:Konferencja nr") for line in feed.split("\r\n") if line.startswith("SUMMARY"))
    assert f"UID:conference-{hall.conference.id}@" in feed
    assert all(len(line.encode()) <= 75 for line in feed.split("\r\n"))


def drawn_pdf(*colors: str) -> bytes:
    """A PDF with a page of each colour."""
    content, (first, *others) = BytesIO(), [Image.new("RGB", (160, 90), color) for color in colors]
    first.save(content, "PDF", save_all=True, append_images=others)
    return content.getvalue()


def drawn_png() -> bytes:
    content = BytesIO()
    Image.new("RGB", (90, 160), "blue").save(content, "PNG")
    return content.getvalue()


def add_slides(hall: Hall, who: str, content: bytes, name: str, **typed: str) -> Any:
    """Add slides to the first project on the page of its files."""
    path, browser = f"/projekty/{hall.projects[0].id}/pliki", hall.stage.as_(who)
    browser.get(path)
    return browser.post(path, {"file": (BytesIO(content), name), **typed})


def screen(hall: Hall) -> str:
    return hall.stage.page(None, f"{hall.path}/rzutnik")


def test_slides_are_shown_page_by_page_from_the_remote_and_only_while_their_project_is_on(hall: Hall) -> None:
    assert add_slides(hall, "leader", drawn_pdf("red", "green"), "slajdy.pdf").status_code == 303
    assert add_slides(hall, "staff", drawn_png(), "mapa.png", file_kind="slides").status_code == 303
    hall.publish()
    hall.press("staff", "przejmij")
    hall.press("staff", "next")
    assert "hall-slide" not in screen(hall)
    hall.press("staff", "slide")
    assert "Slajd 1 z 3" in hall.stage.page("staff", f"{hall.path}/pilot")
    shown = re.search(r'<img class="hall-slide" src="([^"]+)" alt="Slajd 1 z 3">', screen(hall))
    assert shown
    visitor = hall.stage.as_(None)
    answer = visitor.client.get(shown[1], buffered=True)
    assert answer.mimetype == "image/jpeg"
    with Image.open(BytesIO(answer.data)) as picture:
        red, green, blue = picture.convert("RGB").resize((1, 1)).tobytes()
        assert (max(picture.size), red > 200, green < 60, blue < 60) == (1920, True, True, True)
    statuses = [
        visitor.client.get(shown[1].replace("/slajd/1", f"/slajd/{number}"), buffered=True).status_code
        for number in (3, 4, 0)
    ]
    assert statuses == [200, 404, 404]
    for _turn in range(5):
        hall.press("staff", "slide")
    assert "Slajd 3 z 3" in screen(hall)
    hall.press("staff", "slide_back")
    assert "Slajd 2 z 3" in screen(hall)
    hall.press("staff", "next")
    assert "hall-slide" not in screen(hall)
    assert visitor.get(shown[1]).status_code == 404
    assert hall.press("staff", "slide").status_code == 422


def test_after_handing_in_a_group_adds_slides_and_takes_them_away_and_no_other_files(hall: Hall) -> None:
    path = f"/projekty/{hall.projects[0].id}/pliki"
    assert add_slides(hall, "leader", drawn_png(), "mapa.png", file_kind="letter").status_code == 303
    page = hall.stage.page("leader", path)
    assert "Ekran w sali pokaże z tego pliku 1 stronę." in page
    assert 'name="file_kind"' not in page
    add_slides(hall, "staff", documents.PDF, "umowa.pdf", file_kind="letter")
    letter, slides = re.findall(rf"{path}/(\d+)\"", hall.stage.page("leader", path))
    leader = hall.stage.as_("leader")
    leader.get(path)
    assert [leader.post(f"{path}/{number}/usun").status_code for number in (letter, slides)] == [404, 303]


def test_slides_that_cannot_be_drawn_are_kept_and_said_to_be_so(hall: Hall) -> None:
    broken = b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF\n"
    assert add_slides(hall, "leader", broken, "slajdy.pdf").status_code == 303
    assert "Zapisz slajdy jako PDF" in hall.stage.page("leader", f"/projekty/{hall.projects[0].id}/pliki")
    hall.draw_up()
    hall.press("staff", "przejmij")
    hall.press("staff", "next")
    assert "Następny slajd" not in hall.stage.page("staff", f"{hall.path}/pilot")
