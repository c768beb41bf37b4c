"""My work: the first page of whoever signs in."""

import re
from datetime import timedelta

from sqlalchemy import update

from tests.agreement import invited, mandated, opened
from tests.growth import copies
from tests.web.stage import Stage
from workflow.base.calendar import warsaw_date
from workflow.models import Proposal
from workflow.proposals.candidates import PAGE


def test_the_leader_sees_the_next_step_until_when_and_what_is_missing(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    page = stage.page("leader", "/praca")
    assert f'href="/projekty/{ref.id}"' in page
    assert "Uzupełnij kartę projektu. Brakuje: " in page
    assert "Termin: " in page


def test_a_returned_proposal_waits_for_its_leader_until_its_term(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    page = stage.page("leader", "/praca")
    assert "Zwrócony do uzupełnienia" in page
    assert "Termin:" in page


def test_the_person_named_as_leader_is_asked_to_accept(stage: Stage) -> None:
    ref = stage.world.proposal_in("idea")
    stage.world.take(ref, "name_leader", "staff", person=stage.world["leader2"].id)
    page = stage.page("leader2", "/praca")
    assert "Przyjmij rolę lidera" in page
    assert "Przyjmij rolę lidera" not in stage.page("member", "/praca")


def test_the_person_named_as_coordinator_is_asked_to_accept(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    stage.world.take(ref, "name_coordinator", "staff", person=stage.world["coordinator"].id)
    assert "Przyjmij rolę koordynatora" in stage.page("coordinator", "/praca")


def test_the_coordinator_reports(stage: Stage) -> None:
    ref = stage.world.proposal_in("in_implementation")
    with stage.world.writing() as tx:
        since = stage.world.now - timedelta(days=237)
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(state_since=since))
    page = stage.page("coordinator", "/praca")
    assert "Złóż sprawozdanie z postępu" in page
    # Reports come and go in one state: a report that is due later has not waited since the start.
    assert not re.search(r"czeka\s+237", page)


def test_the_office_finds_what_waits_for_it(stage: Stage) -> None:
    stage.world.proposal_in("submitted")
    page = stage.page("staff", "/praca")
    assert "Wypełnij punkty weryfikacji" in page


def test_somebody_without_any_role_sees_an_empty_page_that_says_so(stage: Stage) -> None:
    stage.world.proposal_in("submitted")
    page = stage.page("visitor", "/praca")
    assert "Nie masz nic do zrobienia" in page
    assert "Moje projekty" not in page


def test_a_participant_is_invited_to_write_down_an_idea(stage: Stage) -> None:
    stage.world.edition("conferences", key="zaproszenie")
    assert 'href="/edycje/zaproszenie/pomysl"' in stage.page("participant", "/praca")


def test_roles_in_several_editions_bring_a_switcher(stage: Stage) -> None:
    stage.world.edition("conferences", key="jedna")
    stage.world.edition("conferences", key="druga")
    page = stage.page("participant", "/edycje/jedna/lista")
    assert '<a href="/edycje/jedna" aria-current="true">' in page
    assert '<a href="/edycje/druga">' in page


def test_a_proposal_of_an_archived_edition_asks_for_nothing(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    stage.world.take(stage.world.edition_of(ref), "archive", "admin", reason="Zapis historyczny.")
    assert "Wskaż koordynatora" not in stage.page("staff", "/praca")


def test_my_work_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    for state in ("group_work", "selected"):
        stage.world.proposal_in(state)
    first = [stage.count(who, "/praca") for who in ("leader", "staff")]
    for state in ("idea", "returned", "selected"):
        stage.world.proposal_in(state)
    assert [stage.count(who, "/praca") for who in ("leader", "staff")] == first
    # Six of them read the plans of projects under way.
    assert max(first) <= 20


def test_work_is_only_for_people_who_signed_in(stage: Stage) -> None:
    assert stage.as_(None).get("/praca").location == "/login?next=%2Fpraca"


def test_more_own_proposals_than_the_page_shows_are_found_on_the_list_of_their_edition(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    with stage.db.transaction() as tx:
        copies(tx, ref, PAGE)
    page = stage.page("leader", "/praca")
    waiting, rest = page.split('id="unready"') if 'id="unready"' in page else (page, "")
    assert len(set(re.findall(r'href="/projekty/(\d+)"', waiting + rest))) == PAGE
    key = stage.world.facts(ref).edition["key"]
    assert f'href="/edycje/{key}/lista?mine=1"' in page
    assert f'href="/projekty/{ref.id}"' in stage.page("leader", f"/edycje/{key}/lista?mine=1&sort=number")


def test_work_comes_first_then_what_others_do_and_what_is_finished_is_folded(stage: Stage) -> None:
    returned, submitted = stage.world.proposal_in("returned"), stage.world.proposal_in("submitted")
    settled = stage.world.proposal_in("settled")
    page = stage.page("leader", "/praca")
    places = [page.index(f'href="/projekty/{ref.id}"') for ref in (returned, submitted, settled)]
    assert places == sorted(places)
    assert page.index('id="others"') < places[1]
    finished = page[page.rindex("<details", 0, places[2]) :]
    assert finished.startswith('<details class="fold part">')
    assert "Zakończone" in finished


def test_a_milestone_that_is_near_or_late_is_work_of_whoever_answers_for_it(stage: Stage) -> None:
    project = stage.world.proposal_in("in_implementation")
    today = warsaw_date(stage.world.now)
    stage.world.plan_milestone(project, title="Odbiór dachu", due_on=today + timedelta(days=5))
    stage.world.plan_milestone(project, title="Otwarcie", due_on=today + timedelta(days=60))
    given = {"title": "Zaproszenia", "due_on": today + timedelta(days=6), "person": stage.world["member"].id}
    stage.world.plan_milestone(project, **given)
    page = stage.page("coordinator", "/praca")
    assert "Kamień milowy do osiągnięcia: Odbiór dachu" in page
    assert "Otwarcie" not in page
    assert "Zaproszenia" not in page
    assert "Zaproszenia" in stage.page("member", "/praca")
    assert "Odbiór dachu" not in stage.page("staff", "/praca")


def test_a_request_for_a_change_is_work_of_whom_the_edition_lets_decide(stage: Stage) -> None:
    project = stage.world.proposal_in("in_implementation")
    change = stage.world.request_change(project)
    waits = f'href="/zmiany-planu/{change.id}"'
    assert waits in stage.page("staff", "/praca")
    assert waits not in stage.page("chair", "/praca")
    assert waits not in stage.page("coordinator", "/praca")
    stage.world.take(stage.world.edition_of(project), "change_settings", "staff", change_decided_by="committee")
    assert waits in stage.page("chair", "/praca")
    assert waits not in stage.page("staff", "/praca")


def test_an_agreement_is_work_of_whoever_signs_it_for_a_partner_until_it_is_signed(stage: Stage) -> None:
    world = stage.world
    agreement = opened(world, world.edition("agreement"))
    first, _other = invited(world, agreement, ["Koło", "Klub"], member="partner")
    assert "podpisz" not in stage.page("partner", "/praca")
    assert "podpisz" not in stage.page("partner", f"/umowy/{agreement.id}")
    mandated(world, first, person="partner")
    way = f'href="/partnerzy-umowy/{first.id}/tekst"'
    assert way in stage.page("partner", "/praca")
    assert "a potem ją podpisz albo odmów: Umowa partnerstwa" in stage.page("partner", "/praca")
    assert way in stage.page("partner", f"/umowy/{agreement.id}")
    assert way not in stage.page("staff", "/praca")
    world.take(first, "refuse", "staff", reason="Brak zgody zarządu.")
    assert way not in stage.page("partner", "/praca")
