"""What a closed account answered for stands on the pages of it and on the worklists, until somebody else is named."""

from tests.agreement import invited, opened
from tests.web.stage import Stage, send
from workflow.rules.facts import Ref

NAME_COORDINATOR = "Wskaż innego koordynatora. Konto obecnego jest zamknięte."


def close(stage: Stage, name: str) -> None:
    admin = stage.as_("admin")
    assert send(admin, f"/osoby/{stage.world[name].id}/deactivate").status_code == 303


def edition_key(stage: Stage, project: Ref) -> str:
    return str(stage.world.facts(project).edition["key"])


def test_a_closed_account_stands_on_every_page_of_what_it_answered_for_until_somebody_is_named(stage: Stage) -> None:
    world = stage.world
    project = world.proposal_in("in_implementation")
    milestone = world.plan_milestone(project, title="Dach", person=world["member"].id)
    home = f"/projekty/{project.id}"
    portfolio = f"/edycje/{edition_key(stage, project)}/portfel"
    person = stage.page("admin", f"/osoby/{world['coordinator'].id}")
    assert "Ta osoba odpowiada za 1 rzecz." in person
    for name in ("coordinator", "member"):
        close(stage, name)
    assert "Na liście zadań biura czeka 1 rzecz." in stage.page("admin", f"/osoby/{world['coordinator'].id}")
    way, other = f"{home}/krok/name_coordinator", f"/kamienie/{milestone.id}/krok/assign"
    for page in (home, f"{home}/realizacja", f"{home}/grupa"):
        shown = stage.page("staff", page)
        assert NAME_COORDINATOR in shown
        assert way in shown
        assert other in shown
        # Whoever reads it and names nobody has no way there.
        of_leader = stage.page("leader", page)
        assert NAME_COORDINATOR in of_leader
        assert way not in of_leader
    work = stage.page("staff", "/praca")
    assert way in work
    assert other in work
    assert "koordynator, kamień milowy „Dach”" in stage.page("chair", portfolio)
    for who in ("staff", "chair"):
        head, line = stage.as_(who).get(f"{portfolio}.csv").get_data(as_text=True).lstrip("\ufeff").splitlines()
        assert head.endswith(";Brakuje osoby odpowiedzialnej")
        assert line.endswith(";koordynator; kamień milowy „Dach”") or "koordynator; kamień milowy" in line
    assert NAME_COORDINATOR not in stage.page("staff2", "/praca?rodzaj=weryfikacja")
    assert send(stage.as_("staff"), way, version=world.facts(project).version,
                person=world["other_coordinator"].id).status_code == 303  # fmt: skip
    assert send(stage.as_("staff"), other, version=world.facts(milestone).version,
                person=world["member2"].id).status_code == 303  # fmt: skip
    for page in (home, f"{home}/realizacja", "/praca"):
        assert "Konto" not in stage.page("staff", page)
    assert "Brakuje osoby odpowiedzialnej" not in stage.page("staff", portfolio)


def test_outsiders_read_nothing_of_closed_accounts(stage: Stage) -> None:
    project = stage.world.proposal_in("in_implementation")
    close(stage, "coordinator")
    assert "zamknięt" not in stage.page(None, f"/projekty/{project.id}")


def test_a_coordinator_gives_a_risk_of_a_closed_account_to_somebody_else(stage: Stage) -> None:
    world = stage.world
    project = world.proposal_in("in_implementation")
    world.take(project, "note_risk", "coordinator", risk="Deszcz", likelihood="2", impact="1",
               person=world["member"].id)  # fmt: skip
    close(stage, "member")
    plan = f"/projekty/{project.id}/realizacja"
    assert "konto zamknięte" in stage.page("coordinator", plan)
    way = f"/projekty/{project.id}/krok/assign_risk"
    assert f"{way}?ryzyko=1" in stage.page("coordinator", "/praca")
    given = {"version": world.facts(project).version, "risk_number": 1}
    refused = send(stage.as_("coordinator"), way, **given, person=world["member"].id)
    assert refused.status_code == 422
    assert send(stage.as_("coordinator"), way, **given, person=world["member2"].id).status_code == 303
    assert "konto zamknięte" not in stage.page("coordinator", plan)


def test_a_task_and_an_open_matter_are_given_to_somebody_else_on_their_pages(stage: Stage) -> None:
    world = stage.world
    project = world.proposal_in("group_work")
    group = f"/projekty/{project.id}/grupa"
    assert send(stage.as_("leader"), f"{group}/zadania", text="Kosztorys",
                person=world["member"].id).status_code == 303  # fmt: skip
    edition = Ref("edition", world.facts(project)["edition_id"])
    conference = world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat")
    matters = f"/konferencje/{conference.id}/sprawy"
    assert send(stage.as_("staff"), matters, matter="Mapy", person=world["member"].id, due_on="2099-01-01",
                form_key="k").status_code == 303  # fmt: skip
    close(stage, "member")
    task = "Przekaż komuś zadanie „Kosztorys”."
    assert task in stage.page("leader", group)
    assert task in stage.page("leader", "/praca")
    number = 1
    given = {"wish": "hand", "person": world["member2"].id}
    assert send(stage.as_("member2"), f"{group}/zadania/{number}", **given).status_code == 403
    assert send(stage.as_("leader"), f"{group}/zadania/{number}", **given).status_code == 303
    assert task not in stage.page("leader", group)
    tables = f"/konferencje/{conference.id}/stoly"
    matter = "Przekaż komuś zadanie po konferencji „Mapy”."
    assert matter in stage.page("staff", tables)
    assert matter in stage.page("staff", "/praca")
    given = {"person": world["member2"].id}
    assert send(stage.as_("leader"), f"{matters}/1/osoba", **given).status_code == 403
    assert send(stage.as_("staff"), f"{matters}/1/osoba", **given).status_code == 303
    assert matter not in stage.page("staff", tables)


def test_seats_and_partners_say_that_their_account_is_closed(stage: Stage) -> None:
    world = stage.world
    edition = world.edition("agreement")
    (partner,) = invited(world, opened(world, edition), ["Koło"], member="partner")
    key = str(world.facts(edition)["key"])
    for name in ("partner", "committee1"):
        close(stage, name)
    contact = f"/partnerzy-umowy/{partner.id}/krok/name_contact"
    assert contact in stage.page("staff", f"/partnerzy-umowy/{partner.id}")
    assert contact in stage.page("staff", "/praca")
    seats = stage.page("staff", f"/edycje/{key}/komitet")
    assert "Obsadź miejsce ponownie albo zakończ kadencję." in seats
    assert "Obsadź miejsce ponownie" not in stage.page("member", f"/edycje/{key}/komitet")
