"""The editor of an edition's settings: one field for each, nothing typed is lost, and what is locked is only read."""

import re
from typing import Any

import pytest

from tests.web.stage import Stage, send
from workflow.rules.facts import Ref
from workflow.rules.settings_catalogue import SETTINGS

ADDRESS = "/edycje/ustawiana/ustawienia"
NAMES = re.compile(r'<(?:input|select)[^>]*name="([a-z_]+)"')


def settings_of(stage: Stage, edition: Ref) -> dict[str, Any]:
    """What differs from the usual values, but for what the world of the tests has set."""
    stored = stage.world.facts(edition)["settings"]
    return {key: value for key, value in stored.items() if key != "declarations_before_vote"}


def test_the_editor_has_a_field_for_every_setting_that_is_not_locked(stage: Stage) -> None:
    stage.world.edition("draft", key="ustawiana")
    page = stage.page("staff", ADDRESS)
    assert SETTINGS.keys() <= set(NAMES.findall(page))
    assert 'name="note"' in page
    assert "Twoja notatka" in page
    for text in (
        "Kworum",
        "Podaj liczbę całkowitą od 3 do 60.",
        "Zwykle: 7 dni.",
        "Bez zmian od etapu: Wybór projektów",
    ):
        assert text in page


def test_a_change_is_saved_shown_and_named_in_the_history(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="ustawiana")
    answer = send(stage.as_("staff"), ADDRESS, appeal_days="14", parity="none", note="Uchwała inicjatorów.")
    assert (answer.status_code, answer.location) == (303, ADDRESS)
    assert settings_of(stage, edition) == {"appeal_days": 14, "parity": None}
    page = stage.page("staff", ADDRESS)
    assert page.count("Teraz: ") == 3, "the two, and the one that the world of the tests has set"
    assert (page.count("inaczej niż zwykle: 1"), page.count("inaczej niż zwykle: 2")) == (1, 1)
    history = stage.page("staff", "/edycje/ustawiana")
    assert "Czas na złożenie odwołania: 7 dni → 14 dni" in history
    assert "Parytet sektorów: 49% → bez limitu" in history
    public = stage.page(None, "/edycje/ustawiana")
    assert re.search(r"Czas na złożenie odwołania</dt><dd>14 dni", public)
    assert "→ 14 dni" not in public


def test_a_refused_value_keeps_everything_typed_and_says_the_bounds(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="ustawiana")
    answer = send(stage.as_("staff"), ADDRESS, appeal_days="1000", settlement_days="45", note="Powód zmiany")
    assert answer.status_code == 422
    for text in (
        'value="1000"',
        'value="45"',
        "Powód zmiany",
        'href="#f-appeal_days"',
        "Podaj liczbę całkowitą od 3 do 60.",
    ):
        assert text in answer.text
    assert "Czas na złożenie odwołania: Podaj liczbę całkowitą od 3 do 60." in answer.text
    # Themes are folded away, but for those in which something was typed.
    assert answer.text.count('<details class="stack" open>') == 2
    assert settings_of(stage, edition) == {}


def test_an_emptied_field_takes_the_usual_value(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="ustawiana", appeal_days=10)
    assert send(stage.as_("staff"), ADDRESS, appeal_days="").status_code == 303
    assert settings_of(stage, edition) == {}


def test_a_page_that_is_out_of_date_is_refused_and_takes_nothing_back(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="ustawiana")
    browser = stage.as_("staff")
    opened = browser.get(ADDRESS).text
    stage.world.take(edition, "change_settings", "staff2", appeal_days=20)
    fields = {name: value for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]* value="([^"]*)"', opened)
              if name.startswith("before-") or name in {"version", "appeal_days", "settlement_days"}}  # fmt: skip
    late = browser.post(ADDRESS, {**fields, "settlement_days": "45", "csrf_token": browser.token})
    assert late.status_code == 409
    assert 'value="45"' in late.text
    # What somebody else changed is shown as it is now, and not offered to be changed back.
    assert re.search(r'name="before-appeal_days" value="20"', late.text)
    assert re.search(r'id="f-appeal_days"[^>]*value="20"', late.text)
    assert settings_of(stage, edition) == {"appeal_days": 20}


def test_what_is_locked_is_read_only_and_says_since_when(stage: Stage) -> None:
    edition = stage.world.edition("selection", key="ustawiana")
    page = stage.page("staff", ADDRESS)
    assert 'name="quorum_share"' not in page
    assert 'name="settlement_days"' in page
    assert "Zablokowane od etapu: Wybór" in page
    refused = send(stage.as_("staff"), ADDRESS, quorum_share="2/3")
    assert refused.status_code == 422
    assert "Na tym etapie edycji nie można już zmienić" in refused.text
    stage.world.take(edition, "archive", "admin", reason="Koniec.")
    assert "Niczego nie można już zmienić." in stage.page("staff", ADDRESS)


@pytest.mark.parametrize(("who", "status"), [("chair", 403), ("animator", 403), ("leader", 403), ("visitor", 404)])
def test_only_the_office_opens_the_editor_and_a_draft_looks_like_nothing_to_outsiders(
    stage: Stage, who: str, status: int
) -> None:
    stage.world.edition("draft", key="ustawiana")
    assert stage.as_(who).get(ADDRESS).status_code == status
    assert send(stage.as_(who), ADDRESS, appeal_days="9").status_code == status
    assert stage.as_(who).get("/edycje/nie-ma-takiej/ustawienia").status_code == 404


def test_the_rules_page_shows_the_settings_of_editions_with_rules(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="ustawiana", appeal_days=12)
    stage.world.take(edition, "set_rules", "staff", rules_text="Zasady edycji.")
    assert "Czas na złożenie odwołania</dt><dd>12 dni" in stage.page(None, "/regulamin")


def test_the_first_entry_of_a_new_edition_says_what_it_took_over(stage: Stage) -> None:
    stage.world.edition("announced", key="ustawiana", appeal_days=14)
    send(stage.as_("staff"), "/edycje/nowa", key="po-niej", title="Po niej", county="powiat przykładowy", year="2027")
    assert "Czas na złożenie odwołania: 14 dni" in stage.page("staff", "/edycje/po-niej")
