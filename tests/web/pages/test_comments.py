import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.stage import Stage, hidden
from workflow.models import Comment, Suggestion
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage(app)


@pytest.fixture
def ref(stage: Stage) -> Ref:
    return stage.world.proposal_in("group_work")


def post(stage: Stage, who: str, ref: Ref, where: str = "", **typed: Any) -> Any:
    path, browser = f"/projekty/{ref.id}/rozmowa", stage.as_(who)
    token = hidden(browser.get(path).text).get("csrf_token", browser.token)
    return browser.post(f"{path}{where}", {**typed, "csrf_token": token})


def say(stage: Stage, ref: Ref, who: str = "leader", **typed: Any) -> Any:
    return post(stage, who, ref, **({"text": "Kto ma klucze?", "circle": "group"} | typed))


def talk(stage: Stage, who: str, ref: Ref, query: str = "") -> str:
    return stage.page(who, f"/projekty/{ref.id}/rozmowa{query}")


def test_a_comment_is_read_by_the_group_and_by_nobody_else(stage: Stage, ref: Ref) -> None:
    assert say(stage, ref).status_code == 303
    assert "Kto ma klucze?" in talk(stage, "member", ref)
    for who in ("staff", "committee1", "participant", "admin"):
        assert "Kto ma klucze?" not in talk(stage, who, ref), who


def test_the_talk_exists_only_for_those_who_read_the_working_papers(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    path = f"/projekty/{ref.id}/rozmowa"
    assert [stage.as_(who).get(path).status_code for who in ("visitor", None, "partner")] == [404, 303, 200]


def test_markup_in_a_comment_is_shown_as_it_was_typed(stage: Stage, ref: Ref) -> None:
    say(stage, ref, text="<script>alert(1)</script> [x](javascript:alert(1)) **a**")
    page = talk(stage, "leader", ref)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) **a**" in page
    assert "<script>alert" not in page


def test_a_comment_that_is_too_long_comes_back_in_the_form_with_everything_chosen(stage: Stage, ref: Ref) -> None:
    text = "ą" * 500_000
    answer = say(stage, ref, text=text, circle="office", section="goals", mentions=[str(stage.world["staff"].id)])
    assert answer.status_code == 422
    assert text in answer.text
    assert 'href="#f-text"' in answer.text
    assert '<option value="goals" selected>' in answer.text
    assert re.search(r'value="office" checked', answer.text)
    assert re.search(rf'value="{stage.world["staff"].id}" checked', answer.text)


def test_an_answer_that_is_refused_comes_back_under_its_comment(stage: Stage, ref: Ref) -> None:
    say(stage, ref)
    answer = post(stage, "member", ref, "/1/odpowiedz", text="a" * 4001)
    assert answer.status_code == 422
    assert 'href="#f-text-answer-1"' in answer.text
    assert "a" * 4001 in answer.text


def test_one_answers_edits_resolves_and_removes(stage: Stage, ref: Ref) -> None:
    say(stage, ref)
    assert post(stage, "member", ref, "/1/odpowiedz", text="Ja mam.").status_code == 303
    assert post(stage, "member", ref, "/2/popraw", text="Ja mam, od sali.").status_code == 303
    page = talk(stage, "leader", ref)
    assert "Ja mam, od sali." in page
    assert "poprawiono" in page
    assert post(stage, "leader", ref, "/1/zalatwione").status_code == 303
    assert "Nikt jeszcze nic nie napisał" in talk(stage, "leader", ref, "?stan=otwarte")
    assert post(stage, "member", ref, "/1/otworz").status_code == 303
    assert post(stage, "leader", ref, "/2/wycofaj").status_code == 403
    assert post(stage, "member", ref, "/2/wycofaj").status_code == 303
    page = talk(stage, "leader", ref)
    assert "Ja mam" not in page
    assert "Wpis wycofuje: Member" in page


def test_what_the_office_asks_for_is_closed_as_resolved_and_never_deleted(stage: Stage, ref: Ref) -> None:
    say(stage, ref, "staff", text="Proszę dołączyć zgodę wójta.", circle="office")
    for who in ("leader", "staff", "animator"):
        page = talk(stage, who, ref)
        assert "Proszę dołączyć" in page
        assert "/1/wycofaj" not in page, who
        assert post(stage, who, ref, "/1/wycofaj").status_code == 403
    assert post(stage, "leader", ref, "/1/zalatwione").status_code == 303
    assert "Proszę dołączyć" in talk(stage, "leader", ref)


def test_withdrawing_ones_words_says_first_what_will_happen(stage: Stage, ref: Ref) -> None:
    say(stage, ref)
    page = talk(stage, "leader", ref)
    careful = re.search(r'<details class="careful"><summary[^>]*>.*?</details>', page, re.DOTALL)
    assert careful
    assert "zniknie na zawsze" in careful[0]
    assert 'action="/projekty/1/rozmowa/1/wycofaj"' in careful[0]


def test_people_who_read_the_working_papers_but_do_not_work_on_it_get_no_form(stage: Stage, ref: Ref) -> None:
    say(stage, ref, circle="all")
    page = talk(stage, "committee1", ref)
    assert "Kto ma klucze?" in page
    assert "Wyślij" not in page
    assert say(stage, ref, "committee1", circle="all").status_code == 403


