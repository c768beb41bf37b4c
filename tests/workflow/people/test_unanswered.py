"""An account is closed at once; what the person answered for waits until an explicit step names somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.agreement import invited, mandated, opened
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed
from workflow.conferences.matters import hand_over_matter, note_matter
from workflow.demo.seats import seat_members
from workflow.groups.tasks import add_task, hand_over_task
from workflow.models import Edition, GroupTask, RoleGrant, SeatHolder
from workflow.people import roles
from workflow.people.duties import NAMED_BY, OF_PARTNERS, OF_PROJECTS, Duty, Unanswered
from workflow.people.unanswered import answers_for, of_project, waiting_for
from workflow.rules.facts import Ref
from workflow.rules.registry import newest
from workflow.selection.seats import end_term


def close(world: World, *names: str) -> None:
    with world.writing() as tx:
        for name in names:
            roles.deactivate(tx, number(world, name), actor=world["admin"], at=world.at)


def number(world: World, name: str) -> int:
    return world[name].id or 0


def left(world: World, project: Ref) -> list[tuple[Duty, str]]:
    with world.database.reading() as tx:
        return [(one.duty, one.words) for one in of_project(tx, project.id, at=world.at)]


def waits(world: World, name: str, *, office: bool = False) -> list[Unanswered]:
    with world.database.reading() as tx:
        editions = list(tx.execute(select(Edition.id)).scalars()) if office else []
        return waiting_for(tx, number(world, name), editions, is_admin=name == "admin", at=world.at)


def test_of_a_project_under_way_coordinator_milestone_and_risk_wait_for_a_step_that_names_somebody(
    world: World,
) -> None:
    project = world.proposal_in("in_implementation")
    milestone = world.plan_milestone(project, title="Dach", person=number(world, "member"))
    world.take(project, "note_risk", "coordinator", risk="Deszcz", likelihood="2", impact="1",
               person=number(world, "member"))  # fmt: skip
    assert left(world, project) == []
    close(world, "member")
    assert left(world, project) == [(Duty.MILESTONE, "Dach"), (Duty.RISK, "Deszcz")]
    assert [one.duty for one in waits(world, "coordinator")] == [Duty.MILESTONE, Duty.RISK]
    assert [one.duty for one in waits(world, "staff", office=True)] == [Duty.MILESTONE, Duty.RISK]
    assert waits(world, "other_coordinator") == []
    world.take(milestone, "assign", "coordinator", person=number(world, "member2"))
    world.take(project, "assign_risk", "staff", risk_number=1, person=number(world, "member2"))
    assert left(world, project) == []
    close(world, "coordinator")
    assert left(world, project) == [(Duty.COORDINATOR, "")]
    world.take(project, "name_coordinator", "staff", person=number(world, "other_coordinator"))
    assert left(world, project) == []


def test_of_a_group_leader_deputy_and_task_wait_and_what_is_done_does_not(world: World, ref: Ref) -> None:
    world.take(ref, "name_deputy", "leader", person=number(world, "member"))
    with world.writing() as tx:
        for text, who in (("Kosztorys", "member"), ("Plakat", "member"), ("Sala", "leader")):
            add_task(tx, ref, text=text, person=number(world, who), due_on="", actor=world["leader"], at=world.at)
        tx.execute(update(GroupTask).where(GroupTask.text == "Plakat").values(done_at=world.at))
    close(world, "member")
    assert left(world, ref) == [(Duty.DEPUTY, ""), (Duty.TASK, "Kosztorys")]
    assert [one.duty for one in waits(world, "leader")] == [Duty.DEPUTY, Duty.TASK]
    # The office names deputies; tasks are given by those who lead the group.
    assert [one.duty for one in waits(world, "staff", office=True)] == [Duty.DEPUTY]
    (task,) = [one for one in waits(world, "leader") if one.duty is Duty.TASK]
    with world.writing() as tx:
        with pytest.raises(BadInput):
            hand_over_task(tx, ref, task.id, person=number(world, "member"), actor=world["leader"])
        hand_over_task(tx, ref, task.id, person=number(world, "member2"), actor=world["leader"])
    world.take(ref, "end_deputy", "leader")
    assert left(world, ref) == []
    close(world, "leader")
    assert left(world, ref) == [(Duty.LEADER, ""), (Duty.TASK, "Sala")]
    world.take(ref, "name_leader", "staff", person=number(world, "member2"))
    assert left(world, ref) == [(Duty.TASK, "Sala")]


def test_a_leader_who_left_during_an_appeal_is_replaced_by_the_office(world: World) -> None:
    ref = world.proposal_in("appealed")
    close(world, "leader")
    assert left(world, ref) == [(Duty.LEADER, "")]
    assert [one.duty for one in waits(world, "staff", office=True)] == [Duty.LEADER]
    with pytest.raises(NotAllowed):
        world.take(ref, "name_leader", "animator", person=number(world, "member"))
    world.take(ref, "name_leader", "staff", person=number(world, "member"))
    assert left(world, ref) == []
    world.take(ref, "accept_lead", "member")
    # Whoever leads now may do what the one before could.
    world.take(ref, "withdraw_appeal", "member")


def test_of_the_agreement_contact_and_signatory_wait_for_the_office(world: World) -> None:
    (partner,) = invited(world, opened(world, world.edition("agreement")), ["Koło"], member="partner")
    mandated(world, partner, person="partner")
    close(world, "partner")
    assert [(one.duty, one.title) for one in waits(world, "staff", office=True)] == [
        (Duty.CONTACT, "Koło"), (Duty.SIGNATORY, "Koło"),
    ]  # fmt: skip
    world.take(partner, "name_contact", "staff", person=number(world, "member"))
    mandated(world, partner)
    assert waits(world, "staff", office=True) == []


def test_of_an_edition_seats_and_open_matters_wait_for_the_office_until_they_are_given_to_somebody(
    world: World,
) -> None:
    edition = world.edition("conferences")
    conference = world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat",
                              day=warsaw_date(world.now))  # fmt: skip
    due = (warsaw_date(world.now) + timedelta(days=9)).isoformat()
    typed = {"matter": "Dowieźć mapy", "person": number(world, "committee1"), "due_on": due}
    with world.writing() as tx:
        seat_members(tx, edition.id, at=world.at - timedelta(days=30))
        matter = note_matter(tx, world.facts(conference), typed, actor=world["staff"], at=world.at, key="a")
    close(world, "committee1")
    found = waits(world, "staff", office=True)
    assert [(one.duty, one.words) for one in found] == [(Duty.MATTER, "Dowieźć mapy"), (Duty.SEAT, "committee")]
    facts = world.facts(conference)
    with world.writing() as tx:
        with pytest.raises(BadInput):
            hand_over_matter(tx, facts, matter, {"person": number(world, "committee1")}, actor=world["staff"])
        hand_over_matter(tx, facts, matter, {"person": number(world, "committee2")}, actor=world["staff"])
        holder = tx.execute(select(SeatHolder.id).where(SeatHolder.person_id == number(world, "committee1"))).scalar()
        yesterday = warsaw_date(world.at) - timedelta(days=1)
        end_term(tx, edition.id, holder or 0, yesterday, actor=world["staff"], at=world.at)
    assert waits(world, "staff", office=True) == []


def test_administrators_see_an_edition_whose_office_has_no_open_account(world: World) -> None:
    edition = world.edition("announced")
    close(world, "staff")
    assert waits(world, "admin") == []
    close(world, "staff2")
    assert {(one.duty, one.edition_id) for one in waits(world, "admin")} == {(Duty.OFFICE, edition.id)}
    assert waits(world, "coordinator") == []
    with world.writing() as tx:
        roles.grant_role(tx, number(world, "member"), edition_id=edition.id, role="staff", actor=world["admin"],
                         at=world.at)  # fmt: skip
    assert waits(world, "admin") == []


def test_before_an_account_is_closed_it_is_known_what_the_person_answers_for(world: World) -> None:
    project = world.proposal_in("in_implementation")
    with world.database.reading() as tx:
        found = answers_for(tx, number(world, "coordinator"), at=world.at)
        assert [(one.duty, one.about_id) for one in found] == [(Duty.COORDINATOR, project.id)]
        assert answers_for(tx, number(world, "visitor"), at=world.at) == []


def test_nothing_waits_while_the_edition_is_suspended_and_all_of_it_once_it_goes_on(world: World) -> None:
    project = world.proposal_in("in_implementation")
    edition = Ref("edition", world.facts(project)["edition_id"])
    close(world, "coordinator")
    world.take(edition, "suspend", "staff", reason="Powódź.")
    assert left(world, project) == []
    world.take(edition, "set_calendar", "staff")
    world.take(edition, "resume", "staff")
    assert left(world, project) == [(Duty.COORDINATOR, "")]


def test_the_last_role_of_whoever_answers_for_a_milestone_is_not_withdrawn(world: World) -> None:
    project = world.proposal_in("in_implementation")
    edition = world.facts(project)["edition_id"]
    milestone = world.plan_milestone(project, person=number(world, "member"))
    with world.database.reading() as tx:
        grant = tx.execute(select(RoleGrant.id).where(RoleGrant.person_id == number(world, "member"))).scalar() or 0

    def withdraw() -> None:
        with world.writing() as tx:
            roles.withdraw_role(tx, number(world, "member"), grant, actor=world["admin"], at=world.at)

    with pytest.raises(BadInput):
        withdraw()
    # With another role in the edition the person can go on.
    with world.writing() as tx:
        roles.grant_role(tx, number(world, "member"), edition_id=edition, role="animator", actor=world["admin"],
                         at=world.at)  # fmt: skip
        assert number(world, "member") not in roles.answering(tx, edition, "participant")
    world.take(milestone, "assign", "staff", person=number(world, "member2"))
    withdraw()


def test_whoever_is_of_the_office_and_leads_the_project_finds_each_thing_once(world: World, ref: Ref) -> None:
    world.take(ref, "name_deputy", "leader", person=number(world, "member"))
    with world.writing() as tx:
        edition = world.facts(ref)["edition_id"]
        roles.grant_role(tx, number(world, "leader"), edition_id=edition, role="staff", actor=world["admin"],
                         at=world.at)  # fmt: skip
    close(world, "member", "animator")
    world.take(ref, "name_deputy", "leader", person=number(world, "member2"))
    close(world, "member2")
    assert [one.duty for one in waits(world, "leader", office=True)] == [Duty.DEPUTY]


def test_every_step_that_names_somebody_else_is_one_of_the_table() -> None:
    names = {record.name for record in newest("proposal").rows}
    assert {*NAMED_BY.values(), "assign_risk"} <= names
    assert set(Duty) == {*OF_PROJECTS, *OF_PARTNERS, Duty.MATTER, Duty.SEAT, Duty.OFFICE}
