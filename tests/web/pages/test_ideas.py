"""The form of an idea, what resembles it while it is typed, and who comes through the door."""

import re

import pytest
from sqlalchemy import insert, select, update

from tests.conftest import database_url as database_url
from tests.web.stage import Stage, send
from workflow.models import Edition, Proposal, RoleGrant
from workflow.rules.facts import Ref

DOOR = "/edycje/pomysly/pomysl"
CLAUSE = {"clause_version": "2", "clause_text": "Administratorem jest Starosta."}


@pytest.fixture
def edition(stage: Stage) -> Ref:
    lists = {"sectors": ["gospodarka", "kultura"], "areas": ["turystyka"], "communes": ["Gąbin", "Łąck"]}
    found = stage.world.edition("conferences", key="pomysly")
    stage.world.take(found, "set_rules", "staff", **lists)
    return found


def newest(stage: Stage) -> dict[str, object]:
    with stage.db.reading() as tx:
        row = tx.execute(select(Proposal.__table__).order_by(Proposal.id.desc()).limit(1)).one()
    return dict(row._mapping)


def similar(stage: Stage, who: str | None, typed: str) -> str:
    answer = stage.as_(who).get(f"{DOOR}/podobne", query_string={"title": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def test_a_title_is_enough_and_the_answer_says_it_is_kept(stage: Stage, edition: Ref) -> None:
    participant = stage.as_("participant")
    answer = send(participant, DOOR, title="Rower dla każdego")
    assert answer.status_code == 303
    page = participant.get(answer.location).text
    assert "Zapisano Twój pomysł" in page
    assert "Zapisano pomysł „Rower dla każdego”." in page
    assert newest(stage)["title"] == "Rower dla każdego"


def test_the_lists_of_the_edition_are_offered_and_kept(stage: Stage, edition: Ref) -> None:
    participant = stage.as_("participant")
    page = participant.get(DOOR).text
    assert '<option value="turystyka">' in page
    assert all(f'name="places" value="{one}"' in page for one in ("Gąbin", "Łąck", "cały powiat"))
    more = {"sector": "kultura", "area": "turystyka", "principle": "plug_leaks", "places": ["Gąbin", "cały powiat"]}
    answer = send(participant, DOOR, title="Szlak", summary="Dla rodzin.", **more)
    assert answer.status_code == 303
    kept = newest(stage)
    assert (kept["sector"], kept["area"], kept["summary"]) == ("kultura", "turystyka", "Dla rodzin.")
    assert kept["sheet"] == {"principle": "plug_leaks", "places": ["Gąbin", "cały powiat"]}


def test_a_refused_form_keeps_ticks_choices_and_words(stage: Stage, edition: Ref) -> None:
    words = {"summary": "Dla rodzin.", "sector": "kultura", "places": ["Łąck"], "principle": "no such"}
    answer = send(stage.as_("participant"), DOOR, title="Szlak", **words)
    assert answer.status_code == 422
    assert 'value="Szlak"' in answer.text
    assert "Dla rodzin." in answer.text
    assert '<option value="kultura" selected>' in answer.text
    assert re.search(r'name="places" value="Łąck" checked', answer.text)
    assert "<details open>" in answer.text


@pytest.mark.slow
def test_a_text_of_half_a_million_letters_is_refused_and_given_back(stage: Stage, edition: Ref) -> None:
    pasted = "ż" * 500_000
    answer = send(stage.as_("participant"), DOOR, title="Szlak", summary=pasted)
    assert answer.status_code == 422
    assert 'href="#f-summary"' in answer.text
    assert pasted in answer.text


def test_markup_in_an_idea_is_shown_as_text(stage: Stage, edition: Ref) -> None:
    participant = stage.as_("participant")
    answer = send(participant, DOOR, title="<script>alert(1)</script>", summary="<b>**gruby**</b>")
    for path in (answer.location, answer.location.removesuffix("/zapisany")):
        page = participant.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in similar(stage, "participant", "<script>alert(1)</script>")


def test_ideas_like_it_are_shown_while_typing(stage: Stage, edition: Ref) -> None:
    stage.world.idea(edition, title="Ścieżki rowerowe nad Wisłą")
    found = similar(stage, "participant", "sciezka rowerow")
    assert "Ścieżki rowerowe nad Wisłą" in found
    assert "Jest już 1 podobny pomysł" in found
    assert "<html" not in found
    assert "Nikt jeszcze nie zapisał nic podobnego" in similar(stage, "participant", "Kino plenerowe")
    assert similar(stage, "participant", "k").strip() == ""


def test_ideas_like_it_are_on_the_answer_without_any_script(stage: Stage, edition: Ref) -> None:
    stage.world.idea(edition, title="Biblioteka sąsiedzka")
    participant = stage.as_("participant")
    refused = send(participant, DOOR, title="Sieć bibliotek", principle="no such")
    assert "Biblioteka sąsiedzka" in refused.text
    kept = participant.get(send(participant, DOOR, title="Sieć bibliotek").location).text
    assert "Biblioteka sąsiedzka" in kept
    assert kept.count("Sieć bibliotek</a> ") == 0


def test_an_outsider_never_learns_of_ideas(stage: Stage, edition: Ref) -> None:
    stage.world.idea(edition, title="Tajemniczy ogród")
    assert "Tajemniczy" not in similar(stage, "visitor", "tajemniczy ogród")
    assert stage.as_(None).get(f"{DOOR}/podobne?title=ogr").status_code == 303
    with stage.db.transaction() as tx:
        tx.execute(update(RoleGrant).values(withdrawn_at=stage.world.now))
    assert "Tajemniczy" not in similar(stage, "participant", "tajemniczy ogród")


def test_nothing_of_a_draft_is_told(stage: Stage) -> None:
    stage.world.edition("draft", key="pomysly")
    for who, path in (
        ("visitor", DOOR),
        ("visitor", f"{DOOR}/podobne"),
        (None, "/pomysl/pomysly"),
        (None, "/edycje/pomysly/zapisy"),
    ):
        assert stage.as_(who).get(path).status_code == 404, path


def test_the_clause_is_noted_with_version_and_time_when_it_is_confirmed(stage: Stage, edition: Ref) -> None:
    stage.world.take(edition, "set_rules", "staff", **CLAUSE)
    participant = stage.as_("participant")
    assert "Administratorem jest Starosta." in participant.get(DOOR).text
    assert send(participant, DOOR, title="Kino").status_code == 422
    assert send(participant, DOOR, title="Kino", clause="1").status_code == 303
    with stage.db.reading() as tx:
        mine = RoleGrant.person_id == stage.world["participant"].id, RoleGrant.edition_id == edition.id
        version, at = tx.execute(select(RoleGrant.clause_version, RoleGrant.clause_shown_at).where(*mine)).one()
    assert version == "2"
    assert at is not None
    assert 'name="clause"' not in participant.get(DOOR).text


def test_a_clause_that_changed_meanwhile_has_not_been_read(stage: Stage, edition: Ref) -> None:
    stage.world.take(edition, "set_rules", "staff", **CLAUSE)
    answer = send(stage.as_("participant"), DOOR, title="Kino", clause="1", clause_seen="1")
    assert answer.status_code == 422
    assert 'href="#f-clause"' in answer.text


def test_somebody_without_a_role_reads_who_can_let_them_in(stage: Stage, edition: Ref) -> None:
    close_list(stage)
    visitor = stage.as_("visitor")
    answer = visitor.get(DOOR)
    assert answer.status_code == 403
    assert "Wpisać Cię mogą" in answer.text
    assert "Staff" in answer.text
    assert visitor.post(DOOR, {"title": "Kino"}).status_code == 404
    assert visitor.post("/edycje/pomysly/dolacz").status_code == 403
    assert visitor.get(DOOR).status_code == 403


def close_list(stage: Stage) -> None:
    with stage.db.transaction() as tx:
        tx.execute(update(Edition).values(registration_open=False))


def test_a_member_of_the_committee_is_shown_the_same_door(stage: Stage, edition: Ref) -> None:
    answer = stage.as_("chair").get(DOOR)
    assert "Nie ma Cię jeszcze na liście tej edycji" in answer.text


def test_the_page_asks_the_same_of_few_and_of_many(stage: Stage, edition: Ref) -> None:
    first = stage.world.idea(edition, title="Świetlica w remizie")
    few = [
        stage.count("participant", path)
        for path in (DOOR, f"{DOOR}/podobne?title=Świetlice", f"/projekty/{first.id}/zapisany")
    ]
    with stage.db.transaction() as tx:
        row = dict(tx.execute(select(Proposal.__table__).where(Proposal.id == first.id)).one()._mapping)
        more = [{**row, "id": 1000 + n, "number": 1000 + n} for n in range(300)]
        tx.execute(insert(Proposal), more)
    many = [
        stage.count("participant", path)
        for path in (DOOR, f"{DOOR}/podobne?title=Świetlice", f"/projekty/{first.id}/zapisany")
    ]
    assert few == many
    assert max(many) <= 12
