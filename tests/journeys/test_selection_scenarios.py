"""The selection, scene by scene (DOMAIN 8, scenarios 4 and 7 to 9): parity, a freed place, rivals, and an appeal.

An edition comes to its scene by legal steps; what the scene is about is done by people at browsers.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Connection, insert, select

from tests.journeys.conftest import Meet
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.programme import SECTORS, SUMMARY, hashed_password
from tests.world import World
from workflow.base.calendar import deadline, utc_now, warsaw_date
from workflow.base.errors import NotReady
from workflow.demo.seats import seat_members
from workflow.models import Edition, Person, Poll, RoleGrant
from workflow.rules.facts import Actor, Ref
from workflow.rules.roles import Role
from workflow.selection.ballots import cast

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
# How long before now the world of an edition begins, so that its committee meets on the day that is asked for.
BEFORE_SELECTION = SUMMARY - 1
# The members beside the chair, committee1 and committee2, with their sectors: nine in all.
MORE_MEMBERS = {"fourth": SECTORS[0], "fifth": SECTORS[0], "sixth": SECTORS[1], "seventh": SECTORS[2],
                "eighth": SECTORS[1], "ninth": SECTORS[2]}  # fmt: skip
RECUSED = "sixth"
WHY_ONE = "Oba mają stanąć na tym samym placu."
MEETS = timedelta(hours=2)
GROUNDS = "Komitet pominął umowę z partnerem."


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@pytest.fixture
def world(world: World) -> World:
    """The people of all scenes; what is done next is done as of now."""
    world.now = utc_now()
    return world


def presented(world: World, *titles: str, days_ago: int = 0, **rules: Any) -> list[Ref]:
    """Projects of these titles before the committee of an edition of their own."""
    world.now = utc_now() - timedelta(days=BEFORE_SELECTION + days_ago)
    edition = world.edition("conferences", **rules)
    projects = [world.idea(edition, title=title) for title in titles]
    for ref in projects:
        world.lead(ref, "admitted")
    world.to_phase(edition, "selection")
    return projects


def announce(world: World, outcomes: Mapping[Ref, str], *reserve: Ref) -> Ref:
    """The committee decides so and the results are announced; returns the edition."""
    edition = world.edition_of(next(iter(outcomes)))
    world.adopt(outcomes, positions={ref: position for position, ref in enumerate(reserve, 1)})
    for ref, outcome in outcomes.items():
        world.take(ref, outcome, "chair")
    world.take(edition, "announce_results", "chair")
    world.phases[edition] = "appeals"
    return edition


def page_of(world: World, edition: Ref) -> str:
    with world.database.reading() as tx:
        return f"/edycje/{tx.execute(select(Edition.key).where(Edition.id == edition.id)).scalar_one()}"


def meeting_of(world: World, edition: Ref, *present: str) -> Ref:
    """A meeting of the committee that has begun, with these members present."""
    meeting = world.create("meeting", "prepare_meeting", "chair", edition=edition, body="committee", form="room",
                           day=warsaw_date(world.at), hour="00:00")  # fmt: skip
    world.take(meeting, "add_agenda_item", "chair", item="Wybór")
    world.take(meeting, "convene", "chair")
    for name in present:
        arrive(world, meeting, name)
    world.take(meeting, "begin", "chair")
    return meeting


def arrive(world: World, meeting: Ref, name: str, step: str = "note_arrival") -> None:
    session = world.facts(meeting, "chair").session
    assert session is not None
    (seat,) = (seat.id for seat in session.seats if seat.holder == world[name].id)
    who = {"person": world[name].id} if step == "note_arrival" else {}
    world.take(meeting, step, "chair", seat=seat, **who)


def enlarge(tx: Connection, world: World, edition: Ref) -> None:
    """Six more members, so that nine sit on the committee, and the seats of all of them."""
    for name, sector in MORE_MEMBERS.items():
        values: dict[str, Any] = {"name": name.capitalize(), "email": f"{name}@example.org", "created_at": world.at,
                                  "password_hash": hashed_password()}  # fmt: skip
        number = tx.execute(insert(Person).values(**values).returning(Person.id)).scalar_one()
        world.people[name] = Actor(number, values["name"])
        tx.execute(insert(RoleGrant).values(
            person_id=number, edition_id=edition.id, role=Role.COMMITTEE_MEMBER, sector=sector, clause_version="1",
            clause_shown_at=world.at, granted_at=world.at,
        ))  # fmt: skip
    seat_members(tx, edition.id, at=world.at - timedelta(days=30))


def put_motion(chair: Somebody, meeting: Ref, *projects: int) -> None:
    """Fill the form of a motion that selects the projects of these numbers, and send it."""
    chosen = "&".join(f"projekt={number}" for number in projects)
    chair.open(f"/posiedzenia/{meeting.id}/krok/put_motion?rodzaj=decide&{chosen}")
    chair.page.fill("[name=wording]", "Wybrać do realizacji.")
    for row in range(len(projects)):
        chair.page.select_option(f"[name=decisions-{row}-outcome]", "select")
        chair.page.fill(f"[name=decisions-{row}-justification]", "Projekt odpowiada na diagnozę.")
    chair.send()


def put_to_the_vote(chair: Somebody, world: World, meeting: Ref, motion: int, *others: str) -> None:
    """The chair opens the vote, votes on the screen and counts; the others vote at their own devices."""
    here = chair.page.locator(f"#wniosek-{motion}")
    chair.open(f"/posiedzenia/{meeting.id}")
    here.get_by_role("button", name="Otwórz głosowanie", exact=True).click()
    chair.told()
    here.locator(".ballot [value=for]").click()
    chair.told()
    with world.database.transaction() as tx:
        poll = (
            tx.execute(select(Poll.id).where(Poll.meeting_id == meeting.id).order_by(Poll.id.desc())).scalars().first()
        )
        for name in others:
            cast(tx, poll or 0, "for", actor=world[name], at=utc_now())
    here.get_by_role("button", name="Zamknij i policz głosowanie", exact=True).click()
    chair.told()


def test_scenario_4_a_sector_with_three_of_five_votes_loses_and_with_two_of_five_carries(
    world: World, meet: Meet
) -> None:
    (project,) = presented(world, "Świetlica")
    edition = world.edition_of(project)
    with world.database.transaction() as tx:
        enlarge(tx, world, edition)
    world.declare_conflict(project, RECUSED, "Mój brat jest w grupie.")
    meeting = meeting_of(world, edition, "chair", "fourth", "fifth", "committee1", "committee2", RECUSED)
    chair = meet("chair")
    put_motion(chair, meeting, 1)
    put_to_the_vote(chair, world, meeting, 1, "fourth", "fifth", "committee1", "committee2")
    first = chair.page.locator("#wniosek-1")
    expect(first).to_contain_text("sektor „gospodarka” ma 3 z 5 głosów: 60%, granica to 49%.")
    expect(first.get_by_text("Podejmij uchwałę")).to_have_count(0)
    arrive(world, meeting, "fifth", "note_departure")
    arrive(world, meeting, "seventh")
    put_motion(chair, meeting, 1)
    put_to_the_vote(chair, world, meeting, 2, "fourth", "seventh", "committee1", "committee2")
    second = chair.page.locator("#wniosek-2")
    expect(second).to_contain_text("2 z 5 głosów: 40%")
    second.locator("details summary", has_text="Podejmij uchwałę").click()
    second.get_by_role("button", name="Potwierdź: Podejmij uchwałę").click()
    chair.told()
    expect(chair.page.locator("main")).to_contain_text(f"1/{warsaw_date(utc_now()).year}")


def test_scenario_7_a_freed_place_goes_to_the_first_of_the_reserve_list_and_to_nobody_past_it(
    world: World, meet: Meet
) -> None:
    winner, first, second = presented(world, "Targ", "Fontanna", "Biblioteka", places_number=1)
    outcomes = {winner: "select", first: "place_on_reserve", second: "place_on_reserve"}
    page = page_of(world, announce(world, outcomes, first, second))
    leader, chair, staff = meet("leader"), meet("chair"), meet("staff")
    leader.open(f"/projekty/{winner.id}")
    leader.page.locator("section[aria-labelledby=steps] summary", has_text="Inne kroki").click()
    leader.press("Wycofaj projekt")
    leader.fill({"reason": "Zmiana planów.", "group_informed": True})
    leader.send()
    leader.told()
    assert "Następny na liście rezerwowej: Fontanna." in chair.sees_of("/praca")
    # Past the first of the list the committee's motion is refused by name.
    world.at = utc_now()
    with pytest.raises(NotReady) as refusal:
        world.resolve("promote", second)
    assert [(missing.code, missing.sentence.params) for missing in refusal.value.missing] == [
        ("not_in_order", {"projects": "1. „Fontanna”"})
    ]
    world.resolve("promote", first)
    staff.open(f"{page}/rezerwa")
    offer = staff.page.get_by_role("link", name="Zaproponuj miejsce na liście wybranych", exact=True)
    expect(offer).to_have_count(1)
    offer.click()
    staff.send("Zaproponuj miejsce na liście wybranych")
    staff.told()
    assert "Odpowiedz na propozycję" in leader.sees_of(f"/projekty/{first.id}")
    leader.take(f"/projekty/{first.id}", "Przyjmij miejsce")
    assert (world.state(winner), world.state(first), world.state(second)) == ("withdrawn", "selected", "reserve")
    assert "Nie ma wolnych miejsc." in staff.sees_of(f"{page}/rezerwa")


def test_scenario_8_of_two_rivals_one_is_selected_and_the_other_is_refused_by_name(world: World, meet: Meet) -> None:
    square, *_others = presented(world, "Plac targowy", "Fontanna na placu", "Biblioteka wiejska")
    edition = world.edition_of(square)
    with world.database.transaction() as tx:
        seat_members(tx, edition.id, at=world.at - timedelta(days=30))
    staff, chair = meet("staff"), meet("chair")
    staff.open(f"{page_of(world, edition)}/wykluczenia")
    staff.fill({"projects": "1, 2", "reason": WHY_ONE})
    staff.send("Zapisz grupę")
    staff.told()
    meeting = meeting_of(world, edition, "chair", "committee1", "committee2")
    chair.refusals.add(422)
    put_motion(chair, meeting, 1, 2)
    refusal = chair.page.locator(".error-summary")
    for words in ("Plac targowy", "Fontanna na placu", WHY_ONE):
        expect(refusal).to_contain_text(words)
    # What was typed is still there.
    expect(chair.page.locator("[name=wording]")).to_have_value("Wybrać do realizacji.")
    put_motion(chair, meeting, 1, 3)
    chair.told()


def days_since_announcement(*, over: bool) -> int:
    """How many days ago results were announced whose term for appeals, of seven days, is over or runs its last day."""
    now = utc_now()
    # The committee meets for an hour before, and so announces after midnight what begins late in the evening.
    ends = {ago: deadline(now - timedelta(days=ago) + MEETS, days=7) for ago in range(7, 20)}
    return next(ago for ago, end in ends.items() if (end < now) is over)


def test_scenario_9_an_appeal_in_time_stops_the_start_and_leads_back_to_the_committee(world: World, meet: Meet) -> None:
    refused, chosen = presented(world, "Ścieżka rowerowa", "Dom kultury", days_ago=days_since_announcement(over=False))
    edition = announce(world, {refused: "reject", chosen: "select"})
    page = page_of(world, edition)
    leader, staff, decider, voter, chair = map(meet, ("leader", "staff", "appeal_body", "committee2", "chair"))
    leader.take(f"/projekty/{refused.id}", "Złóż odwołanie", grounds=GROUNDS)
    # Nothing is carried out while the appeal waits, also of the project that was selected.
    assert "Liczba odwołań do rozpatrzenia: 1." in staff.sees_of(page)
    assert "nie zakończono jeszcze rozpatrywania odwołań" in staff.sees_of(f"/projekty/{chosen.id}")
    world.at = utc_now()
    with world.database.transaction() as tx:
        tx.execute(insert(RoleGrant).values(person_id=world["committee2"].id, edition_id=edition.id,
                                            role=Role.APPEAL_BODY, granted_at=world.at))  # fmt: skip
    world.decide_appeal(refused, "uphold")
    # Whoever voted about the project does not decide about the appeal.
    assert "Pierwsze rozstrzygnięcie zapadło z Twoim udziałem" in voter.sees_of(f"/projekty/{refused.id}")
    assert voter.page.get_by_role("link", name="Uwzględnij odwołanie i skieruj do głosowania", exact=True).count() == 0
    decider.take(f"/projekty/{refused.id}", "Uwzględnij odwołanie i skieruj do głosowania")
    assert world.state(refused) == "presented"
    chair.take(page, "Wznów wybór projektów")
    assert (world.state(edition), world.state(chosen)) == ("selection", "selected")


def test_scenario_9_a_day_later_an_appeal_is_too_late_and_the_page_says_since_when(world: World, meet: Meet) -> None:
    (refused,) = presented(world, "Zbyt późno", days_ago=days_since_announcement(over=True))
    announce(world, {refused: "reject"})
    leader = meet("leader")
    assert "Termin na złożenie odwołania minął" in leader.sees_of(f"/projekty/{refused.id}")
    assert leader.page.get_by_role("link", name="Złóż odwołanie", exact=True).count() == 0
