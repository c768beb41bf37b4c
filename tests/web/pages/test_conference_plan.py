"""The conferences of an edition are planned in one act, and their pages say where they stand by their dates."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.web.stage import Stage, hidden, send
from workflow.base.calendar import at_time, warsaw_date
from workflow.base.i18n import format_date
from workflow.models import Conference, Edition
from workflow.rules.facts import Ref

PLAN = "/edycje/szesc/konferencje/plan"


def rows(stage: Stage) -> list[Any]:
    with stage.db.reading() as tx:
        return list(tx.execute(select(Conference.__table__).order_by(Conference.edition_id, Conference.number)))


def typed(first: date, *numbers: int, **more: str) -> dict[str, str]:
    """What the office types for the conferences of these numbers, a month apart."""
    given: dict[str, str] = {}
    for number in numbers:
        day = first + timedelta(days=28 * (number - 1))
        given |= {f"{number}-wanted": "1", f"{number}-purpose": f"Cel {number}", f"{number}-day": day.isoformat(),
                  f"{number}-begins": "9:30", f"{number}-ends": "15:00", f"{number}-capacity": "120",
                  f"{number}-venue": "Remiza", f"{number}-host_commune": "Gąbin"}  # fmt: skip
    return given | {"6-is_summary": "1"} | more


def test_six_conferences_are_proposed_with_their_purposes_and_planned_together(stage: Stage) -> None:
    stage.world.edition("draft", key="szesc")
    page = stage.page("staff", PLAN)
    for words in ("Zasoby i problemy", "Diagnoza pięciu komponentów", "Cztery zasady", "Liderzy grup prezentują"):
        assert words in page
    first = warsaw_date(stage.world.at) + timedelta(days=10)
    answer = send(stage.as_("staff"), PLAN, **typed(first, 1, 2, 3, 4, 5, 6, **{"2-outputs": "five_components"}))
    assert answer.status_code == 303, answer.text
    planned = rows(stage)
    assert [row.number for row in planned] == [1, 2, 3, 4, 5, 6]
    assert [row.is_summary for row in planned] == [False] * 5 + [True]
    assert (planned[0].starts_at, planned[0].ends_at) == (at_time(first, "09:30"), at_time(first, "15:00"))
    assert (planned[1].outputs, planned[1].capacity, planned[1].venue) == ("five_components", 120, "Remiza")


def test_one_wrong_conference_stops_all_and_loses_nothing(stage: Stage) -> None:
    stage.world.edition("draft", key="szesc")
    first = warsaw_date(stage.world.at) + timedelta(days=10)
    wrong = {"2-ends": "8:00", "3-capacity": "-3"}
    answer = send(stage.as_("staff"), PLAN, **typed(first, 1, 2, 3, **wrong))
    assert answer.status_code == 422
    # Everything that is wrong is said at once.
    assert 'href="#f-2-ends"' in answer.text
    assert 'href="#f-3-capacity"' in answer.text
    assert "Popraw godzinę." in answer.text
    assert 'value="8:00"' in answer.text
    assert rows(stage) == []


def test_only_the_chosen_conferences_are_planned_and_pressing_twice_plans_once(stage: Stage) -> None:
    stage.world.edition("draft", key="szesc")
    first = warsaw_date(stage.world.at) + timedelta(days=10)
    browser = stage.as_("staff")
    given = {**hidden(browser.get(PLAN).text), **typed(first, 1, 2)}
    given.pop("2-wanted")
    for _time in range(2):
        assert browser.post(PLAN, given).status_code == 303
    assert [row.number for row in rows(stage)] == [1]
    # What is planned is a line that leads to it, and no form that would plan it again.
    page = stage.page("staff", PLAN)
    assert 'name="1-wanted"' not in page
    assert 'name="2-wanted"' in page
    assert f'href="/konferencje/{rows(stage)[0].id}"' in page


def test_an_earlier_edition_of_the_county_is_taken_over_on_the_same_weekday(stage: Stage) -> None:
    stage.world.edition("draft", key="szesc")
    first = date(2026, 9, 8)
    send(stage.as_("staff"), PLAN, **typed(first, 1))
    later = stage.world.edition("draft", key="nastepna")
    with stage.db.transaction() as tx:
        tx.execute(Edition.__table__.update().where(Edition.id == later.id).values(year=2027))
    page = stage.page("staff", "/edycje/nastepna/konferencje/plan?wzor=szesc")
    assert 'value="7.9.2027"' in page
    assert 'value="Remiza"' in page


def test_others_do_not_plan(stage: Stage) -> None:
    stage.world.edition("conferences", key="szesc")
    assert stage.as_("participant").get(PLAN).status_code == 403
    assert send(stage.as_("participant"), PLAN, **{"7-wanted": "1"}).status_code == 403


def conference_on(stage: Stage, edition: Ref, days: int) -> str:
    """The page of a conference so many days from now, with open registration."""
    day = warsaw_date(stage.world.now) + timedelta(days=days)
    conference = stage.world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat",
                                    day=day, begins="0:00")  # fmt: skip
    stage.world.take(conference, "open", "staff")
    return f"/konferencje/{conference.id}"


def test_the_conference_of_tomorrow_is_not_under_way(stage: Stage) -> None:
    address = conference_on(stage, stage.world.edition("conferences", key="jutro"), 1)
    page = stage.page("staff", address)
    assert "Konferencja jest zaplanowana. Zapisy są otwarte." in page
    assert "lead-line" not in page
    assert "Następna konferencja" in stage.page(None, "/edycje/jutro")


def test_opening_registration_has_no_term_that_nobody_set(stage: Stage) -> None:
    edition = stage.world.edition("conferences", key="otwarcie")
    day = warsaw_date(stage.world.now) + timedelta(days=30)
    planned = stage.world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat", day=day)
    lead = stage.page("staff", f"/konferencje/{planned.id}").partition('class="lead-line')[2].partition("</p>")[0]
    assert "Otwórz zapisy" in lead
    assert "Termin" not in lead
    # Its day is said as what it is.
    assert format_date(day, "pl") in stage.page("staff", f"/konferencje/{planned.id}")


def test_on_its_day_a_conference_is_found_from_the_front_page_and_no_closed_registration_is_offered(
    stage: Stage,
) -> None:
    edition = stage.world.edition("conferences", key="dzisiaj")
    address = conference_on(stage, edition, 0)
    register = f'href="{address}/zapisy"'
    assert register not in stage.page(None, address)
    front = stage.page(None, "/")
    assert f'href="{address}"' in front
    assert register not in front
    page = stage.page("staff", address)
    assert "Konferencja trwa." in page
    assert "Otwarte zapisy" not in page.partition("</h1>")[0]
    assert "lead-line" not in page


def test_a_day_that_passed_asks_to_be_noted(stage: Stage) -> None:
    address = conference_on(stage, stage.world.edition("conferences", key="wczoraj"), -2)
    page = stage.page("staff", address)
    assert "Nie odnotowano jeszcze, czy się odbyła." in page
    assert "Odnotuj, że się odbyła, albo ją przełóż lub odwołaj." in page
    edition = stage.page("staff", "/edycje/wczoraj")
    # A number stays on the line of its word.
    assert "konferencja nr\xa07: odnotowanie, że się odbyła" in edition


def test_while_the_edition_is_suspended_a_conference_ahead_does_not_take_place_and_is_not_called_past(
    stage: Stage,
) -> None:
    edition = stage.world.edition("conferences", key="przerwa")
    address = conference_on(stage, edition, 5)
    stage.world.take(edition, "suspend", "staff", reason="Powódź.")
    page = stage.page(None, address)
    assert "Do wznowienia ta konferencja się nie odbędzie." in page
    assert "się nie odbyła" not in page
    assert "Edycja wstrzymana" in page.partition("</h1>")[0]
    assert "Otwarte zapisy" not in page.partition("</h1>")[0]
    desk = stage.page("staff", f"{address}/odprawa")
    assert "Edycja jest wstrzymana" in desk
    # Nothing was planned anew yet, so that resuming is only described: by the phase that it leads back to.
    step = stage.page("staff", "/edycje/przerwa/krok/resume")
    assert "Stan zmieni się na: Cykl konferencji." in step


def test_an_edition_that_is_prepared_waits_for_whoever_can_go_on_and_not_for_nobody(stage: Stage) -> None:
    stage.world.edition("draft", key="szkic")
    page = stage.page("staff", "/edycje/szkic")
    assert "Na nikogo teraz nie czekamy." not in page
    assert "Na osoby wymienione przy brakach przed następnym etapem." in page


def test_the_page_of_an_edition_says_what_blocks_the_next_phase_and_who_can_help(stage: Stage) -> None:
    stage.world.edition("conferences", key="blokada")
    page = stage.page("staff", "/edycje/blokada")
    assert "Krok „Rozpocznij etap konferencji podsumowującej”:" in page
    assert "To należy do Ciebie." in page
    assert "biuro programu (Staff, Staff2)" in stage.page("chair", "/edycje/blokada")
    assert "Przed następnym etapem" not in stage.page(None, "/edycje/blokada")
