"""The pages of proxies: recorded with a file beside the attendance, votes cast for the absent, nothing for outsiders."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.web.pages.test_meetings import Room
from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle import documents
from workflow.rules.facts import Ref


class ProxyRoom(Room):
    """A meeting that one of three members misses, in an edition with a proxy each and a quorum of two thirds."""

    def __init__(self, stage: Stage, **rules: Any) -> None:
        super().__init__(stage, **{"proxies_each": "1", **rules})
        session = stage.world.facts(self.meeting, "chair").session
        assert session is not None
        self.seats = {name: seat.id for seat in session.seats for name in ("chair", "committee1", "committee2")
                      if seat.holder == stage.world[name].id}  # fmt: skip
        self.address = f"{self.path}/pelnomocnictwo"

    def come(self, *names: str) -> None:
        world = self.stage.world
        for name in names:
            world.take(self.meeting, "note_arrival", "chair", seat=self.seats[name], person=world[name].id)

    def give(self, giver: str, receiver: str, who: str = "chair", **more: Any) -> Any:
        browser = self.stage.as_(who)
        # Also of those who have no form on the page of the meeting.
        token = hidden(browser.get(self.list.replace("posiedzenia", "bezstronnosc")).text)["csrf_token"]
        fields = {"csrf_token": token, "seat": self.seats[giver], "to_seat": self.seats[receiver],
                  "given_on": "2026-11-20", "file": (BytesIO(documents.PDF), "pelnomocnictwo.pdf"), **more}  # fmt: skip
        return browser.post(self.address, fields, content_type="multipart/form-data")


@pytest.fixture
def room(app: Flask) -> ProxyRoom:
    """On the embedded database alone: what differs in SQL is tried where proxies are given."""
    return ProxyRoom(Stage(app))


def test_a_proxy_is_recorded_and_its_vote_is_cast_on_the_page_of_the_receiver(room: ProxyRoom) -> None:
    world = room.stage.world
    room.come("chair", "committee1")
    answer = room.give("committee2", "committee1")
    assert answer.status_code == 303, answer.text
    world.take(room.meeting, "begin", "chair")
    room.put()
    poll = room.open()
    page = room.stage.page("committee1", room.path)
    assert "Jako pełnomocnik osoby: Committee2" in page
    assert "Jako pełnomocnik" not in room.stage.page("chair", room.path)
    browser = room.stage.as_("committee1")
    fields = hidden(browser.get(room.path).text, f"/glosowania/{poll}/glos")
    for seat in ({}, {"seat": room.seats["committee2"]}):
        sent = {"csrf_token": fields["csrf_token"], "choice": "for", **seat}
        assert browser.post(f"/glosowania/{poll}/glos", sent).status_code == 303
    room.vote(poll, chair="for")
    assert room.press("chair", f"/glosowania/{poll}/krok/count").status_code == 303
    assert world.facts(Ref("poll", poll), "chair")["result"]["for"] == 3
    assert "Committee2 (przez pełnomocnika: Committee1)" in room.stage.page("chair", room.path)
    with room.stage.as_("staff").get(f"{room.address}/1") as file:
        assert (file.status_code, file.data) == (200, documents.PDF)


def test_what_cannot_be_given_is_refused_with_a_sentence_and_keeps_what_was_chosen(room: ProxyRoom) -> None:
    room.come("chair", "committee1")
    refused = room.give("committee2", "committee2")
    assert refused.status_code == 422
    assert "Wybierz dwa różne obsadzone miejsca" in refused.text
    assert 'value="20.11.2026"' in refused.text
    assert room.give("committee2", "committee1", seat="x").status_code == 422
    assert room.give("committee2", "committee1", given_on="wczoraj").status_code == 422
    assert room.give("committee2", "committee1", file=(BytesIO(b"MZ"), "a.exe")).status_code == 422


def test_only_who_conducts_records_a_proxy_and_outsiders_see_none(room: ProxyRoom) -> None:
    room.come("chair", "committee1")
    assert room.give("committee2", "committee1", "committee1").status_code == 403
    room.give("committee2", "committee1")
    for who in (None, "leader", "participant", "partner", "visitor"):
        browser = room.stage.as_(who)
        assert browser.get(f"{room.address}/1").status_code == 404
        assert browser.post(room.address, {}).status_code in (400, 403, 404)


def test_an_edition_without_proxies_shows_none_of_it(app: Flask) -> None:
    room = Room(Stage(app))
    assert "Pełnomocnictwa" not in room.stage.page("chair", room.path)
