"""The way of one proposal through the whole programme, in Polish, by people at browsers and letters over the wire."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import pytest
from sqlalchemy import select, update

from tests.committee import REASON
from tests.invariants import faults
from tests.journeys.conftest import Meet
from tests.journeys.post import Post
from tests.journeys.product import Product
from tests.world import CHECKS, SHEET, World
from workflow.base.calendar import utc_now, warsaw_date, working_days_before
from workflow.models import Edition
from workflow.proposals.timeline import entries_of
from workflow.rules.facts import Ref
from workflow.rules.states import Light

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TITLE, KEY = "Świetlica dla dzieci i seniorów", "gostynin-2026"
EDITION = f"Edycja {KEY}"
GROUP = "participant leader member member2"
OFFICE = "staff staff2"
# Sections in rows have their words in the first row.
FIELDS = {"partners": "partners-0-promise", "timetable": "timetable-0-what"}
COMMITTEE = "chair committee1 committee2"
WAY = ("idea", "group_work", "submitted", "returned", "submitted", "admitted", "presented", "selected",
       "in_implementation", "completed", "settled")  # fmt: skip


@dataclass
class Journey:
    """One edition, one proposal, and everybody on the way."""

    world: World
    edition: Ref
    post: Post
    meet: Meet
    proposal: int = 0

    @property
    def project(self) -> str:
        return f"/projekty/{self.proposal}"

    @property
    def programme(self) -> str:
        return f"/edycje/{KEY}"

    @property
    def summary(self) -> str:
        return f"/konferencje/{self.world.summaries[self.edition].id}"

    def step(self, who: str, label: str, **answers: object) -> str:
        """A step of the proposal."""
        return self.meet(who).take(self.project, label, **answers)

    def edition_step(self, who: str, label: str, **answers: object) -> str:
        return self.meet(who).take(self.programme, label, **answers)


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture
def journey(world: World, post: Post, meet: Meet) -> Journey:
    edition = world.edition("conferences", key=KEY)
    post.skip()
    return Journey(world, edition, post, meet)


def test_idea_becomes_a_settled_project_and_everybody_hears_of_it(journey: Journey, product: Product) -> None:
    record_idea_and_form_group(journey)
    submit_return_and_admit(journey)
    hold_summary_and_present(journey)
    decide_and_announce(journey)
    start_implementation(journey)
    complete_and_settle(journey)
    assert_way(journey, product)
    assert_letters_lead_somewhere(journey)
    assert_inboxes_say_the_same(journey)
    assert_history_holds(product)


def record_idea_and_form_group(journey: Journey) -> None:
    author = journey.meet("participant")
    author.open(f"{journey.programme}/pomysl")
    author.fill({"title": TITLE})
    author.send()
    assert TITLE in author.told()
    journey.proposal = author.id_of()
    journey.post.expect((f"Zapisano pomysł: {TITLE}", f"participant {OFFICE}"))

    for name in ("Member", "Member2", "Leader"):
        journey.meet("staff").take(f"{journey.project}/grupa", "Dodaj osobę do grupy", person=name)
    journey.post.expect((f"Nowa osoba w grupie: {TITLE}", "participant member"),
                        (f"Nowa osoba w grupie: {TITLE}", "participant member2"),
                        (f"Nowa osoba w grupie: {TITLE}", "participant leader"))  # fmt: skip
    journey.step("participant", "Wskaż lidera grupy", person="Leader")
    assert "Utwórz grupę" in journey.meet("animator").sees_of(journey.project)
    journey.step("leader", "Przyjmij rolę lidera")
    journey.step("leader", "Popraw kartę projektu", sector="gospodarka")
    journey.step("animator", "Utwórz grupę")
    journey.post.expect((f"Wskazano lidera grupy: {TITLE}", "leader participant"), (f"Utworzono grupę: {TITLE}", GROUP))


def submit_return_and_admit(journey: Journey) -> None:
    sheet = {FIELDS.get(name, name): "\n".join(value) if isinstance(value, list) else value
             for name, value in SHEET.items()}  # fmt: skip
    journey.step("leader", "Popraw kartę projektu", **sheet)
    journey.step("leader", "Zgłoś projekt")

    until = warsaw_date(utc_now()) + timedelta(days=7)
    words = {"reasons": ["unclear", "partners"], "explanation": "Proszę dopisać, kto zapewni opiekę.", "due_on": until}
    journey.step("staff", "Zwróć do uzupełnienia", **words)
    journey.post.expect((f"Zgłoszono projekt: {TITLE}", f"{GROUP} {OFFICE}"),
                        (f"Projekt zwrócono do uzupełnienia: {TITLE}", GROUP))  # fmt: skip
    assert "Proszę dopisać, kto zapewni opiekę." in journey.meet("leader").sees_of(journey.project)

    journey.step("leader", "Popraw kartę projektu", **{FIELDS["partners"]: "Gmina: lokal. Parafia: opiekunowie."})
    journey.step("leader", "Zgłoś ponownie", explanation="Opiekę zapewni parafia.")

    note_points(journey)
    opinion = {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny i wykonalny."}
    journey.step("staff2", "Zapisz opinię merytoryczną", **opinion)
    journey.step("staff", "Dopuść do prezentacji")
    journey.post.expect((f"Zgłoszono projekt ponownie: {TITLE}", f"leader {OFFICE}"),
                        (f"Projekt dopuszczono do prezentacji: {TITLE}", GROUP))  # fmt: skip


def note_points(journey: Journey) -> None:
    """The office notes its points on the one form that there is for them."""
    staff = journey.meet("staff")
    staff.open(f"{journey.project}/zgloszenie/weryfikacja")
    for number in range(len(CHECKS)):
        staff.page.locator(f"[name='points-{number}-answer'][value=yes]").check()
    staff.send("Zapisz")
    staff.told()


def hold_summary_and_present(journey: Journey) -> None:
    # The office closes the term early, with a working day, and moves the summary conference to this day.
    today = warsaw_date(utc_now())
    closed = working_days_before(today, days=1)
    journey.edition_step("staff", "Zapisz kalendarz", submission_until=closed, summary_day=today)
    staff = journey.meet("staff")
    staff.take(journey.summary, "Zmień dane konferencji", day=today)
    journey.edition_step("staff", "Rozpocznij etap konferencji podsumowującej")

    staff.take(journey.summary, "Odnotuj, że konferencja się odbyła", participants=120, qualifier="ok.")
    journey.step("staff", "Odnotuj prezentację projektu", presenter="Leader")
    journey.post.expect((f"Konferencja podsumowująca: {EDITION}", f"leader {COMMITTEE}"),
                        (f"Zaprezentowano projekt: {TITLE}", f"leader {COMMITTEE}"))  # fmt: skip
    secretary = journey.meet("secretary")
    secretary.open(f"{journey.summary}/sprawozdanie")
    secretary.page.get_by_role("button", name="Przygotuj sprawozdanie").click()
    secretary.page.get_by_role("button", name="Zatwierdź sprawozdanie z konferencji").click()
    secretary.page.get_by_text("Sprawozdanie zatwierdzono i zamknięto.").first.wait_for()


def decide_and_announce(journey: Journey) -> None:
    journey.edition_step("chair", "Rozpocznij wybór projektów")
    journey.post.expect((f"Rozpoczął się wybór projektów: {EDITION}", "committee1 committee2"))

    journey.world.at = utc_now()
    journey.world.adopt({Ref("proposal", journey.proposal): "select"})
    # Under embargo nobody but the committee learns of it.
    journey.post.expect((f"Zwołano posiedzenie nr 1: {EDITION}", "committee1 committee2"))
    assert REASON not in journey.meet("leader").sees_of(journey.project)

    chair = journey.meet("chair")
    chair.open(f"{journey.programme}/ogloszenie")
    chair.send("Ogłoś wyniki")
    assert "Ogłoszono wyniki." in chair.told()
    journey.post.expect(
        (f"Projekt wybrano do realizacji: {TITLE}", f"{GROUP} partner"), (f"Ogłoszono wyniki: {EDITION}", "leader")
    )


def start_implementation(journey: Journey) -> None:
    # Two weeks pass without an appeal: the clock cannot be moved, so the stored end of the term is, and moved back.
    with journey.world.database.transaction() as tx:
        term = tx.execute(select(Edition.appeals_until)).scalar_one()
        tx.execute(update(Edition).values(appeals_until=utc_now() - timedelta(minutes=1)))
    journey.edition_step("staff", "Zakończ rozpatrywanie odwołań")
    with journey.world.database.transaction() as tx:
        tx.execute(update(Edition).values(appeals_until=term))
    journey.edition_step("staff", "Odnotuj, że nie ma umowy", reason="Projekt nie wymaga umowy.")

    journey.step("staff", "Wskaż koordynatora", person="Coordinator")
    journey.step("coordinator", "Przyjmij rolę koordynatora")
    due = warsaw_date(utc_now()) + timedelta(days=30)
    coordinator = journey.meet("coordinator")
    coordinator.take(f"{journey.project}/realizacja", "Dodaj kamień milowy", title="Remont lokalu", due_on=due)
    journey.step("coordinator", "Przyjmij plan działania")
    journey.step("staff", "Rozpocznij realizację")
    journey.post.expect((f"Zakończono rozpatrywanie odwołań: {EDITION}", "leader"),
                        (f"Wskazano koordynatora projektu: {TITLE}", "coordinator leader"),
                        (f"Przyjęto plan działania: {TITLE}", f"{OFFICE} leader"),
                        (f"Rozpoczęto realizację projektu: {TITLE}", f"{GROUP} coordinator partner"))  # fmt: skip


def complete_and_settle(journey: Journey) -> None:
    today = warsaw_date(utc_now())
    report = {"period_to": today, "light": Light.GREEN, "report": "Lokal wyremontowany."}
    journey.step("coordinator", "Złóż sprawozdanie z postępu", **report)
    journey.step("staff", "Przyjmij sprawozdanie")
    (milestone,) = journey.world.milestones(Ref("proposal", journey.proposal))
    journey.meet("coordinator").take(
        f"/kamienie/{milestone.id}", "Odnotuj wykonanie kamienia milowego", outcome_text="Gotowe."
    )
    journey.step("coordinator", "Złóż sprawozdanie końcowe", report="Świetlica działa.")
    journey.step("staff", "Przyjmij sprawozdanie końcowe")
    journey.step("staff", "Zakończ realizację")

    journey.step("staff", "Przyjmij rozliczenie", remarks="Bez uwag.")
    assert "Rozliczony" in journey.step("staff", "Rozlicz projekt", archive_category="B5")
    accepted = (f"Przyjęto sprawozdanie: {TITLE}", "coordinator leader")
    journey.post.expect((f"Złożono sprawozdanie z postępu: {TITLE}", OFFICE), accepted,
                        (f"Wykonano kamień milowy: {TITLE}", OFFICE),
                        (f"Złożono sprawozdanie końcowe: {TITLE}", OFFICE), accepted,
                        (f"Zakończono realizację projektu: {TITLE}", f"{GROUP} partner {COMMITTEE}"),
                        (f"Rozliczono projekt: {TITLE}", "coordinator leader"))  # fmt: skip


def assert_way(journey: Journey, product: Product) -> None:
    with product.database.reading() as tx:
        entries = reversed(entries_of(tx, Ref("proposal", journey.proposal)))
        states = [one.target for one in entries]
    assert tuple(state for state, _same in groupby(states)) == WAY


def assert_letters_lead_somewhere(journey: Journey) -> None:
    for name in journey.post.by_reader:
        somebody = journey.meet(name)
        for address in journey.post.links_of(name):
            answer = somebody.context.request.get(address)
            assert answer.ok, f"{name}: {address}: {answer.status}"
            assert "/login" not in answer.url


def assert_inboxes_say_the_same(journey: Journey) -> None:
    for name in journey.post.by_reader:
        shown = journey.meet(name).page
        journey.meet(name).open("/skrzynka")
        # Similar ones stand folded below the newest of them.
        subjects = shown.locator("main article h2, main article .rows li p:has(a)").all_text_contents()
        told = Counter(subject.strip() for subject in subjects)
        assert told == journey.post.subjects_of(name), name


def assert_history_holds(product: Product) -> None:
    with product.database.snapshot() as tx:
        assert not faults(tx)
