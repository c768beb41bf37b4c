"""The pages of a vote in the hall: the ballot on a phone, the receipt, the exchange, the result, the desk of the host."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.web.conftest import Browser
from tests.web.stage import Stage, hidden
from tests.workflow.hall.people import Hall
from tests.workflow.lifecycle import documents
from web.http.pass_cookie import BETWEEN, cookie_name
from workflow.accounts.sealing import new_token
from workflow.models import Agenda
from workflow.participation import passes
from workflow.presentations.actions import generate
from workflow.rules.facts import Ref
from workflow.rules.hall import HallMethod
from workflow.rules.states import PollState
from workflow.voting.results.verification import verify_result


class HallStage(Hall):
    """The same hall with the phones of its people."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        super().__init__(stage.db, folder, world=stage.world)
        self.root = f"/konferencje/{self.conference.id}/glosowania"
        self.phones: dict[int, Browser] = {}

    def phone(self, voter: int) -> Browser:
        if voter not in self.phones:
            browser, secret = Browser(self.stage.app), new_token()
            with self.world.database.transaction() as tx:
                token = passes.issue(tx, self.registrations[voter], actor=self.world["staff"], at=self.world.at)
                passes.find(tx, token, browser=secret, at=self.world.at)
            with self.stage.app.test_request_context():
                browser.client.set_cookie(cookie_name(), f"{token}{BETWEEN}{secret}")
            self.phones[voter] = browser
        return self.phones[voter]

    def path(self, poll: Ref) -> str:
        return f"{self.root}/{poll.id}"

    def send(self, poll: Ref, voter: int, **marks: Any) -> Any:
        browser, path = self.phone(voter), self.path(poll)
        fields = hidden(browser.get(path).text, f"{path}/glos")
        return browser.post(f"{path}/glos", {**fields, **marks})


@pytest.fixture
def hall(app: Flask, tmp_path: Path) -> HallStage:
    return HallStage(Stage(app), tmp_path)


def test_a_phone_with_a_pass_votes_exchanges_and_finds_its_ballot(hall: HallStage) -> None:
    poll = hall.opened()
    path = hall.path(poll)
    receipt = hall.send(poll, 0, option="T01")
    assert receipt.status_code == 200
    assert receipt.headers["Cache-Control"] == "no-store"
    held = hidden(receipt.text, f"{path}/wymiana")
    again = hall.phone(0).post(f"{path}/wymiana", {**held, "option": "T02"})
    assert again.status_code == 200
    for voter in range(1, 20):
        hall.send(poll, voter, option="T03")
    assert "20" in hall.phone(0).get(f"{path}/ekran").text
    assert hall.stage.as_("animator").get(f"{path}/prowadzenie").status_code == 200
    hall.world.take(poll, "count", "animator")
    page = hall.phone(0).get(path)
    found = hall.phone(0).post(f"{path}/wynik", {**hidden(page.text, f"{path}/wynik"), "number": held["number"]})
    assert f"Policzono kartę {held['number']}. Głos: Zielony." in found.text
    content = verify_result(hall.stage.as_(None).get(f"{path}/wynik.json").data)
    assert content["outcome"]["scores"]["T02"] == "1/1"


def test_equal_ballots_that_stand_as_one_line_are_counted_each(hall: HallStage) -> None:
    poll = hall.opened()
    for voter, option in enumerate(("T01", "T01", "T01", "T02")):
        hall.send(poll, voter, option=option)
    hall.world.take(poll, "count", "animator")
    page = hall.phone(0).get(hall.path(poll)).text
    assert "Czerwony: 3" in page
    assert "Wszystkie karty: 4" in page


def test_no_route_tells_a_result_before_closing(hall: HallStage) -> None:
    poll = hall.opened()
    before = {route: hall.phone(0).get(hall.path(poll) + route).text for route in ("", "/ekran")}
    assert hall.phone(0).get(f"{hall.path(poll)}/wynik.json").status_code == 404
    hall.send(poll, 1, option="T01")
    for route, text in before.items():
        now = hall.phone(0).get(hall.path(poll) + route).text
        assert without_progress(now) == without_progress(text)


def without_progress(text: str) -> str:
    """A page without what counts ticks, versions, and forms that are new each time."""
    text = re.sub(r'<section id="(vote-open|screen)".*?</section>', "", text, flags=re.DOTALL)
    return re.sub(r'value="[^"]*"', "", text)


