"""A year of three projects, one of the reserve list and an agreement: people at browsers, letters by a real worker.

The clock of the running product is moved; what it then does by itself is done by the same sweep, hour by hour.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.agreement import drafted, invited, mandated
from tests.invariants import faults
from tests.journeys.conftest import Meet
from tests.journeys.post import Post
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.world import World
from workflow.base.calendar import at_hour, utc_now, warsaw_date
from workflow.base.i18n import format_date
from workflow.models import ProgressReport
from workflow.operations.reminders import sweep_timers
from workflow.rules.facts import Ref
from workflow.rules.ladder import USUAL, read_ladder, rungs
from workflow.rules.states import ProposalState

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SERVICES = ("web", "worker")
KEY = "rok-2026"
REPORTED, RESTING, DROPPED, SPARE = "Świetlica „Razem”", "Szlak rowerowy", "Ogród społeczny", "Klub seniora"
SCAN = {"name": "podpis.png", "mimeType": "image/png", "buffer": bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e366"
    "0000000049454e44ae426082")}  # fmt: skip


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    """The product that journeys share, whose clock is moved here."""
    return shared


@dataclass
class Year:
    """One edition, its projects by title, and the clock of the product."""

    world: World
    product: Product
    edition: Ref
    projects: dict[str, Ref]

    def page(self, title: str) -> str:
        return f"/projekty/{self.projects[title].id}"

    def state(self, title: str) -> str:
        return self.world.state(self.projects[title])

    def move_clock(self, moment: datetime) -> None:
        """The product shows this moment from now on, and does what is due by then."""
        self.product.move_clock(moment.isoformat())
        self.world.at = moment
        while sweep_timers(self.product.database, at=moment):
            pass


@pytest.fixture(scope="module")
def world(product: Product) -> World:
    """Everybody whom the journeys meet; what is made begins two months ago."""
    return World(product.database, now=utc_now() - timedelta(days=60))


@pytest.fixture
def year(world: World, product: Product) -> Year:
    """Three projects under way and one on the reserve list."""
    edition = world.edition("conferences", key=KEY, places_number=3)
    with world.writing():
        refs = [world.idea(edition, title=title) for title in (REPORTED, RESTING, DROPPED, SPARE)]
        for ref in refs:
            for step in (world.form_group, world.submit, world.admit):
                step(ref)
        world.to_phase(edition, "selection")
        selected, spare = refs[:3], refs[3]
        world.adopt(dict.fromkeys(selected, "select") | {spare: "place_on_reserve"}, positions={spare: 1})
        for ref in selected:
            world.take(ref, "select", "chair")
        world.take(spare, "place_on_reserve", "chair")
        world.to_phase(edition, "agreement")
        for ref in selected:
            start(world, ref)
        world.to_phase(edition, "implementation")
    return Year(world, product, edition, dict(zip((REPORTED, RESTING, DROPPED, SPARE), refs, strict=True)))


def start(world: World, ref: Ref) -> None:
    """A coordinator, one milestone half a year ahead, and the plan accepted."""
    world.take(ref, "name_coordinator", "staff", person=world["coordinator"].id)
    world.take(ref, "accept_coordination", "coordinator")
    world.plan_milestone(ref, due_on=warsaw_date(world.at) + timedelta(days=180))
    world.take(ref, "accept_plan", "coordinator")
    world.take(ref, "start_implementation", "staff")


def fill_in(person: Somebody, answers: Mapping[str, Any]) -> None:
    """Fill the form that has just been opened, and send it."""
    person.page.locator("main form[data-draft]").first.wait_for()
    person.fill(answers)
    person.send()


def test_a_year_of_coordinator_office_and_chair(year: Year, meet: Meet, post: Post) -> None:
    nobody_reports(year, post)
    the_report_comes_is_returned_and_accepted(year, meet)
    one_project_rests(year, meet)
    one_is_cancelled_and_replaced_from_the_reserve_list(year, meet)
    the_resting_one_goes_on_and_the_first_is_completed_and_settled(year, meet)
    assert [year.state(title) for title in year.projects] == [
        ProposalState.SETTLED, ProposalState.IN_IMPLEMENTATION, ProposalState.CANCELLED, ProposalState.SELECTED,
    ]  # fmt: skip
    year.product.wait_for_letters()
    with year.product.database.snapshot() as tx:
        assert not faults(tx)


def nobody_reports(year: Year, post: Post) -> None:
    """The day of the report passes; on each day of the ladder one circle more gets a letter."""
    post.skip()
    due = year.world.facts(year.projects[REPORTED])["report_due_at"]
    for rung in rungs(read_ladder(USUAL) or ()):
        year.move_clock(rung.moment(due) + timedelta(minutes=30))
    year.product.wait_for_letters()
    post.skip()
    readers = {name: post.subjects_of(name)[f"Brak sprawozdania z postępu: {REPORTED}"] for name in post.by_reader}
    assert Counter(readers) == Counter(coordinator=3, leader=3, staff=3, staff2=3, chair=2, initiator=1)


def the_report_comes_is_returned_and_accepted(year: Year, meet: Meet) -> None:
    due = year.world.facts(year.projects[REPORTED])["report_due_at"]
    coordinator, staff, initiator = meet("coordinator"), meet("staff"), meet("initiator")
    assert f"po terminie od {format_date(due, 'pl')}" in coordinator.sees_of(f"{year.page(REPORTED)}/realizacja")
    initiator.open("/praca")
    initiator.page.get_by_role("link", name="Portfel projektów").first.click()
    assert REPORTED in initiator.sees()

    report = {"light": "amber", "light_reason": "Tynki schną.", "report": "Dach jest gotowy."}
    coordinator.take(year.page(REPORTED), "Złóż sprawozdanie z postępu", **report)
    staff.open(f"{year.page(REPORTED)}/sprawozdania/1")
    assert "Dach jest gotowy." in staff.sees()
    staff.page.get_by_role("link", name="Zwróć sprawozdanie do poprawy", exact=True).click()
    fill_in(staff, {"reason": "Brak zestawienia wydatków."})
    assert "Zwrócono sprawozdanie" in staff.told()

    coordinator.open(f"{year.page(REPORTED)}/sprawozdania/1")
    assert "Brak zestawienia wydatków." in coordinator.sees()
    coordinator.page.get_by_role("link", name="Popraw zwrócone sprawozdanie", exact=True).click()
    fill_in(coordinator, {**report, "report": "Dach jest gotowy. Wydatków nie było."})
    assert "Złożono poprawione sprawozdanie" in coordinator.told()
    staff.take(f"{year.page(REPORTED)}/sprawozdania/1", "Przyjmij sprawozdanie")
    with year.product.database.reading() as tx:
        r = ProgressReport
        query = select(r.number, r.state).where(r.proposal_id == year.projects[REPORTED].id).order_by(r.number)
        assert [tuple(row) for row in tx.execute(query)] == [(1, "accepted"), (2, "expected")]
    # The strip names the day of the next one.
    assert "po terminie od" not in coordinator.sees_of(f"{year.page(REPORTED)}/realizacja")


def one_project_rests(year: Year, meet: Meet) -> None:
    staff, until = meet("staff"), warsaw_date(year.world.at) + timedelta(days=30)
    staff.open(f"{year.page(RESTING)}/krok/suspend")
    fill_in(staff, {"reason": "Zalany lokal.", "resume_on": until})
    assert "Wstrzymano projekt" in staff.told()
    assert "Projekt jest wstrzymany" in meet("coordinator").sees_of(f"{year.page(RESTING)}/pieniadze")


def one_is_cancelled_and_replaced_from_the_reserve_list(year: Year, meet: Meet) -> None:
    staff, chair, leader = meet("staff"), meet("chair"), meet("leader")
    ground = {"cancel_ground": "no_funds", "justification": "Gmina wycofała wkład."}
    for who, step in ((staff, "propose_cancellation"), (chair, "cancel")):
        who.open(f"{year.page(DROPPED)}/krok/{step}")
        fill_in(who, ground)
    assert "Zaniechano realizacji projektu" in chair.told()
    assert year.state(DROPPED) == ProposalState.CANCELLED
    staff.take(year.page(DROPPED), "Odnotuj sprawdzenie listy rezerwowej", remarks="Zwolniło się miejsce.")

    year.world.at += timedelta(minutes=1)
    year.world.resolve("promote", year.projects[SPARE])
    staff.take(year.page(SPARE), "Zaproponuj miejsce na liście wybranych")
    leader.take(year.page(SPARE), "Przyjmij miejsce")
    assert year.state(SPARE) == ProposalState.SELECTED


def the_resting_one_goes_on_and_the_first_is_completed_and_settled(year: Year, meet: Meet) -> None:
    year.move_clock(at_hour(warsaw_date(year.world.at) + timedelta(days=31), 10))
    staff, coordinator = meet("staff"), meet("coordinator")
    for person in (staff, coordinator):
        # Nobody stays signed in for a month.
        person.enter(year.product.database, at=year.product.now())
    # Its planned day of resuming has passed.
    assert "Po terminie od" in staff.sees_of(year.page(RESTING))
    staff.take(year.page(RESTING), "Wznów realizację")

    (milestone,) = year.world.milestones(year.projects[REPORTED])
    coordinator.take(
        f"/kamienie/{milestone.id}", "Odnotuj wykonanie kamienia milowego", outcome_text="Otwarto świetlicę."
    )
    coordinator.take(year.page(REPORTED), "Złóż sprawozdanie końcowe", report="Świetlica działa.")
    staff.take(year.page(REPORTED), "Przyjmij sprawozdanie końcowe")
    staff.take(year.page(REPORTED), "Zakończ realizację")
    staff.take(year.page(REPORTED), "Przyjmij rozliczenie", remarks="Bez uwag.")
    assert "Rozliczony" in staff.take(year.page(REPORTED), "Rozlicz projekt", archive_category="B5")


def test_an_agreement_is_signed_concluded_and_amended(world: World, product: Product, meet: Meet) -> None:
    edition = world.edition("conferences", key="umowa-2026", minimum_signatures=2)
    agreement = drafted(world, edition)
    commune, bank = invited(world, agreement, ["Gmina Gąbin", "Bank"])
    (school,) = invited(world, agreement, ["Szkoła"], member="leader")
    for partner, person in ((commune, ""), (school, "leader"), (bank, "")):
        mandated(world, partner, person=person)
    # Wherever the clock stands: a worker does not go back in time.
    today = warsaw_date(product.now())
    page, staff = f"/umowy/{agreement.id}", meet("staff")
    invitations_are_looked_through(staff, "/edycje/umowa-2026/wysylki")
    staff.open(f"{page}/tekst")
    staff.page.get_by_role("button", name="Otwórz umowę do podpisu", exact=True).click()
    assert "Otwarta do podpisu" in staff.told()

    signed_on_paper_with_its_scan(staff, f"/partnerzy-umowy/{commune.id}", today)
    leader = meet("leader")
    leader.open(f"/partnerzy-umowy/{school.id}/tekst")
    leader.page.get_by_role("button", name="Podpisz umowę", exact=True).click()
    assert "Podpisano umowę w serwisie" in leader.told()
    assert "Zawarta" in staff.take(page, "Zawrzyj umowę")

    # One joins on the word of the office that its paper is there, one leaves, and the text changes.
    join = {"day": today, "paper_in_office": True}
    staff.take(f"/partnerzy-umowy/{bank.id}", "Zapisz podpis na papierze", **join)
    assert "Bank" in staff.sees_of(f"{page}/przypomnienia")
    staff.open(f"/partnerzy-umowy/{commune.id}/krok/withdraw")
    fill_in(staff, {"reason": "Rada gminy zmieniła zdanie."})
    staff.open(f"{page}/krok/write_text")
    fill_in(staff, {"agreement_text": "Strony współpracują do 2030 roku."})
    staff.open(f"{page}/tekst")
    staff.fill({"reason": "Dłuższy czas trwania."})
    staff.page.get_by_role("button", name="Wprowadź aneks zmieniający treść", exact=True).click()
    staff.told()
    public = staff.sees_of(page)
    for words in ("Aneks nr\u00a01", "Aneks nr\u00a02", "Aneks nr\u00a03", "Szkoła", "Bank"):
        assert words in public
    product.wait_for_letters()
    with world.database.snapshot() as tx:
        assert not faults(tx)


def invitations_are_looked_through(staff: Somebody, path: str) -> None:
    """Letters to partners go out when somebody of the office has read them."""
    staff.open(path)
    links = staff.page.locator(f"main a[href^='{path}/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for batch in {link for link in links if link.rpartition("/")[2].isdigit()}:
        staff.open(batch)
        staff.page.get_by_role("button", name="Zatwierdź powiadomienia", exact=True).click()
        staff.told()


def signed_on_paper_with_its_scan(staff: Somebody, partner: str, today: date) -> None:
    """A signature on paper is refused until its scan is attached, and what was typed stays."""
    staff.open(f"{partner}/krok/sign_on_paper")
    staff.fill({"day": today})
    staff.refusals.add(422)
    staff.send()
    staff.page.get_by_text("Najpierw dołącz skan podpisanego dokumentu").first.wait_for()
    staff.refusals.discard(422)
    assert staff.page.locator("[name=day]").input_value() == f"{today.day}.{today.month}.{today.year}"
    staff.open(partner)
    staff.page.get_by_text("Dołącz pismo", exact=True).first.click()
    staff.page.locator("input[name=partner_paper][value=scan]").check()
    staff.page.locator("input[name=file]").set_input_files([SCAN])
    staff.page.get_by_role("button", name="Dołącz pismo", exact=True).click()
    staff.told()
    assert "Podpisał" in staff.take(partner, "Zapisz podpis na papierze", day=today)
