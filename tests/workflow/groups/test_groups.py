"""The group by its records: places, deputy, leaving, a lead that is handed over, people on paper."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotAllowed, NotReady, Refusal
from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.groups.paper import enter_person
from workflow.models import GroupMember, Person, RoleGrant
from workflow.rules.facts import Ref
from workflow.rules.permissions import RULES


def people(world: World, ref: Ref) -> dict[str, str]:
    """Who is in the group now, with the place."""
    m = GroupMember
    query = select(Person.name, m.name, m.role).outerjoin(Person, Person.id == m.person_id)
    with world.writing() as tx:
        rows = tx.execute(query.where(m.proposal_id == ref.id, m.left_at.is_(None))).all()
    return {(row[0] or row[1]).lower(): row[2] for row in rows}


def refused(world: World, ref: Ref, step: str, who: str, **data: Any) -> str:
    with pytest.raises(Refusal) as told:
        world.take(ref, step, who, **data)
    return type(told.value).__name__ + ": " + ",".join(one.code for one in told.value.missing)


# --- places ----------------------------------------------------------------------------------------------


def test_new_members_may_edit_unless_said_otherwise(world: World, ref: Ref) -> None:
    world.take(ref, "add_member", "leader", person=world["participant"].id, place="view")
    assert people(world, ref) == {"leader": "edit", "member": "edit", "member2": "edit", "participant": "view"}
    assert world.facts(ref)["member_count"] == 4


@pytest.mark.parametrize(("place", "edits", "comments"), [("view", False, False), ("comment", False, True),
                                                          ("edit", True, True)])  # fmt: skip
def test_place_says_who_edits_and_who_comments(
    world: World, ref: Ref, place: str, edits: bool, comments: bool
) -> None:  # fmt: skip
    world.take(ref, "set_place", "leader", person=world["member"].id, place=place)
    facts = world.facts(ref, "member")
    assert (RULES["group_editor"](facts), RULES["group_commenter"](facts)) == (edits, comments)
    assert RULES["group_member"](facts)
    if edits:
        world.take(ref, "edit_sheet", "member", goals="Nowe cele.")
    else:
        assert refused(world, ref, "edit_sheet", "member", goals="Nowe cele.") == "NotAllowed: not_allowed"


def test_leader_and_deputy_cannot_lose_the_right_to_edit(world: World, ref: Ref) -> None:
    world.take(ref, "set_place", "leader", person=world["member"].id, place="view")
    world.take(ref, "name_deputy", "leader", person=world["member"].id)
    assert people(world, ref)["member"] == "edit"
    for who in ("leader", "member"):
        told = refused(world, ref, "set_place", "leader", person=world[who].id, place="view")
        assert told == "NotReady: has_to_edit"


def test_somebody_who_only_has_a_name_counts_and_can_be_removed(world: World, ref: Ref) -> None:
    world.take(ref, "add_member", "staff", name="Maria z karty")
    assert world.facts(ref)["member_count"] == 4
    with world.writing() as tx:
        place = tx.execute(select(GroupMember.id).where(GroupMember.name == "Maria z karty")).scalar_one()
    world.take(ref, "remove_member", "staff", member=place)
    assert world.facts(ref)["member_count"] == 3
    assert refused(world, ref, "remove_member", "staff", member=place) == "NotReady: not_member"


def test_place_with_a_person_is_not_removed_by_its_number(world: World, ref: Ref) -> None:
    with world.writing() as tx:
        place = tx.execute(select(GroupMember.id).where(GroupMember.person_id == world["leader"].id)).scalar_one()
    assert refused(world, ref, "remove_member", "staff", member=place) == "NotReady: not_member"


# --- deputy ----------------------------------------------------------------------------------------------


@pytest.fixture
def deputised(world: World, ref: Ref) -> Ref:
    world.take(ref, "name_deputy", "leader", person=world["member"].id)
    return ref


def test_deputy_does_inside_the_group_what_the_leader_may(world: World, deputised: Ref) -> None:
    world.take(deputised, "describe_group", "member", group_name="Razem dla Gąbina", theme="Świetlice")
    world.take(deputised, "edit_sheet", "member", goals="Nowe cele.")
    world.take(deputised, "add_member", "member", person=world["participant"].id)
    world.take(deputised, "set_place", "member", person=world["participant"].id, place="comment")
    assert world.facts(deputised)["group_name"] == "Razem dla Gąbina"


@pytest.mark.parametrize(("step", "data"), [
    ("submit", {}), ("withdraw", {"reason": "x", "group_informed": True}), ("agree_to_merge", {"target": 1}),
    ("remove_member", {"person": 1}), ("name_leader", {"person": 1}), ("name_deputy", {"person": 1}),
])  # fmt: skip
def test_deputy_does_not_act_for_the_group_outside(
    world: World, deputised: Ref, step: str, data: dict[str, Any]
) -> None:
    assert refused(world, deputised, step, "member", **data) == "NotAllowed: not_allowed"


def test_deputy_who_leaves_or_takes_the_lead_is_deputy_no_more(world: World, deputised: Ref) -> None:
    world.take(deputised, "leave_group", "member")
    assert world.facts(deputised)["deputy_id"] is None
    world.take(deputised, "name_deputy", "leader", person=world["member2"].id)
    world.take(deputised, "name_leader", "leader", person=world["member2"].id)
    world.take(deputised, "accept_lead", "member2")
    assert (world.facts(deputised)["deputy_id"], world.facts(deputised)["leader_id"]) == (None, world["member2"].id)


def test_only_members_become_deputy(world: World, ref: Ref) -> None:
    assert refused(world, ref, "name_deputy", "leader", person=world["participant"].id) == "NotReady: not_member"
    assert refused(world, ref, "name_deputy", "leader", person=world["leader"].id) == "NotReady: is_leader"


# --- the lead --------------------------------------------------------------------------------------------


def test_group_keeps_its_leader_until_the_next_one_accepts(world: World, ref: Ref) -> None:
    world.take(ref, "name_leader", "leader", person=world["member"].id)
    assert world.facts(ref)["leader_id"] == world["leader"].id
    world.take(ref, "edit_sheet", "leader", goals="Jeszcze prowadzę.")
    assert refused(world, ref, "accept_lead", "member2") == "NotAllowed: not_allowed"
    world.take(ref, "accept_lead", "member")
    facts = world.facts(ref)
    assert (facts["leader_id"], facts["next_leader_id"]) == (world["member"].id, None)
    assert facts["leader_accepted_at"] is not None
    assert refused(world, ref, "name_leader", "leader", person=world["leader"].id) == "NotAllowed: not_allowed"
    assert people(world, ref)["leader"] == "edit"


def test_hand_over_is_declined_or_taken_back_and_the_leader_stays(world: World, ref: Ref) -> None:
    for end in (lambda: world.take(ref, "decline_lead", "member"),
                lambda: world.take(ref, "name_leader", "leader", person=world["leader"].id)):  # fmt: skip
        world.take(ref, "name_leader", "leader", person=world["member"].id)
        end()
        assert (world.facts(ref)["leader_id"], world.facts(ref)["next_leader_id"]) == (world["leader"].id, None)
        assert refused(world, ref, "accept_lead", "member") == "NotAllowed: not_allowed"


def test_person_named_who_leaves_gives_the_hand_over_up(world: World, ref: Ref) -> None:
    world.take(ref, "name_leader", "staff", person=world["member"].id)
    world.take(ref, "leave_group", "member")
    assert world.facts(ref)["next_leader_id"] is None


def test_leader_leaves_only_after_handing_over(world: World, ref: Ref) -> None:
    assert refused(world, ref, "leave_group", "leader") == "NotReady: still_leads"
    world.take(ref, "name_leader", "leader", person=world["member"].id)
    assert refused(world, ref, "leave_group", "leader") == "NotReady: still_leads"
    world.take(ref, "accept_lead", "member")
    world.take(ref, "leave_group", "leader")
    assert set(people(world, ref)) == {"member", "member2"}
    with pytest.raises(NotAllowed):
        world.take(ref, "edit_sheet", "leader", goals="Już nie.")


# --- forming ---------------------------------------------------------------------------------------------


def test_group_is_formed_when_the_leader_accepted_enough_people_came_and_the_sector_is_named(world: World) -> None:
    ref = world.idea(world.edition(), sector="")
    assert refused(world, ref, "form_group", "animator") == "NotReady: too_few_members,no_sector"
    world.take(ref, "edit_sheet", "leader", sector="kultura")
    for name in ("Maria z karty", "Józef z karty"):
        world.take(ref, "add_member", "staff", name=name)
    world.take(ref, "name_leader", "staff", person=world["leader"].id)
    world.take(ref, "form_group", "animator")
    assert world.state(ref) == "group_work"


def test_group_by_paper_is_entered_and_formed_by_the_office(world: World) -> None:
    edition = world.edition()
    with world.writing() as tx:
        card_idea = {"title": "Klub", "sector": "kultura", "author_as_group": True}
        ref = machine.create(tx, CreateCommand("proposal", "record_idea", actor=world["staff"], at=world.at, edition_id=edition.id,
                             answers=card_idea, paper_on=warsaw_date(world.at))).ref  # fmt: skip
    with world.writing() as tx:
        card = {"paper_on": warsaw_date(world.at), "actor": world["staff"], "at": world.at, "is_minor": False}
        leader = enter_person(tx, ref, name="Zofia z karty", leads=True, **card)
        for name in ("Jan z karty", "Ewa z karty"):
            enter_person(tx, ref, name=name, leads=False, **card)
    facts = world.facts(ref)
    assert (facts["leader_id"], facts["member_count"]) == (leader, 3)
    assert facts["leader_accepted_at"] is not None
    world.take(ref, "form_group", "staff")
    with world.writing() as tx:
        row = tx.execute(select(RoleGrant.role, RoleGrant.clause_version).where(RoleGrant.person_id == leader)).one()
    assert tuple(row) == ("participant", "1")


def test_nobody_but_the_office_enters_people_from_paper(world: World, ref: Ref) -> None:
    for who in ("leader", "animator", "committee1"):
        with world.writing() as tx, pytest.raises(NotAllowed):
            enter_person(tx, ref, name="Ktoś", leads=False, is_minor=False, paper_on=warsaw_date(world.at),
                         actor=world[who], at=world.at)  # fmt: skip


# --- animator and reviewer -------------------------------------------------------------------------------


def test_office_assigns_an_animator_and_a_reviewer_who_hold_the_role(world: World, ref: Ref) -> None:
    assert refused(world, ref, "assign_animator", "staff", person=world["staff"].id) == "NotReady: not_an_animator"
    assert refused(world, ref, "assign_reviewer", "staff", person=world["animator"].id) == "NotReady: not_staff"
    world.take(ref, "assign_animator", "staff", person=world["animator"].id)
    world.take(ref, "assign_reviewer", "staff", person=world["staff2"].id)
    facts = world.facts(ref)
    assert (facts["animator_id"], facts["reviewer_id"]) == (world["animator"].id, world["staff2"].id)


def test_nobody_verifies_the_project_of_an_own_group(world: World, ref: Ref) -> None:
    world.take(ref, "add_member", "leader", person=world["staff2"].id)
    with pytest.raises(NotReady):
        world.take(ref, "assign_reviewer", "staff", person=world["staff2"].id)
