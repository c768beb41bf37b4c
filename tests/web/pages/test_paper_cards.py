"""The pages of cards on paper: handed out and dropped seat by seat, typed by two people, scanned, counted."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from tests.web.pages.test_meetings import MEMBERS
from tests.web.pages.test_secret_votes import SecretRoom
from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle import documents
from workflow.rules.facts import Ref


class CardRoom(SecretRoom):
    """A secret vote in which everybody casts a card."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.cards = f"/glosowania/{self.poll}/karty"

    @property
    def seats(self) -> list[int]:
        session = self.stage.world.facts(self.meeting, "chair").session
        assert session is not None
        return [seat.id for seat in session.seats if seat.holder in {self.stage.world[name].id for name in MEMBERS}]

    def move(self, seat: int, move: str, who: str = "chair") -> Any:
        browser = self.stage.as_(who)
        return browser.post(f"/glosowania/{self.poll}/miejsce/{seat}/karta", {**self.csrf(browser), "move": move})

    def csrf(self, browser: Any) -> dict[str, str]:
        return {"csrf_token": hidden(browser.get(self.path).text)["csrf_token"]}

    def drop_all(self) -> None:
        for seat in self.seats:
            assert [self.move(seat, move).status_code for move in ("issue", "drop")] == [303, 303]

    def close(self) -> None:
        assert self.press("chair", f"/glosowania/{self.poll}/krok/close").status_code == 303

    def type(self, who: str, *choices: str, **more: Any) -> Any:
        browser = self.stage.as_(who)
        fields = {"in_box": len([choice for choice in choices if choice]), "spoiled": 0,
                  "card": list(range(1, len(choices) + 1)), "card_choice": list(choices), **more}  # fmt: skip
        return browser.post(self.cards, {**self.csrf(browser), **fields})

    def scan(self, who: str = "secretary") -> Any:
        browser = self.stage.as_(who)
        file = (BytesIO(documents.PDF), "karty.pdf")
        return browser.post(f"{self.cards}/skan", {**self.csrf(browser), "file": file},
                            content_type="multipart/form-data")  # fmt: skip


@pytest.fixture
def room(app: Flask) -> CardRoom:
    """On the embedded database alone: what differs in SQL is tried where cards are typed."""
    return CardRoom(Stage(app))


def test_cards_to_be_printed_are_numbered_and_name_nobody(room: CardRoom) -> None:
    address = f"{room.cards}.pdf"
    assert f'href="{address}"' in room.stage.page("chair", room.path)
    with room.stage.as_("chair").client.get(address) as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    assert [f"Karta nr {number}" in text for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Wstrzymuję się" in text
    assert not any(room.stage.world[name].name in text for name in MEMBERS)
    assert room.stage.as_("committee1").get(address).status_code == 403
    room.drop_all()
    room.close()
    assert room.stage.as_("chair").get(address).status_code == 422


def test_cards_are_handed_out_dropped_typed_compared_scanned_and_counted(room: CardRoom) -> None:
    room.drop_all()
    assert "karta w urnie" in room.stage.page("chair", room.path)
    room.close()
    assert room.type("secretary", "for", "for", "against").status_code == 303
    assert "Przyjęto Twoje wiersze." in room.stage.page("secretary", room.path)
    assert room.stage.world["secretary"].name not in room.stage.page("committee1", room.path).split("karty")[-1]
    assert room.type("committee1", "for", "against", "against").status_code == 303
    page = room.stage.page("committee1", room.path)
    assert "Dwie osoby przepisały karty różnie" in page
    assert "Karta 2:" in page
    assert "Karta 1:" not in page
    room.type("committee1", "for", "for", "against")
    assert room.scan().status_code == 303
    assert room.press("chair", f"/glosowania/{room.poll}/krok/count").status_code == 303
    page = room.stage.page("chair", room.path)
    assert "Karty ważne: 3, nieważne: 0, brakujące: 0." in page
    with room.stage.as_("chair").get(f"{room.cards}/1/skan") as scan:
        assert (scan.status_code, scan.data, scan.headers["Cache-Control"]) == (200, documents.PDF, "no-store")
    assert room.outcome() == "carried"


def test_what_does_not_add_up_is_refused_with_the_figures_and_what_was_typed_stays(room: CardRoom) -> None:
    room.drop_all()
    room.close()
    refused = room.type("secretary", "for", "abstain", "against", spoiled=2)
    assert refused.status_code == 422
    assert "Karty w urnie: 5" in refused.text
    assert refused.text.count(" selected>") == 3
    assert room.type("secretary", "for", card=["x"]).status_code == 422
    twice = room.type("secretary", "for", "for", card=[1, 1])
    assert "karta 1 jest wpisana dwa razy" in twice.text


@pytest.mark.slow
def test_only_who_conducts_hands_out_cards_and_has_them_typed_again(room: CardRoom) -> None:
    assert room.move(room.seats[0], "issue", "committee2").status_code == 403
    assert room.move(room.seats[0], "eat").status_code == 404
    room.drop_all()
    room.close()
    room.type("secretary", "for", "for", "for")
    for who, status in (("committee2", 403), ("chair", 303)):
        browser = room.stage.as_(who)
        answer = browser.post(f"{room.cards}/uniewaznij", {**room.csrf(browser), "reason": "Pomyłka."})
        assert answer.status_code == status
    assert room.stage.world.facts(Ref("poll", room.poll), "chair").state == "closed"


@pytest.mark.parametrize("who", [None, "leader", "participant", "partner", "visitor"])
def test_for_outsiders_cards_and_their_scan_do_not_exist(room: CardRoom, who: str | None) -> None:
    room.drop_all()
    room.close()
    room.scan()
    browser = room.stage.as_(who)
    assert browser.get(f"{room.cards}/1/skan").status_code == 404
    for path in (room.cards, f"{room.cards}/skan", f"{room.cards}/uniewaznij"):
        assert browser.post(path, {}).status_code in (400, 403, 404)


def test_a_file_that_is_no_document_is_refused_with_a_sentence(room: CardRoom) -> None:
    room.drop_all()
    room.close()
    browser = room.stage.as_("secretary")
    answer = browser.post(f"{room.cards}/skan", {**room.csrf(browser), "file": (BytesIO(b"MZ"), "karty.exe")},
                          content_type="multipart/form-data")  # fmt: skip
    assert answer.status_code == 422
    assert browser.post(f"{room.cards}/skan", room.csrf(browser)).status_code == 422