def test_a_phone_without_a_pass_or_with_one_of_another_conference_is_refused_and_counted(
    hall: HallStage, caplog: pytest.LogCaptureFixture
) -> None:
    """Hostile case 9: no pass, or one of another conference."""
    poll = hall.opened()
    path, stranger = hall.path(poll), hall.stage.as_(None)
    with hall.stage.app.test_request_context():
        stranger.client.set_cookie(cookie_name(), f"{'x' * 43}{BETWEEN}{'y' * 43}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get(path).text)[1]  # type: ignore[index]
    sent = {"csrf_token": token, "option": "T01", "number": "AAAAAAAA", "key": "AAAAAAAA"}
    assert "Czerwony" not in stranger.get(path).text
    answers = [stranger.post(f"{path}/glos", sent).status_code for _time in range(31)]
    assert set(answers[:30]) == {403}
    assert answers[30] == 429
    assert "without a valid pass" in caplog.text
    # Whoever has a pass behind the same address goes on voting.
    assert hall.send(poll, 0, option="T01").status_code == 200
    assert len(hall.box()) == 1


def test_a_refused_ballot_keeps_what_was_marked(hall: HallStage) -> None:
    poll = hall.opened(HallMethod.POINTS, points_total=10)
    answer = hall.send(poll, 0, **{"number-T01": "9", "number-T02": "2"})
    assert answer.status_code == 422
    assert 'value="9"' in answer.text
    assert hall.box() == {}


def test_the_host_prepares_opens_and_counts_on_pages(hall: HallStage) -> None:
    host = hall.stage.as_("animator")
    fields = hidden(host.get(hall.root).text, hall.root)
    new = {**fields, "question": "Jaki kolor?", "method": "approve", "texts": "Czerwony\nZielony", "secrecy": "named"}
    prepared = host.post(hall.root, new)
    assert prepared.status_code == 303
    assert prepared.location.endswith("/prowadzenie")
    (number,) = re.findall(r"glosowania/(\d+)/prowadzenie", host.get(hall.root).text)
    poll = Ref("hall_poll", int(number))
    assert hall.stage.as_(None).get(hall.path(poll)).status_code == 404
    for step, state in (("open", PollState.OPEN), ("count", PollState.COUNTED)):
        page = host.get(f"{hall.path(poll)}/prowadzenie").text
        assert (
            host.post(f"{hall.path(poll)}/krok/{step}", hidden(page, f"{hall.path(poll)}/krok/{step}")).status_code
            == 303
        )
        assert hall.world.state(poll) == state
        if step == "open":
            assert hall.send(poll, 0, option="T02").status_code == 303
    assert hall.stage.as_("participant").get(f"{hall.path(poll)}/prowadzenie").status_code == 404


def test_a_prepared_vote_says_who_will_vote_and_what_a_ballot_may_hold(hall: HallStage) -> None:
    host = hall.stage.as_("animator")
    points = hall.prepare(HallMethod.POINTS, points_total=10, points_each=5, max_choices=2)
    desk = host.get(f"{hall.path(points)}/prowadzenie").text
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", desk))
    assert shown["Uprawnieni"] == "osoby na sali w chwili otwarcia, teraz: 24"
    assert (shown["Punkty każdej osoby"], shown["Punkty na jedną możliwość, najwyżej"]) == ("10", "5")
    assert shown["Możliwości na karcie, najwyżej"] == "2"
    hall.world.take(points, "open", "animator")
    opened = host.get(f"{hall.path(points)}/prowadzenie").text
    assert dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", opened))["Uprawnieni"] == "24"
    plain = host.get(f"{hall.path(hall.prepare(HallMethod.AYES))}/prowadzenie").text
    assert "Punkty każdej osoby" not in plain


def test_what_is_wrong_with_a_new_vote_stands_beside_its_field(hall: HallStage) -> None:
    host = hall.stage.as_("animator")
    typed = {"question": "Jaki kolor?", "method": "points", "texts": "Czerwony\nZielony", "secrecy": "secret",
             "points_total": "10", "points_each": "-1"}  # fmt: skip
    page = host.post(hall.root, {**hidden(host.get(hall.root).text, hall.root), **typed})
    assert page.status_code == 422
    field = re.search(r'<input[^>]*name="points_each"[^>]*>', page.text)
    assert field
    assert 'aria-invalid="true"' in field[0]
    other = re.search(r'<input[^>]*name="points_total"[^>]*>', page.text)
    assert other
    assert "aria-invalid" not in other[0]
    # A vote that could never be opened is not prepared.
    missing = {**typed, "points_total": "", "points_each": ""}
    page = host.post(hall.root, {**hidden(host.get(hall.root).text, hall.root), **missing})
    assert page.status_code == 422
    assert "Podaj, ile punktów rozdziela każda osoba." in page.text


def test_cards_are_handed_out_dropped_and_typed_on_the_page_of_the_host(hall: HallStage) -> None:
    poll = hall.opened()
    for voter in range(3):
        hall.send(poll, voter, option="T01")
    desk = f"{hall.path(poll)}/prowadzenie"
    card = f"{hall.path(poll)}/karta/{hall.registrations[3]}"
    for move in ("issue", "drop"):
        host = hall.stage.as_("staff")
        assert host.post(card, {**hidden(host.get(desk).text, card), "move": move}).status_code == 303
    hall.world.take(poll, "close", "staff")
    for who in ("staff", "animator"):
        host = hall.stage.as_(who)
        typed = {
            **hidden(host.get(desk).text, f"{hall.path(poll)}/karty"),
            "card-0": "17",
            "0-option": "T02",
            "spoiled": "0",
        }
        assert host.post(f"{hall.path(poll)}/karty", typed).status_code == 303
    staff, scan = hall.stage.as_("staff"), f"{hall.path(poll)}/karty/skan"
    own, sent = hidden(staff.get(desk).text, scan), {"content_type": "multipart/form-data"}
    assert staff.post(scan, {**own, "file": (BytesIO(b"MZ"), "karty.exe")}, **sent).status_code == 422
    assert staff.post(scan, {**own, "file": (BytesIO(documents.PDF), "karty.pdf")}, **sent).status_code == 303
    with staff.get(scan) as kept:
        assert (kept.data, kept.headers["Cache-Control"]) == (documents.PDF, "no-store")
    assert hall.stage.as_("participant").get(scan).status_code == 404
    hall.world.take(poll, "count", "staff")
    assert json.loads(hall.file(poll))["electorate"]["voted"] == {"screen": 3, "card": 1, "hands": 0}


def test_one_proposes_to_annul_and_another_one_confirms_on_the_page(hall: HallStage) -> None:
    poll = hall.opened()
    desk, step = f"{hall.path(poll)}/prowadzenie", f"{hall.path(poll)}/krok"
    animator, staff = hall.stage.as_("animator"), hall.stage.as_("staff")
    own = {**hidden(animator.get(desk).text, f"{step}/propose_annulment"), "reason": "Zepsuty rzutnik."}
    assert animator.post(f"{step}/propose_annulment", own).status_code == 303
    assert f"{step}/annul" not in animator.get(desk).text
    shown = staff.get(desk).text
    assert "Zepsuty rzutnik." in shown
    confirmed = staff.post(f"{step}/annul", {**hidden(shown, f"{step}/annul"), "reason": "Zepsuty rzutnik."})
    assert (confirmed.status_code, hall.world.facts(poll).state) == (303, "annulled")


def test_the_committee_takes_the_ballots_of_projects_over(hall: HallStage) -> None:
    projects = [hall.world.idea(hall.edition, title=f"Projekt {number}") for number in range(2)]
    for project in projects:
        hall.world.lead(project, "submitted")
        hall.world.admit(project)
    poll = hall.opened(texts=(), projects=tuple(project.id for project in projects))
    keys = [str(hall.world.facts(project)["number"]) for project in projects]
    for voter in range(4):
        hall.send(poll, voter, option=keys[:1] if voter else keys)
    hall.world.take(poll, "count", "staff")
    staff, path = hall.stage.as_("staff"), f"{hall.path(poll)}/przejmij"
    assert staff.post(path, hidden(staff.get(f"{hall.path(poll)}/prowadzenie").text, path)).status_code == 303
    exported = staff.get(f"/edycje/{hall.world.facts(hall.edition)['key']}/co-jesli/glosy.pb").text
    assert "num_votes;4" in exported


def test_on_a_shared_device_the_next_person_has_neither_pass_nor_form(hall: HallStage) -> None:
    poll = hall.opened()
    receipt = hall.send(poll, 0, option="T01").text
    path = f"{hall.path(poll)}/nastepna-osoba"
    assert hall.phone(0).post(path, hidden(receipt, path)).status_code == 303
    assert "potrzebujesz przepustki" in hall.phone(0).get(hall.path(poll)).text


def test_who_voted_how_by_name_is_told_to_hosts_after_the_count_alone(hall: HallStage) -> None:
    poll = hall.opened(HallMethod.AYES, secret=False)
    hall.send(poll, 0, option="against")
    desk = f"{hall.path(poll)}/prowadzenie"
    assert "przeciw" not in hall.stage.page("animator", desk).partition("electors-table")[2].lower()
    hall.world.take(poll, "count", "animator")
    assert "przeciw" in hall.stage.page("animator", desk).partition("electors-table")[2].lower()


def test_keys_of_receipts_that_are_tried_out_are_logged_and_limited_by_pass(
    hall: HallStage, caplog: pytest.LogCaptureFixture
) -> None:
    poll = hall.opened()
    path = f"{hall.path(poll)}/wymiana"
    held, other = (hidden(hall.send(poll, voter, option="T01").text, path) for voter in (0, 1))
    wrong = {**held, "key": "00000000", "option": "T02"}
    answers = [hall.phone(0).post(path, wrong).status_code for _time in range(61)]
    assert set(answers[:60]) == {422}
    assert answers[60] == 429
    assert "a wrong key" in caplog.text
    assert hall.phone(1).post(path, {**other, "option": "T02"}).status_code == 200


def test_a_phone_that_follows_the_presentations_is_led_to_the_open_vote(hall: HallStage) -> None:
    with hall.world.database.transaction() as tx:
        generate(tx, hall.conference.id, actor=hall.world["staff"], at=hall.world.at)
        tx.execute(update(Agenda).values(published_at=hall.world.at))
    path = f"/konferencje/{hall.conference.id}/na-zywo"
    before = hall.stage.page(None, path)
    url = re.search(r'data-live-url="([^"]+)"', before)
    assert url
    visitor = hall.stage.as_(None).client
    version = visitor.get(url[1]).headers["ETag"]
    assert "Trwa głosowanie" not in before
    poll = hall.opened()
    assert visitor.get(url[1], headers={"If-None-Match": version}).status_code == 200
    assert f'href="{hall.path(poll)}"' in hall.stage.page(None, path)


def test_a_phone_that_came_before_the_opening_sees_the_vote_as_soon_as_it_is_open_and_no_draft(hall: HallStage) -> None:
    guest = hall.stage.as_(None)
    (url,) = re.findall(r'id="votes"[^>]* data-live-url="([^"]+)"', guest.get(hall.root).text)
    before = guest.client.get(url).headers["ETag"]
    poll = hall.prepare()
    assert guest.client.get(url, headers={"If-None-Match": before}).status_code == 304
    hall.world.take(poll, "open", "animator")
    assert guest.client.get(url, headers={"If-None-Match": before}).status_code == 200
    part = guest.client.get(hall.root, headers={"X-Fragment": "votes"}).text
    assert "<html" not in part
    assert f'class="button primary" href="{hall.path(poll)}"' in part


def test_the_screen_of_the_hall_names_nobody_and_shows_the_address_of_the_vote_while_it_is_open(
    hall: HallStage,
) -> None:
    poll = hall.opened()
    screen = hall.stage.as_("animator").get(f"{hall.path(poll)}/ekran").text
    assert f"{hall.root}/teraz" in screen
    assert "<nav" not in screen
    assert hall.world["animator"].name not in screen
    for voter in range(20):
        hall.send(poll, voter, option="T01")
    hall.world.take(poll, "count", "animator")
    screen = hall.stage.as_("animator").get(f"{hall.path(poll)}/ekran").text
    assert f"{hall.root}/teraz" not in screen
    assert 'class="screen-scores"' in screen


def test_the_host_can_close_a_secret_vote_without_a_reload_once_enough_ballots_are_in(hall: HallStage) -> None:
    poll = hall.opened()
    host, part = hall.stage.as_("animator").client, {"X-Fragment": "vote-open"}
    page = f"{hall.path(poll)}/prowadzenie"
    assert "krok/count" not in host.get(page, headers=part).text
    for voter in range(3):
        hall.send(poll, voter, option="T01")
    assert "krok/count" in host.get(page, headers=part).text