def test_a_pupil_is_named_to_the_group_and_the_office_alone(stage: Stage, ref: Ref) -> None:
    from sqlalchemy import update

    from workflow.models import Person

    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == stage.world["member"].id).values(is_minor=True, name="Ola Nowak"))
    say(stage, ref, "member", circle="all")
    assert "Ola Nowak" in talk(stage, "leader", ref)
    assert "Ola Nowak" in talk(stage, "staff", ref)
    assert "Ola Nowak" not in talk(stage, "participant", ref)


def test_the_talk_is_narrowed_to_a_section_or_to_the_whole_project(stage: Stage, ref: Ref) -> None:
    say(stage, ref, text="O celach", section="goals")
    say(stage, ref, text="O wszystkim")
    assert "O wszystkim" not in talk(stage, "leader", ref, "?sekcja=goals")
    assert "O celach" not in talk(stage, "leader", ref, "?sekcja=calosc")
    assert "O celach" in talk(stage, "leader", ref, "?sekcja=")


def test_a_suggestion_is_accepted_into_the_sheet(stage: Stage, ref: Ref) -> None:
    browser, path = stage.as_("member"), f"/projekty/{ref.id}/rozmowa/propozycja/goals"
    fields = hidden(browser.get(path).text, action=path)
    assert browser.post(path, {**fields, "text": "Otworzyć klub.", "word": "Krócej."}).status_code == 303
    page = talk(stage, "leader", ref)
    assert "Otworzyć klub." in page
    assert "Krócej." in page
    own = f"/projekty/{ref.id}/rozmowa/propozycje/1/przyjmij"
    answer = post(stage, "leader", ref, "/propozycje/1/przyjmij", **hidden(page, action=own), answer="Dziękuję.")
    assert answer.status_code == 303
    assert stage.world.facts(ref)["sheet"]["goals"] == "Otworzyć klub."
    assert "Przyjęta" in talk(stage, "member", ref)


def test_a_suggestion_over_an_older_text_shows_both_and_is_not_taken_unseen(stage: Stage, ref: Ref) -> None:
    browser, path = stage.as_("member"), f"/projekty/{ref.id}/rozmowa/propozycja/goals"
    fields = hidden(browser.get(path).text, action=path)
    browser.post(path, {**fields, "text": "Cel proponowany."})
    own = f"/projekty/{ref.id}/rozmowa/propozycje/1/przyjmij"
    seen = hidden(talk(stage, "leader", ref), action=own)
    stage.world.take(ref, "edit_sheet", "member", goals="Cel nowszy.")
    answer = post(stage, "leader", ref, "/propozycje/1/przyjmij", **seen, answer="Tak")
    assert answer.status_code == 422
    for text in ("Cel proponowany.", "Cel nowszy.", "W tym czasie tekst się zmienił"):
        assert text in answer.text
    assert stage.world.facts(ref)["sheet"]["goals"] == "Cel nowszy."
    fresh = hidden(answer.text, action=own)
    assert post(stage, "leader", ref, "/propozycje/1/przyjmij", **fresh).status_code == 303
    assert stage.world.facts(ref)["sheet"]["goals"] == "Cel proponowany."


def test_declining_without_a_word_asks_for_one(stage: Stage, ref: Ref) -> None:
    browser, path = stage.as_("member"), f"/projekty/{ref.id}/rozmowa/propozycja/goals"
    browser.post(path, {**hidden(browser.get(path).text, action=path), "text": "Inny cel."})
    answer = post(stage, "leader", ref, "/propozycje/1/odrzuc", answer=" ")
    assert answer.status_code == 422
    assert 'href="#f-answer-accept-1"' in answer.text
    assert post(stage, "leader", ref, "/propozycje/1/odrzuc", answer="Za ogólnie.").status_code == 303
    with stage.db.reading() as tx:
        assert tx.execute(select(Suggestion.outcome)).scalar_one() == "declined"


@pytest.mark.parametrize("section", ["budget", "timetable", "nothing"])
def test_a_section_without_a_text_has_no_page_to_suggest_one(stage: Stage, ref: Ref, section: str) -> None:
    assert stage.as_("member").get(f"/projekty/{ref.id}/rozmowa/propozycja/{section}").status_code == 404


def test_a_long_talk_asks_the_database_as_often_as_a_short_one(stage: Stage, ref: Ref) -> None:
    say(stage, ref)
    post(stage, "member", ref, "/1/odpowiedz", text="Ja.", mentions=[str(stage.world["leader"].id)])
    path = f"/projekty/{ref.id}/rozmowa"
    few = stage.count("leader", path)
    with stage.db.transaction() as tx:
        for number in range(45):
            values = {"proposal_id": ref.id, "circle": "group", "text": f"Wpis {number}", "section": "goals",
                      "author_id": stage.world["member"].id, "written_at": stage.world.now}  # fmt: skip
            tx.execute(Comment.__table__.insert().values(**values))
    assert stage.count("leader", path) == few <= 14
    assert len(stage.page("leader", path)) < 100_000
    assert "before=" in stage.page("leader", path)
