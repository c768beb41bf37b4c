"""An edition's page, its conferences and agreement, and the doors through which they begin."""

import pytest

from tests.agreement import invited, opened, signed
from tests.web.stage import Stage, send


def test_the_page_shows_calendar_terms_conferences_and_committee(stage: Stage) -> None:
    stage.world.edition("conferences", key="strona")
    page = stage.page("staff", "/edycje/strona")
    for text in (
        "Kalendarz",
        "Termin zgłaszania projektów",
        "Starosta, Dyrektor PUP",
        "Konferencje",
        "Komitet sterujący",
        "Chair",
    ):
        assert text in page


def test_visitors_read_the_edition_without_names_and_buttons(stage: Stage) -> None:
    stage.world.edition("conferences", key="strona")
    page = stage.page(None, "/edycje/strona")
    assert "Chair" not in page
    assert "Co można teraz zrobić" not in page
    assert "Historia" not in page
    assert "3 członków" in page


def test_a_draft_does_not_exist_for_outsiders(stage: Stage) -> None:
    edition = stage.world.edition("draft", key="szkic")
    for who in (None, "visitor"):
        browser = stage.as_(who)
        assert browser.get("/edycje/szkic").status_code == 404
        assert browser.get("/edycje/szkic/lista").status_code == 404
        assert browser.get("/edycje/szkic/projekty").status_code == 404
        assert "Edycja szkic" not in browser.get("/edycje").text
    assert stage.as_("staff").get("/edycje/szkic").status_code == 200
    assert stage.world.state(edition) == "draft"


def test_attendance_keeps_its_qualifier_and_source(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="frekwencja")
    conference = stage.world.create("conference", "plan", "staff", edition=edition, number=8, purpose="Warsztat",
                                    day=stage.world.at.date())  # fmt: skip
    stage.world.take(conference, "open", "staff")
    stage.world.take(conference, "hold", "staff", participants=200, qualifier="ok.", source="artykuł WUP")
    for page in (stage.page(None, "/edycje/frekwencja"), stage.page(None, f"/konferencje/{conference.id}")):
        assert "ok. 200" in page
        assert "artykuł WUP" in page


def test_partners_of_a_concluded_agreement_stand_as_a_count(stage: Stage) -> None:
    edition = stage.world.edition("announced", key="umowa", minimum_signatures=2)
    agreement = opened(stage.world, edition)
    for partner in invited(stage.world, agreement, ("Szkoła", "Bank")):
        signed(stage.world, partner)
    assert "partnerów" not in stage.page(None, "/edycje/umowa")
    stage.world.take(agreement, "conclude", "staff")
    assert "2 partnerów" in stage.page(None, "/edycje/umowa")


def test_counts_by_state_lead_to_the_list(stage: Stage) -> None:
    edition = stage.world.edition("conferences", key="liczby")
    stage.world.idea(edition)
    assert 'href="/edycje/liczby/lista?state=idea"' in stage.page("participant", "/edycje/liczby")
    assert 'href="/edycje/liczby/lista?state=idea"' not in stage.page(None, "/edycje/liczby")


@pytest.mark.parametrize(("who", "status"), [("staff", 200), ("participant", 403), ("visitor", 404)])
def test_conferences_and_agreements_begin_with_the_office(stage: Stage, who: str, status: int) -> None:
    stage.world.edition("draft", key="nowe")
    assert stage.as_(who).get("/edycje/nowe/konferencje/nowa").status_code == status
    assert stage.as_(who).get("/edycje/nowe/umowa/nowa").status_code == status


def test_an_administrator_begins_an_edition(stage: Stage) -> None:
    admin = stage.as_("admin")
    answer = send(admin, "/edycje/nowa", key="nowa-2027", title="Nowa edycja", county="płocki", year="2027")
    assert (answer.status_code, answer.location) == (303, "/edycje/nowa-2027")
    assert "Utworzono edycję „Nowa edycja”." in admin.get("/edycje/nowa-2027").text


def test_whoever_begins_an_edition_in_the_office_works_in_it(stage: Stage) -> None:
    stage.world.edition("draft", key="pierwsza")
    answer = send(stage.as_("staff"), "/edycje/nowa", key="druga-2027", title="Druga", county="płocki", year="2027")
    assert answer.status_code == 303
    assert "Zapisz regulamin i zasady" in stage.page("staff", answer.location)


def test_two_editions_do_not_share_an_address(stage: Stage) -> None:
    stage.world.edition("draft", key="zajety")
    answer = send(stage.as_("admin"), "/edycje/nowa", key="zajety", title="Inna", county="płocki", year="2027")
    assert answer.status_code == 422
    assert 'value="Inna"' in answer.text


@pytest.mark.parametrize("who", ["participant", "leader", "visitor"])
def test_others_begin_no_edition(stage: Stage, who: str) -> None:
    assert stage.as_(who).get("/edycje/nowa").status_code == 404


def test_the_page_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    edition = stage.world.edition("conferences", key="stala")
    first = stage.count("staff", "/edycje/stala")
    for number in range(10, 15):
        stage.world.create("conference", "plan", "staff", edition=edition, number=number, purpose="Warsztat")
        stage.world.idea(edition, title=f"Pomysł {number}")
    assert stage.count("staff", "/edycje/stala") == first
    assert first <= 14
