"""The committee's day: forty projects are scored by seven members, decided at a meeting, minuted, announced by two.

Three of the members sit at browsers of their own, one of them a tablet and one a phone; the others raise their hands.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import Connection, insert, select

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.programme import SECTORS, hashed_password
from tests.world import World
from workflow.base.calendar import WARSAW
from workflow.demo.seats import seat_members
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.models import Decision, Edition, Person, Proposal, RoleGrant
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Actor, Ref
from workflow.rules.impartiality import text_in
from workflow.rules.roles import Role
from workflow.selection.conflicts import Answered, declare
from workflow.selection.criteria import add_criterion
from workflow.selection.score_cards import GivenCard, save_card

pytestmark = [pytest.mark.slow, pytest.mark.browser]
# Letters are read in the preview here; that they arrive is shown by other journeys.
SERVICES = ("web",)
PROJECTS, PLACES = 40, 12
ON_SCREENS = ("chair", "committee1", "committee2")
# With their sectors: also where the member at the phone is recused, none has more than 49 % of the votes.
BY_HAND = {"committee3": SECTORS[2], "committee4": SECTORS[0], "committee5": SECTORS[1], "committee6": SECTORS[2]}
MEMBERS = (*ON_SCREENS, *BY_HAND)
# Two projects are scored on a tablet; all other cards are there already.
ON_TABLET = 2
# The project in whose matter the member at the phone has a conflict of interest; it is among the best.
CONFLICTED = 3
CRITERION = {"name_en": "", "scale_min": 0, "scale_max": 5, "step": 1, "required": True, "minimum": None}
CRITERIA = ({"name_pl": "Odpowiada na diagnozę", "weight": 2}, {"name_pl": "Da się wykonać", "weight": 1})


@dataclass
class Day:
    """What the journey works on."""

    world: World
    edition: Ref
    key: str
    projects: list[Ref]
    criteria: list[int]
    meeting: Ref
    meet: Meet

    @property
    def page(self) -> str:
        return f"/posiedzenia/{self.meeting.id}"

    @property
    def programme(self) -> str:
        return f"/edycje/{self.key}"


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture
def day(world: World, meet: Meet) -> Day:
    """Forty projects before a committee of seven, a meeting that was convened a week ago and may begin."""
    edition = world.edition("conferences", places_number=PLACES, two_people_announce=True)
    with world.writing():
        for number in range(1, PROJECTS + 1):
            world.lead(world.idea(edition, title=f"Projekt numer {number}"), "admitted")
    world.to_phase(edition, "selection")
    with world.database.transaction() as tx:
        enlarge(tx, world, edition)
        key = tx.execute(select(Edition.key).where(Edition.id == edition.id)).scalar_one()
        found = tx.execute(select(Proposal.id).where(Proposal.edition_id == edition.id).order_by(Proposal.number))
        projects = [Ref("proposal", number) for number in found.scalars()]
        criteria = [add_criterion(tx, edition.id, {**CRITERION, **given}, actor=world["chair"], at=world.now)
                    for given in CRITERIA]  # fmt: skip
        meeting = convened(tx, world, edition)
    return Day(world, edition, key, projects, criteria, meeting, meet)


def enlarge(tx: Connection, world: World, edition: Ref) -> None:
    """Four more members, so that seven sit on the committee, and the seats of all of them."""
    for name, sector in BY_HAND.items():
        values = {"name": name.capitalize(), "email": f"{name}@example.org", "password_hash": hashed_password(),
                  "created_at": world.now - timedelta(days=100)}  # fmt: skip
        added = tx.execute(insert(Person).values(**values).returning(Person.id)).scalar_one()
        world.people[name] = Actor(added, values["name"])
        tx.execute(insert(RoleGrant).values(
            person_id=added, edition_id=edition.id, role=Role.COMMITTEE_MEMBER, sector=sector,
            clause_version="1", clause_shown_at=world.now, granted_at=world.now,
        ))  # fmt: skip
    seat_members(tx, edition.id, at=world.now - timedelta(days=30))


def convened(tx: Connection, world: World, edition: Ref) -> Ref:
    """A meeting that was convened eight days ago and begins this hour."""
    chair, then, begins = world["chair"], world.now - timedelta(days=8), world.now.astimezone(WARSAW)
    answers = {"body": "committee", "form": "room", "day": begins.date().isoformat(), "hour": f"{begins:%H}:00",
               "venue": "Starostwo"}  # fmt: skip
    command = CreateCommand("meeting", "prepare_meeting", actor=chair, at=then, edition_id=edition.id, answers=answers)
    meeting = machine.create(tx, command).ref
    machine.take(tx, StepCommand(meeting, "add_agenda_item", actor=chair, at=then, answers={"item": "Wybór"}))
    machine.take(tx, StepCommand(meeting, "convene", actor=chair, at=then))
    return meeting


def test_forty_projects_are_decided_in_an_hour(day: Day) -> None:
    tablet = day.meet("committee1", width=1024, has_touch=True)
    declare_on_a_phone(day)
    score(day, tablet)
    open_meeting(day)
    decide(day)
    approve_minutes(day)
    announce(day)


def declare_on_a_phone(day: Day) -> None:
    """One member declares a conflict about one project and impartiality about all others; the others did before."""
    conflicted = day.projects[CONFLICTED - 1]
    with day.world.database.transaction() as tx:
        answers = {ref.id: Answered(Answer.IMPARTIAL) for ref in day.projects}
        for name in (*BY_HAND, "chair", "committee1"):
            declare(tx, day.edition.id, answers, text_in("pl"), actor=day.world[name], at=day.world.now)
    phone = day.meet("committee2", width=390, has_touch=True, is_mobile=True)
    phone.open("/praca")
    assert f"Deklaracje bezstronności do złożenia: {PROJECTS}" in phone.sees()
    phone.open(f"{day.programme}/bezstronnosc")
    assert not list(too_wide(phone.page, 390))
    phone.page.locator(f"#f-answer-{conflicted.id}-{Answer.CONFLICTED}").check()
    others = [f"f-answer-{ref.id}-{Answer.IMPARTIAL}" for ref in day.projects if ref != conflicted]
    phone.page.evaluate("others => others.forEach(id => document.getElementById(id).click())", others)
    phone.page.fill(f"[name=reason-{conflicted.id}]", "Mój brat jest w grupie.")
    phone.send()
    phone.told()
    # Neither the card nor the scores of that project are there for this member.
    phone.open(f"/projekty/{conflicted.id}/ocena")
    assert phone.page.locator("[name^=points-]").count() == 0


def score(day: Day, tablet: Somebody) -> None:
    """Every card is in but two, which are scored on a tablet, one after the other."""
    late = day.projects[:ON_TABLET]
    day.meet("chair").open(f"{day.programme}/co-jesli")
    # The seed of a draw was committed to when the meeting was convened, before anybody knew of a tie.
    expect(day.meet("chair").page.locator("section[aria-labelledby=draw] .hash")).to_be_visible()
    edition = {"id": day.edition.id, "settings": {}}
    for number, ref in enumerate(day.projects):
        points = {criterion: str(5 - number // 8) for criterion in day.criteria}
        missing = {"committee1"} if ref in late else {"committee2"} if number == CONFLICTED - 1 else set()
        with day.world.database.transaction() as tx:
            for name in MEMBERS:
                if name not in missing:
                    actor = day.world[name]
                    save_card(tx, edition, ref.id, GivenCard(points), hand_in=True, actor=actor, at=day.world.now)
    tablet.open(f"{day.programme}/wybor")
    expect(tablet.page.locator("main")).to_contain_text(f"{ON_TABLET} z {PROJECTS}")
    assert not list(too_wide(tablet.page, 1024))
    tablet.open(f"/projekty/{late[0].id}/ocena")
    for following in (True, False):
        grey = tablet.page.locator("[data-hand-in]")
        expect(grey).to_have_attribute("aria-disabled", "true")
        for criterion in day.criteria:
            tablet.page.locator(f"[name=points-{criterion}][value='5']").check(force=True)
        grey.click()
        if following:
            tablet.page.wait_for_url(f"**/projekty/{late[1].id}/ocena")
    tablet.open(f"{day.programme}/ranking")
    assert not list(too_wide(tablet.page, 1024))


def open_meeting(day: Day) -> None:
    """The chair notes who is present and begins."""
    chair = day.meet("chair")
    chair.open(day.page)
    for _member in MEMBERS:
        chair.page.get_by_role("button", name=re.compile("^Przyjście")).first.click()
        chair.told()
    chair.take(day.page, "Rozpocznij posiedzenie")


def decide(day: Day) -> None:
    """The list is led from the ranking to a motion, split where a member has a conflict, and voted on."""
    chair = day.meet("chair")
    chair.open(f"{day.programme}/co-jesli")
    # Eight projects are equal where four places are left: nothing is chosen between them silently.
    lead = chair.page.get_by_role("link", name=re.compile("Zgłoś listę jako wniosek"))
    expect(chair.page.get_by_role("heading", name="Trzeba rozstrzygnąć remis")).to_be_visible()
    assert lead.count() == 0
    chair.page.locator("details summary", has_text="Zapisz").first.click()
    draw = chair.page.locator("form:has([name=way][value=draw])")
    draw.locator("[name=word]").fill("jarzębina")
    draw.get_by_role("button").click()
    chair.told()
    lead.click()
    chair.page.locator("main form[data-draft]").wait_for()
    chair.send()
    chair.told()
    # The one member does not vote about one of them, so that project gets a motion of its own.
    confirm(chair, day.page, "#wniosek-1", f"Podziel listę. Osobno: {CONFLICTED}.")
    vote(day, 2, recused=False)
    vote(day, 3, recused=True)
    with day.world.database.reading() as tx:
        decided = tx.execute(select(Decision.outcome).where(Decision.active.is_(True))).scalars().all()
        states = set(tx.execute(select(Proposal.state).where(Proposal.edition_id == day.edition.id)).scalars())
    assert (len(decided), decided.count("select")) == (PROJECTS, PLACES)
    # Nothing of a project has moved, and nobody outside notices.
    assert states == {"presented"}
    chair.take(day.page, "Zakończ posiedzenie")


def vote(day: Day, motion: int, *, recused: bool) -> None:
    """Everybody who is not recused votes for a motion; what is computed is adopted."""
    chair, here = day.meet("chair"), f"#wniosek-{motion}"
    chair.open(day.page)
    chair.page.locator(here).get_by_role("button", name="Otwórz głosowanie", exact=True).click()
    chair.told()
    for name in ON_SCREENS:
        member = day.meet(name)
        member.open(day.page)
        if recused and name == "committee2":
            assert member.page.locator(f"{here} .ballot").count() == 0
            continue
        member.page.locator(f"{here} .ballot [value=for]").click()
        member.told()
    for name in BY_HAND:
        chair.open(day.page)
        chair.page.locator(f"{here} details summary", has_text="Zapisz głosy z sali").click()
        chair.page.locator(here).get_by_role("button", name=re.compile(f"^za.*{name}", re.IGNORECASE)).click()
        chair.told()
    chair.open(day.page)
    chair.page.locator(here).get_by_role("button", name="Zamknij i policz głosowanie", exact=True).click()
    chair.told()
    confirm(chair, day.page, here, "Podejmij uchwałę")


def confirm(somebody: Somebody, page: str, here: str, label: str) -> None:
    """Open what a button would do, read what follows, and confirm it."""
    somebody.open(page)
    somebody.page.locator(f"{here} details summary", has_text=label).click()
    somebody.page.locator(here).get_by_role("button", name=f"Potwierdź: {label}").click()
    somebody.told()


def approve_minutes(day: Day) -> None:
    """The minutes are generated from the rows, opened, signed by the secretary and approved by the chair."""
    secretary, chair, minutes = day.meet("secretary"), day.meet("chair"), f"{day.page}/protokol"
    secretary.take(minutes, "Sporządź protokół")
    text = secretary.sees_of(minutes)
    assert "Mój brat jest w grupie." in text
    secretary.take(minutes, "Podpisz protokół")
    chair.take(minutes, "Zatwierdź protokół")


def announce(day: Day) -> None:
    """One looks through every letter and asks, another announces; only then anybody outside learns of it."""
    page, leader = f"{day.programme}/ogloszenie", day.meet("leader")
    assert "Wybrany" not in leader.sees_of(f"/projekty/{day.projects[0].id}")
    chair, staff = day.meet("chair"), day.meet("staff")
    chair.open(page)
    chair.page.get_by_role("button", name="Poproś o ogłoszenie", exact=True).click()
    chair.told()
    staff.open(page)
    staff.page.get_by_role("button", name="Ogłoś wyniki", exact=True).click()
    staff.told()
    with day.world.database.reading() as tx:
        states = tx.execute(select(Proposal.state).where(Proposal.edition_id == day.edition.id)).scalars().all()
    assert {state: states.count(state) for state in states} == {"selected": PLACES, "reserve": PROJECTS - PLACES}
    assert "Wybrany" in leader.sees_of(f"/projekty/{day.projects[0].id}")
