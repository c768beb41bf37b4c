"""The pages of a secret vote: the ballot form, the receipt, the exchange, the ballots that were laid out."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.web.pages.test_meetings import MEMBERS, Room
from tests.web.stage import Stage, hidden
from workflow.rules.facts import Ref


class SecretRoom(Room):
    """A meeting with an open secret vote, and what its voters hold."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.begin()
        number = stage.world.facts(self.project)["number"]
        row = {"project": number, "outcome": "select", "justification": "Dobry projekt."}
        stage.world.take(self.meeting, "put_motion", "chair", motion_kind="decide", wording="Wybrać targ.", secret=True,
                         decisions=[row])  # fmt: skip
        self.poll = self.open()
        self.ballot, self.exchange = f"/glosowania/{self.poll}/glos-tajny", f"/glosowania/{self.poll}/wymiana"
        self.result = f"/glosowania/{self.poll}/wynik"

    def cast(self, who: str, choice: str) -> Any:
        answer = self.press(who, self.ballot, choice=choice)
        assert answer.status_code == 200, answer.text
        return answer

    def held(self, answer: Any) -> dict[str, str]:
        """The receipt that a page shows."""
        fields = hidden(answer.text, self.exchange)
        return {name: fields[name] for name in ("number", "key", "revision")}

    def count(self) -> None:
        step = f"/glosowania/{self.poll}/krok/count"
        assert self.press("chair", step, page=step).status_code == 303


@pytest.fixture
def room(app: Flask) -> SecretRoom:
    """On the embedded database alone: what differs in SQL is tried where ballots are cast and counted."""
    return SecretRoom(Stage(app))


def test_a_ballot_is_cast_and_its_receipt_is_shown_once_and_kept_by_nobody(room: SecretRoom) -> None:
    answer = room.cast("chair", "for")
    held = room.held(answer)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", held["number"])
    assert answer.headers["Cache-Control"] == "no-store"
    browser = room.stage.as_("chair")
    page = browser.get(room.path)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Twój głos jest oddany." in page.text
    assert not hidden(page.text, room.ballot)
    for text in (page.text, browser.get("/moje-sprawy").text):
        assert held["number"] not in text


def test_a_ballot_is_exchanged_on_its_receipt_or_by_typing_number_and_key_elsewhere(room: SecretRoom) -> None:
    answer = room.cast("chair", "against")
    browser, held = room.stage.as_("chair"), room.held(answer)
    own = hidden(browser.get(room.path).text, room.exchange)
    again = browser.post(room.exchange, {**own, **held, "choice": "for"})
    assert room.held(again) == {**held, "revision": "1"}
    stale = browser.post(room.exchange, {**own, **held, "choice": "abstain"})
    assert stale.status_code == 422
    assert "W tym czasie kartę wymieniono gdzie indziej." in stale.text
    other = room.stage.as_("committee1")
    typed = {"number": held["number"].lower(), "key": f" {held['key'][:4]}-{held['key'][4:]}", "choice": "abstain"}
    fields = hidden(other.get(room.path).text, room.exchange)
    assert room.held(other.post(room.exchange, {**fields, **typed}))["revision"] == "2"
    for who in ("committee1", "committee2"):
        room.cast(who, "for")
    room.count()
    assert room.stage.world.facts(Ref("poll", room.poll), "chair")["result"]["abstain"] == 1


def test_a_wrong_receipt_and_a_second_ballot_are_refused_with_a_sentence(room: SecretRoom) -> None:
    browser = room.stage.as_("chair")
    fields = hidden(browser.get(room.path).text, room.ballot)
    refused = browser.post(room.ballot, {**fields, "key": "00000000", "choice": "for"})
    assert refused.status_code == 422
    assert "w tym głosowaniu nie pasują do siebie" in refused.text
    room.cast("chair", "for")
    second = browser.post(room.ballot, {**fields, "choice": "against"})
    assert second.status_code == 422
    assert "podaj jej numer i klucz" in second.text


