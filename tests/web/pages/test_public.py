"""What everybody may read."""

import re

import pytest
from flask import Flask

from tests.web.pages.test_public_accounts import account, address_of
from tests.web.stage import Stage
from workflow.notifications.letter_links import KINDS
from workflow.overview.achievements import achievements_of
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
    assert first <= 5


def test_the_figures_of_the_front_page_are_those_of_its_editions(stage: Stage) -> None:
    refs = [account(stage), stage.world.proposal_in("selected"), stage.world.proposal_in("completed")]
    stage.world.proposal_in("reserve")
    totals = [stage.as_(None).get(f"{address_of(stage, ref)}/dane.json").get_json()["totals"] for ref in refs]
    with stage.db.reading() as tx:
        achieved = achievements_of(tx, [stage.world.facts(ref)["edition_id"] for ref in refs])
    assert achieved.funded == sum(total["funded"] for total in totals) == 3
    assert achieved.finished == sum(total["finished"] for total in totals) == 1
    assert f"{achieved.money / 100:.2f}" == f"{sum(float(total['money_planned']) for total in totals):.2f}"
    assert f"{achieved.spent / 100:.2f}" == f"{sum(float(total['money_spent']) for total in totals):.2f}"
    assert f'<dd class="big">{achieved.funded}</dd>' in stage.page(None, "/")


@pytest.mark.parametrize("words", ["świetlicy", "Świetlica razem", "SWIETLICE"])
def test_a_search_over_all_editions_finds_public_projects_by_any_form_of_their_words(stage: Stage, words: str) -> None:
    found, hidden = stage.world.proposal_in("selected"), stage.world.proposal_in("presented")
    page = stage.as_("staff").client.get("/szukaj", query_string={"q": words}).text
    assert f'href="/projekty/{found.id}"' in page
    assert f'href="/projekty/{hidden.id}"' not in page


@pytest.mark.parametrize("words", ["", "   ", "w i z", "%", "_"])
def test_a_search_for_nothing_shows_no_project(stage: Stage, words: str) -> None:
    ref = stage.world.proposal_in("selected")
    page = stage.as_(None).client.get("/szukaj", query_string={"q": words}).text
    assert f'href="/projekty/{ref.id}"' not in page


def test_a_public_page_says_what_it_is_to_search_engines_and_previews(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    page = stage.page(None, f"/projekty/{ref.id}")
    address = f"{stage.app.extensions['partnerstwo'].settings.base_url.rstrip('/')}/projekty/{ref.id}"
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    assert '<meta property="og:title" content="Świetlica „Razem”">' in page
    assert '<meta name="description" content="' in page
    assert "canonical" not in stage.page("staff", "/praca")
    assert "canonical" not in stage.as_(None).get("/zaproszenie/nie-ma-takiego").text


def test_search_engines_are_told_what_to_read_and_what_to_leave(stage: Stage) -> None:
    ref, hidden = stage.world.proposal_in("selected"), stage.world.proposal_in("presented")
    robots, sitemap = stage.page(None, "/robots.txt"), stage.page(None, "/sitemap.xml")
    assert "Disallow: /konto" in robots
    assert f"/projekty/{ref.id}</loc>" in sitemap
    assert f"/projekty/{hidden.id}</loc>" not in sitemap


def test_the_state_of_the_service_is_a_page_for_people(stage: Stage) -> None:
    page = stage.page(None, "/status")
    assert "Strony, logowanie, formularze" in page
    assert re.search(r'href="mailto:([^"@]+@[^"]+)">\1</a>', page), "whoever cannot work learns where to write"
    assert 'href="/status"' in stage.page(None, "/")
