"""What everybody may read."""

import pytest
from flask import Flask

from tests.web.stage import Stage
from workflow.notifications.letter_links import KINDS
from workflow.rules.states import PUBLIC


def test_the_front_page_shows_editions_with_what_was_chosen(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    page = stage.page(None, "/")
    assert f'href="/projekty/{ref.id}"' in page
    assert "Zaloguj się" in page


@pytest.mark.parametrize("state", ["idea", "submitted", "presented", "not_admitted", "withdrawn"])
def test_the_front_page_keeps_what_is_not_public(stage: Stage, state: str) -> None:
    ref = stage.world.proposal_in(state)
    assert f'href="/projekty/{ref.id}"' not in stage.page(None, "/")
    assert stage.as_(None).get(f"/projekty/{ref.id}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("state", sorted(PUBLIC))
def test_a_public_state_is_read_by_everybody(stage: Stage, state: str) -> None:
    ref = stage.world.proposal_in(state)
    edition = stage.world.facts(ref).edition["key"]
    assert f'href="/projekty/{ref.id}"' in stage.page(None, f"/edycje/{edition}/projekty")
    assert "Świetlica „Razem”" in stage.page(None, f"/projekty/{ref.id}")


def test_an_installation_without_editions_says_so(stage: Stage) -> None:
    assert "Nie ma jeszcze edycji" in stage.page(None, "/")


def test_addresses_in_earlier_letters_lead_to_the_pages(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    browser = stage.as_(None)
    assert browser.get(f"/proposals/{ref.id}").location == f"/projekty/{ref.id}"
    assert browser.get("/editions/test-0").location == "/edycje/test-0"


def test_a_link_of_a_letter_is_the_page_itself(app: Flask) -> None:
    addresses = app.url_map.bind("")
    for kind, folder in KINDS.items():
        endpoint, values = addresses.match(f"/{folder}/7")
        assert list(values.values()) == [7], kind
        assert not endpoint.startswith("public."), f"{kind} leads to a page that only leads on"


def test_a_link_of_a_letter_opens_in_its_language_and_signing_in_leads_back(stage: Stage) -> None:
    ref = stage.world.proposal_in("idea")
    visitor = stage.as_(None)
    page = visitor.get(f"/projekty/{ref.id}?lang=en").text
    assert '<html lang="en">' in page
    back = f"/login?next=%2Fprojekty%2F{ref.id}%3Flang%3Den"
    assert page.partition("<main")[0].count(back) == page.partition("<main")[2].count(back) == 1
    # A page behind signing in, and the rest of the visit.
    assert visitor.get("/skrzynka?lang=en").location == "/login?next=%2Fskrzynka%3Flang%3Den"
    assert '<html lang="en">' in visitor.get("/login").text
    # An account's own language goes before.
    assert '<html lang="pl">' in stage.page("leader", f"/projekty/{ref.id}?lang=en")


def test_the_front_page_speaks_english_when_asked(stage: Stage) -> None:
    stage.world.proposal_in("selected")
    browser = stage.as_(None)
    browser.get("/")
    assert browser.post("/language", {"language": "en", "next": "/"}).status_code == 303
    page = browser.get("/").text
    assert "Local partnerships" in page
    assert "Selected for implementation" in page


def test_the_front_page_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    stage.world.proposal_in("selected")
    first = stage.count(None, "/")
    for state in ("selected", "reserve"):
        stage.world.proposal_in(state)
    assert stage.count(None, "/") == first
    assert first <= 3