def test_everybody_finds_the_own_ballot_among_those_that_were_counted(room: SecretRoom) -> None:
    choices = dict.fromkeys(MEMBERS, "for") | {"chair": "against"}
    numbers = [room.held(room.cast(who, choice))["number"] for who, choice in choices.items()]
    assert room.stage.as_("chair").get(room.result).status_code == 404
    room.count()
    browser = room.stage.as_("committee2")
    page = browser.get(room.result).text
    assert all(number in page for number in numbers)
    assert "Żaden numer nie zdradza głosu." in page
    assert "Wszystkie karty są takie same" not in page
    fields = hidden(page, room.result)
    found = browser.post(room.result, {**fields, "number": numbers[2].lower()})
    assert "Ta karta była w urnie" in found.text
    assert found.headers["Cache-Control"] == "no-store"
    assert "nie ma karty o numerze" in browser.post(room.result, {**fields, "number": "AAAA-AAAA"}).text


def test_a_unanimous_result_says_that_it_tells_every_vote(room: SecretRoom) -> None:
    for who in MEMBERS:
        room.cast(who, "against")
    room.count()
    page = room.stage.page("chair", room.result)
    assert "Głos: przeciw. Ten wynik zdradza więc, jak głosowała każda osoba, która oddała kartę." in page
    assert "Żaden numer nie zdradza głosu." not in page


def test_closing_says_how_many_are_awaited_and_is_refused_with_few_ballots(room: SecretRoom) -> None:
    room.cast("chair", "against")
    step = f"/glosowania/{room.poll}/krok/count"
    assert not hidden(room.stage.page("chair", room.path), step)
    assert "Bez głosu: 2 z 3. Czy mimo to zamknąć głosowanie?" in room.stage.page("chair", step)
    refused = room.press("chair", step, page=step)
    assert refused.status_code == 422
    assert "Oddane karty: 1, uprawnieni: 3." in refused.text
    assert room.outcome() == "open"


def test_the_form_of_a_motion_promises_no_more_than_the_page_of_the_vote(room: SecretRoom) -> None:
    page = room.stage.page("chair", f"{room.path}/krok/put_motion?rodzaj=procedural")
    assert "jednomyślny wynik zdradza każdy głos" in page
    assert "nikt się nie dowie" not in page


def test_the_receipt_on_an_own_device_speaks_of_no_next_person(room: SecretRoom) -> None:
    page = room.cast("chair", "for").text
    assert "Gotowe" in page
    assert "następna osoba" not in page


def test_small_electorates_are_told_how_little_secrecy_there_is(room: SecretRoom) -> None:
    assert "tajność jest ograniczona" in room.stage.as_("committee1").get(room.path).text


def test_a_lost_key_is_said_on_the_page_and_the_vote_can_be_annulled(room: SecretRoom) -> None:
    room.cast("chair", "for")
    keys = room.stage.db.poll_keys
    assert keys is not None
    (keys / f"{room.poll}.key").unlink()
    page = room.stage.as_("committee1").get(room.path)
    assert page.status_code == 200
    assert "Klucz tego głosowania zaginął" in page.text
    assert not hidden(page.text, room.ballot)


@pytest.mark.parametrize("who", [None, "leader", "participant", "partner", "visitor"])
def test_for_outsiders_a_secret_vote_does_not_exist(room: SecretRoom, who: str | None) -> None:
    browser = room.stage.as_(who)
    for path in (room.ballot, room.exchange, room.result):
        assert browser.post(path, {"choice": "for"}).status_code in (400, 403, 404), path
    assert browser.get(room.result).status_code == 404


def test_those_who_cast_no_ballot_see_who_voted_and_no_form(room: SecretRoom) -> None:
    room.cast("chair", "for")
    page = room.stage.as_("staff").get(room.path).text
    assert not hidden(page, room.ballot)
    for who in MEMBERS[1:]:
        room.cast(who, "for")
    room.count()
    page = room.stage.as_("staff").get(room.path).text
    assert "oddany głos" in page
    assert "Głosy imienne" not in page
