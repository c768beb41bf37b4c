"""Notes of the office: written and withdrawn by it, and found by nobody else, whatever way they look."""

import pytest

from tests.web.stage import Stage, hidden
from workflow.rules.facts import Ref

WORDS = "Zadzwonić do wójta przed piątkiem."


def path(ref: Ref) -> str:
    return f"/projekty/{ref.id}/notatki"


def note(stage: Stage, ref: Ref, words: str = WORDS, who: str = "staff") -> int:
    browser = stage.as_(who)
    return int(browser.post(path(ref), {**hidden(browser.get(path(ref)).text), "text": words}).status_code)


def test_the_office_writes_a_note_that_its_colleagues_read(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    before = stage.world.facts(ref)["version"], stage.entries(ref)
    assert note(stage, ref) == 303
    page = stage.page("staff2", path(ref))
    assert WORDS in page
    assert "Staff" in page
    # It is no part of the project: nothing of it has moved.
    assert (stage.world.facts(ref)["version"], stage.entries(ref)) == before


@pytest.mark.parametrize("who", ["leader", "member", "chair", "animator", "admin", "participant"])
def test_for_everybody_else_there_is_no_such_page(stage: Stage, who: str) -> None:
    ref = stage.world.proposal_in("submitted")
    assert stage.as_(who).get(path(ref)).status_code == 404
    browser = stage.as_(who)
    assert browser.post(path(ref), {**hidden(browser.get("/praca").text), "text": "x"}).status_code == 404
    assert "Notatki" not in stage.page("leader", f"/projekty/{ref.id}")


def test_no_page_export_or_answer_of_the_api_holds_a_note(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    key = stage.world.facts(ref).edition["key"]
    assert note(stage, ref) == 303
    lists = f"/edycje/{key}/lista"
    for who in ("staff", "leader", "admin"):
        browser = stage.as_(who)
        for address in (f"/projekty/{ref.id}", f"/projekty/{ref.id}/historia", f"/projekty/{ref.id}/zgloszenie",
                        f"{lists}.csv", lists, f"/api/v1/proposals/{ref.id}", "/skrzynka"):  # fmt: skip
            assert WORDS.encode() not in browser.get(address).data, address


def test_one_sending_of_the_form_writes_one_note(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    browser = stage.as_("staff")
    fields = {**hidden(browser.get(path(ref)).text), "text": WORDS}
    assert [browser.post(path(ref), fields).status_code for _time in range(2)] == [303, 303]
    assert browser.get(path(ref)).text.count(WORDS) == 1


def test_an_empty_or_too_long_note_comes_back_with_what_was_typed(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    browser = stage.as_("staff")
    fields = hidden(browser.get(path(ref)).text)
    assert browser.post(path(ref), {**fields, "text": "  "}).status_code == 422
    long = browser.post(path(ref), {**fields, "text": "ą" * 4001})
    assert long.status_code == 422
    assert "ą" * 4001 in long.text


def test_only_the_author_withdraws_a_note_and_that_there_was_one_stays(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    assert note(stage, ref) == 303
    withdraw = f"{path(ref)}/1/wycofaj"
    other = stage.as_("staff2")
    assert other.post(withdraw, hidden(other.get(path(ref)).text)).status_code == 404
    assert withdraw not in stage.page("staff2", path(ref))
    author = stage.as_("staff")
    assert author.post(withdraw, hidden(author.get(path(ref)).text)).status_code == 303
    page = stage.page("staff2", path(ref))
    assert WORDS not in page
    assert "Wycofano: " in page
