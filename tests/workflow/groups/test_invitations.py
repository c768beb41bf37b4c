"""Invitations: one use, one purpose, one address, two weeks; only a digest of the token is kept."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.workflow.at_once import at_once
from tests.world import World
from workflow.accounts import links, open_secret
from workflow.base.errors import BadInput, NoSuchStep, NotAllowed, NotFound, NotReady, Refusal
from workflow.base.settings import load_settings
from workflow.db.database import Database
from workflow.groups import invitations
from workflow.groups.invitations import InvitationOver, Newcomer
from workflow.models import GroupInvitation, GroupMember, HistoryEntry, OutboxRow, Person, RoleGrant
from workflow.people import roles
from workflow.rules.facts import Ref

SETTINGS = load_settings()
NEW = "nowa@example.org"


def invite(world: World, ref: Ref, email: str = NEW, who: str = "leader", place: str = "comment") -> int:
    with world.writing() as tx:
        return invitations.invite(tx, SETTINGS, ref, email=email, place=place, actor=world[who], at=world.at)


def token_of(world: World, number: int) -> str:
    """The token in the latest letter of an invitation."""
    o = OutboxRow
    query = select(o.payload).where(o.subject_kind == "invitation", o.subject_id == number).order_by(o.id.desc())
    with world.writing() as tx:
        return open_secret(SETTINGS, tx.execute(query).scalars().first()["box"])  # type: ignore[index]


def accept(world: World, number: int, who: str, *, at: datetime | None = None, clause: str = "1") -> Any:
    with world.writing() as tx:
        return invitations.accept(tx, number, actor=world[who], clause_version=clause, at=at or world.at)


def accept_new(world: World, token: str, *, at: datetime | None = None, **more: Any) -> int:
    with world.writing() as tx:
        newcomer = Newcomer(more.get("name", "Nowa Osoba"), is_minor=more.get("is_minor", False))
        number, _moved = invitations.accept_as_new(tx, token, newcomer=newcomer, clause_version="1", at=at or world.at)
    return number


def place_of(world: World, ref: Ref, person: int | None) -> str | None:
    m = GroupMember
    query = select(m.role).where(m.proposal_id == ref.id, m.person_id == person, m.left_at.is_(None))
    with world.writing() as tx:
        return tx.execute(query).scalar_one_or_none()


def test_invited_member_of_the_edition_joins_with_the_place_offered(world: World, ref: Ref) -> None:
    number = invite(world, ref, "participant@example.org")
    moved = accept(world, number, "participant")
    assert (moved.step, place_of(world, ref, world["participant"].id)) == ("join_group", "comment")
    with world.writing() as tx:
        query = select(HistoryEntry.actor_id, HistoryEntry.role).where(HistoryEntry.id == moved.history_id)
        entry = tx.execute(query).one()
    assert tuple(entry) == (world["participant"].id, "invited")


def test_somebody_without_an_account_gets_one_for_the_invited_address(world: World, ref: Ref) -> None:
    person = accept_new(world, token_of(world, invite(world, ref)))
    with world.writing() as tx:
        row = tx.execute(select(Person.email, Person.name, Person.is_minor).where(Person.id == person)).one()
        g = RoleGrant
        grant = tx.execute(select(g.role, g.clause_version, g.clause_shown_at, g.granted_by_id)
                           .where(g.person_id == person)).one()  # fmt: skip
    assert tuple(row) == (NEW, "Nowa Osoba", False)
    assert tuple(grant) == ("participant", "1", world.at, world["leader"].id)
    assert place_of(world, ref, person) == "comment"


def test_minor_is_known_as_one(world: World, ref: Ref) -> None:
    person = accept_new(world, token_of(world, invite(world, ref)), is_minor=True)
    with world.writing() as tx:
        assert tx.execute(select(Person.is_minor).where(Person.id == person)).scalar_one()


def test_no_token_is_kept(world: World, ref: Ref) -> None:
    token = token_of(world, invite(world, ref))
    with world.writing() as tx:
        kept = [str(row) for table in ("group_invitation", "outbox", "history_content", "person")
                for row in tx.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip
    assert not [row for row in kept if token in row]


def test_link_works_once(world: World, ref: Ref) -> None:
    number = invite(world, ref)
    token = token_of(world, number)
    accept_new(world, token)
    with pytest.raises(InvitationOver):
        accept_new(world, token)


def test_link_works_for_two_weeks(world: World, ref: Ref) -> None:
    number = invite(world, ref, "participant@example.org")
    token = token_of(world, invite(world, ref))
    late = world.at + timedelta(days=14)
    with pytest.raises(InvitationOver):
        accept_new(world, token, at=late)
    with pytest.raises(InvitationOver):
        accept(world, number, "participant", at=late)
    accept(world, number, "participant", at=late - timedelta(seconds=1))


@pytest.mark.parametrize("who", ["leader2", "staff", "visitor", "admin"])
def test_invitation_is_for_its_address_alone(world: World, ref: Ref, who: str) -> None:
    number = invite(world, ref, "participant@example.org")
    with pytest.raises(InvitationOver):
        accept(world, number, who)
    accept(world, number, "participant")


def test_address_with_an_account_makes_no_second_one(world: World, ref: Ref) -> None:
    token = token_of(world, invite(world, ref, "participant@example.org"))
    with pytest.raises(BadInput):
        accept_new(world, token)
    assert place_of(world, ref, world["participant"].id) is None


def test_token_of_one_purpose_is_good_for_no_other(world: World, ref: Ref) -> None:
    token = token_of(world, invite(world, ref, "participant@example.org"))
    with world.writing() as tx:
        assert links.use_link(tx, token, at=world.at) is None
        sign_in = links.make_link(tx, world["participant"].id or 0, purpose=links.Purpose.SIGN_IN, at=world.at)
    with pytest.raises(InvitationOver):
        accept_new(world, sign_in)


def test_closed_account_cannot_accept(world: World, ref: Ref) -> None:
    number = invite(world, ref, "participant@example.org")
    with world.writing() as tx:
        roles.deactivate(tx, world["participant"].id or 0, actor=world["admin"], at=world.at)
    with pytest.raises(Refusal):
        accept(world, number, "participant")


def test_withdrawn_and_declined_invitations_are_dead(world: World, ref: Ref) -> None:
    first, second = invite(world, ref), invite(world, ref, "participant@example.org")
    token = token_of(world, first)
    with world.writing() as tx:
        invitations.withdraw(tx, ref, first, actor=world["leader"], at=world.at)
        invitations.decline(tx, second, person_id=world["participant"].id, at=world.at)
    with pytest.raises(InvitationOver):
        accept_new(world, token)
    with pytest.raises(InvitationOver):
        accept(world, second, "participant")


def test_only_the_invited_person_or_the_link_declines(world: World, ref: Ref) -> None:
    number = invite(world, ref, "participant@example.org")
    for wrong in ({"person_id": world["leader2"].id}, {"token": "zgadywany"}):
        with world.writing() as tx, pytest.raises(InvitationOver):
            invitations.decline(tx, number, at=world.at, **wrong)  # type: ignore[arg-type]
    token = token_of(world, number)
    with world.writing() as tx:
        invitations.decline(tx, number, token=token, at=world.at)


def test_sending_again_gives_a_new_link_and_a_new_term(world: World, ref: Ref) -> None:
    number = invite(world, ref)
    old = token_of(world, number)
    with world.writing() as tx, pytest.raises(NotReady):
        invitations.send_again(tx, SETTINGS, ref, number, actor=world["leader"], at=world.at)
    world.wait(10)
    with world.writing() as tx:
        invitations.send_again(tx, SETTINGS, ref, number, actor=world["leader"], at=world.at)
    new = token_of(world, number)
    with pytest.raises(InvitationOver):
        accept_new(world, old)
    accept_new(world, new, at=world.at + timedelta(days=13))


def test_whoever_may_not_invite_any_more_lets_nobody_in(world: World, ref: Ref) -> None:
    world.take(ref, "name_deputy", "leader", person=world["member"].id)
    number = invite(world, ref, "participant@example.org", who="member")
    world.take(ref, "end_deputy", "leader")
    with pytest.raises(InvitationOver):
        accept(world, number, "participant")


@pytest.mark.parametrize("who", ["member", "participant", "committee1", "partner"])
def test_others_do_not_invite(world: World, ref: Ref, who: str) -> None:
    with pytest.raises(NotAllowed):
        invite(world, ref, who=who)


def test_strangers_learn_nothing_of_the_group(world: World, ref: Ref) -> None:
    with pytest.raises(NotFound):
        invite(world, ref, who="visitor")


@pytest.mark.parametrize("email", ["", "bez-malpy", "a b@example.org", "x" * 250 + "@example.org", "a@b\n.pl"])
def test_address_has_to_look_like_one(world: World, ref: Ref, email: str) -> None:
    with pytest.raises(BadInput):
        invite(world, ref, email)


def test_nobody_is_invited_twice_or_into_an_own_group(world: World, ref: Ref) -> None:
    invite(world, ref, "Nowa@Example.org")
    for email in (NEW, "member@example.org"):
        with pytest.raises(BadInput):
            invite(world, ref, email)


def test_address_can_be_invited_anew_after_the_term(world: World, ref: Ref) -> None:
    first = invite(world, ref)
    world.wait(15)
    assert invite(world, ref) != first


def test_group_does_not_grow_after_it_was_handed_in(world: World) -> None:
    ref = world.proposal_in("group_work")
    number = invite(world, ref, "participant@example.org")
    world.submit(ref)
    with pytest.raises(NoSuchStep):
        accept(world, number, "participant")
    with pytest.raises(NoSuchStep):
        invite(world, ref)


def test_clause_that_changed_has_to_be_read_again(world: World, ref: Ref) -> None:
    number = invite(world, ref, "participant@example.org")
    with pytest.raises(BadInput):
        accept(world, number, "participant", clause="0")


def test_accepted_invitation_is_no_way_back_in(world: World, ref: Ref) -> None:
    accept(world, invite(world, ref, "participant@example.org"), "participant")
    world.take(ref, "leave_group", "participant")
    with pytest.raises(NotAllowed):
        world.take(ref, "join_group", "participant", person=world["participant"].id)


def test_addresses_are_forgotten_a_month_after_the_end(world: World, ref: Ref) -> None:
    number = invite(world, ref)
    with world.writing() as tx:
        assert invitations.forget_addresses(tx, at=world.at + timedelta(days=43)) == 0
        assert invitations.forget_addresses(tx, at=world.at + timedelta(days=44)) == 1
        assert tx.execute(select(GroupInvitation.email).where(GroupInvitation.id == number)).scalar_one() == ""


@pytest.mark.slow
def test_of_many_who_press_one_link_at_once_one_gets_an_account(postgres_url: str) -> None:
    database = Database(postgres_url)
    world = World(database)
    ref = world.proposal_in("group_work")
    token = token_of(world, invite(world, ref))

    def press(number: int) -> Any:
        newcomer = Newcomer(f"Osoba {number}")
        return database.in_transaction(
            lambda tx: invitations.accept_as_new(tx, token, newcomer=newcomer, clause_version="1", at=world.at)
        )

    told = at_once([partial(press, number) for number in range(6)])
    assert [isinstance(one, Refusal) for one in told].count(False) == 1
    assert world.facts(ref)["member_count"] == 4
    database.close()
