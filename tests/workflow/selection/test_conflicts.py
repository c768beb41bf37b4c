"""Conflicts of interest: found from rows, declared with a reason, cleared by somebody else; and what they do to a vote."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tests.growth import copies
from tests.workflow.selection.bodies import TEXT, Bodies
from tests.workflow.selection.test_meetings import codes
from tests.world import World
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady
from workflow.db.database import Database
from workflow.models import (
    Affiliation,
    Conflict,
    Declaration,
    Edition,
    GroupMember,
    Meeting,
    Organisation,
    Proposal,
    Seat,
)
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Facts, Ref
from workflow.selection.conflict_queries import pending_declarations
from workflow.selection.conflicts import Answered, barred, clear, declare


@pytest.fixture
def bodies(sqlite_url: str) -> Iterator[Bodies]:
    database = Database(sqlite_url)
    yield Bodies(World(database))
    database.close()


@pytest.mark.parametrize("left", [False, True])
def test_whoever_works_or_worked_in_the_group_has_a_conflict(bodies: Bodies, left: bool) -> None:
    assert bodies.bound() == {}
    bodies.works_in_group("committee1", left=left)
    assert list(bodies.bound()) == ["committee1"]


def test_the_group_of_a_proposal_that_was_merged_into_this_one_counts(bodies: Bodies) -> None:
    with bodies.world.database.transaction() as tx:
        copies(tx, bodies.project, 1)
        number = tx.execute(select(Proposal.id).where(Proposal.id != bodies.project.id)).scalar_one()
        tx.execute(update(Proposal).where(Proposal.id == number).values(state="merged"))
    other = Ref("proposal", number)
    bodies.works_in_group("committee1", left=True, project=other)
    assert bodies.bound() == {}
    bodies.write(update(Proposal).where(Proposal.id == other.id).values(merged_into_id=bodies.project.id))
    assert list(bodies.bound()) == ["committee1"]


def test_whoever_shares_an_organisation_with_the_group_has_a_conflict(bodies: Bodies) -> None:
    bodies.belongs_to("member", "Cech Rzemiosł")
    with bodies.world.database.transaction() as tx:
        values = {"name": "CECH  RZEMIOSŁ", "search": "cech rzemiosl", "created_at": bodies.world.now}
        number = tx.execute(insert(Organisation).values(**values).returning(Organisation.id)).scalar_one()
        tx.execute(insert(Affiliation).values(person_id=bodies.world["committee2"].id, organisation_id=number))
    assert "CECH  RZEMIOSŁ" in bodies.bound()["committee2"]
    bodies.write(update(Affiliation).values(to_on=bodies.world.now.date()))
    assert bodies.bound() == {}


@pytest.mark.parametrize(
    "partners",
    ["Gmina: sala. Stowarzyszenie „Razem”: opiekunowie.", [{"partner": "Stowarzyszenie RAZEM", "promise": "sala"}]],
)
def test_whose_organisation_the_sheet_names_as_a_partner_has_a_conflict(bodies: Bodies, partners: Any) -> None:
    bodies.belongs_to("chair", "Stowarzyszenie Razem")
    bodies.belongs_to("committee1", "Stowarzyszenie Raz")
    bodies.promise(partners)
    assert list(bodies.bound()) == ["chair"]


def test_whoever_represents_a_commune_of_the_project_has_a_conflict(bodies: Bodies) -> None:
    bodies.write(update(Edition).values(communes=["Gąbin", "Łąck", "Nowy Gąbin"]))
    bodies.belongs_to("chair", "Urząd Gminy Gąbin")
    bodies.belongs_to("committee1", "Gmina Łąck")
    bodies.belongs_to("committee2", "Klub Sportowy Gąbin")
    bodies.promise("")
    assert list(bodies.bound()) == ["chair"]
    assert "Gąbin" in bodies.bound()["chair"]


def test_the_organisation_of_a_seat_binds_the_holder_and_every_substitute(bodies: Bodies) -> None:
    with bodies.world.database.transaction() as tx:
        values = {"name": "Bank Spółdzielczy", "search": "bank spoldzielczy", "created_at": bodies.world.now}
        number = tx.execute(insert(Organisation).values(**values).returning(Organisation.id)).scalar_one()
        tx.execute(update(Seat).where(Seat.id == bodies.seats["committee1"]).values(organisation_id=number))
    bodies.substitute("committee1", "participant")
    bodies.promise("Bank Spółdzielczy: 10 000 zł")
    assert set(bodies.bound()) == {"committee1", "participant"}
    with bodies.world.database.reading() as tx:
        assert barred(tx, bodies.edition.id, bodies.world["participant"].id or 0) == {bodies.project.id}
        assert barred(tx, bodies.edition.id, bodies.world["chair"].id or 0) == frozenset()


def test_a_member_who_declares_a_conflict_gives_a_reason(bodies: Bodies) -> None:
    with pytest.raises(BadInput) as refusal:
        bodies.declare("committee1", "conflicted", "  ")
    assert list(refusal.value.fields) == [f"reason-{bodies.project.id}"]
    assert bodies.read(select(Declaration.id)) == []
    bodies.declare("committee1", "conflicted", "Lider jest moim bratem.")
    assert bodies.bound() == {"committee1": "Lider jest moim bratem."}
    assert bodies.read(select(Declaration.text_version, Declaration.text_digest)) == [(TEXT.version, TEXT.digest)]


def test_a_conflict_that_was_found_is_confirmed_without_typing_it_again(bodies: Bodies) -> None:
    bodies.works_in_group("committee1")
    bodies.declare("committee1", "conflicted")
    (row,) = bodies.read(select(Conflict.source, Conflict.reason))
    assert row == ("declared", "Pracuje w grupie projektu.")
    assert not bodies.is_due("committee1")


def test_declaring_to_be_impartial_clears_nothing(bodies: Bodies) -> None:
    bodies.works_in_group("committee1")
    bodies.declare("committee1")
    assert list(bodies.bound()) == ["committee1"]
    bodies.declare("committee2", "conflicted", "Sąsiad.")
    bodies.declare("committee2", "impartial")
    assert set(bodies.bound()) == {"committee1", "committee2"}


def test_the_same_answer_twice_writes_nothing_and_another_keeps_the_one_before(bodies: Bodies) -> None:
    assert bodies.declare("committee1") == 1
    assert bodies.declare("committee1") == 0
    assert bodies.declare("committee1", "conflicted", "Sąsiad.") == 1
    assert bodies.declare("committee1", "conflicted", "Sąsiad.") == 0
    assert bodies.declare("committee1", "conflicted", "Szwagier.") == 1
    rows = bodies.read(select(Declaration.answer, Declaration.revoked_at.is_(None)).order_by(Declaration.id))
    assert rows == [("impartial", False), ("conflicted", False), ("conflicted", True)]
    said = bodies.read(select(Conflict.reason, Conflict.revoked_at.is_(None)).order_by(Conflict.id))
    assert said == [("Sąsiad.", False), ("Szwagier.", True)]


def test_a_project_of_another_edition_is_not_declared_about(bodies: Bodies) -> None:
    with bodies.world.database.transaction() as tx, pytest.raises(NotFound):
        declare(tx, bodies.edition.id + 1, {bodies.project.id: Answered(Answer.IMPARTIAL)}, TEXT,
                actor=bodies.world["chair"], at=bodies.world.now)  # fmt: skip


def test_a_declaration_is_asked_for_again_when_somebody_comes_and_not_when_somebody_leaves(bodies: Bodies) -> None:
    assert bodies.is_due("committee1")
    bodies.declare("committee1")
    assert not bodies.is_due("committee1")
    here = GroupMember.proposal_id == bodies.project.id, GroupMember.person_id == bodies.world["member2"].id
    bodies.write(update(GroupMember).where(*here).values(left_at=bodies.world.now))
    assert not bodies.is_due("committee1")
    bodies.works_in_group("participant")
    assert bodies.is_due("committee1")
    bodies.declare("committee1")
    assert not bodies.is_due("committee1")
    bodies.promise("Gmina: lokal. Nowy partner: autobus.")
    assert bodies.is_due("committee1")


def test_my_work_knows_how_many_declarations_are_due_and_until_when(bodies: Bodies) -> None:
    starts = bodies.world.now + timedelta(days=2)
    bodies.write(update(Meeting).values(starts_at=starts))
    with bodies.world.database.reading() as tx:
        (pending,) = pending_declarations(tx, bodies.world["committee1"].id or 0, at=bodies.world.now)
        assert pending_declarations(tx, bodies.world["leader"].id or 0, at=bodies.world.now) == ()
    assert (pending.count, pending.until) == (1, starts)
    bodies.declare("committee1")
    with bodies.world.database.reading() as tx:
        assert pending_declarations(tx, bodies.world["committee1"].id or 0, at=bodies.world.now) == ()


@pytest.mark.parametrize("who", ["leader", "member", "participant", "chair", "staff"])
def test_a_declaration_writes_no_row_of_the_proposal_or_of_the_edition(bodies: Bodies, who: str) -> None:
    def rows() -> list[Facts]:
        return [replace(bodies.world.facts(ref, who), totals=None) for ref in (bodies.project, bodies.edition)]

    before = rows()
    bodies.declare("committee1", "conflicted", "Sąsiad lidera.")
    bodies.clear("committee1", "chair")
    assert rows() == before


def test_the_chair_clears_the_conflict_of_a_member_for_what_it_was_found_from(bodies: Bodies) -> None:
    bodies.works_in_group("committee1", left=True)
    bodies.clear("committee1", "chair", reason="Odszedł przed rokiem.")
    assert bodies.bound() == {}
    bodies.write(update(GroupMember).where(GroupMember.person_id == bodies.world["committee1"].id).values(left_at=None))
    assert list(bodies.bound()) == ["committee1"], "who comes back to the group is bound again"
    bodies.promise("Kowal: podkowy")
    bodies.belongs_to("committee1", "Kowal")
    bodies.clear("committee1", "chair")
    assert bodies.bound() == {}
    bodies.declare("committee1", "conflicted", "Jednak tak.")
    assert bodies.bound() == {"committee1": "Jednak tak."}


def test_nobody_clears_an_own_conflict_whatever_the_role_or_the_second_seat(bodies: Bodies) -> None:
    """Hostile case 16: conflict cleared by oneself."""
    bodies.works_in_group("committee1")
    for function in ("member", "deputy", "chair"):
        bodies.seat_of("committee1", function=function)
        with pytest.raises(NotAllowed):
            bodies.clear("committee1", "committee1", "committee_chair", "staff", "secretary")
    values = {"edition_id": bodies.edition.id, "person_id": bodies.world["chair"].id, "proposal_id": bodies.project.id,
              "source": "group", "state": "cleared", "reason": "Sam.", "decided_by_id": bodies.world["chair"].id,
              "at": bodies.world.now}  # fmt: skip
    with pytest.raises(IntegrityError):
        bodies.write(insert(Conflict).values(**values))


def test_the_substitute_of_a_member_does_not_clear_the_conflict_of_the_same_seat(bodies: Bodies) -> None:
    """Hostile case 16, through a substitute."""
    bodies.works_in_group("chair")
    bodies.substitute("chair", "participant")
    with pytest.raises(NotAllowed):
        bodies.clear("chair", "participant", "committee_chair")
    bodies.works_in_group("participant")
    with pytest.raises(NotAllowed):
        bodies.clear("participant", "chair", "committee_chair")


def test_a_deputy_or_the_office_clears_the_conflict_of_the_chair(bodies: Bodies) -> None:
    """Hostile case 14: the chair is conflicted."""
    bodies.works_in_group("chair")
    with pytest.raises(NotAllowed):
        bodies.clear("chair", "committee1", "committee_member")
    bodies.seat_of("committee1", function="deputy")
    bodies.clear("chair", "committee1", "committee_member")
    assert bodies.bound() == {}
    bodies.declare("chair", "conflicted", "Jednak.")
    bodies.clear("chair", "staff", "staff")
    assert bodies.bound() == {}


def test_whoever_is_conflicted_about_the_project_clears_nobody_elses_conflict(bodies: Bodies) -> None:
    """Hostile case 14: a deputy acts where the chair has a conflict about the same project, unless conflicted too."""
    bodies.works_in_group("committee1")
    bodies.works_in_group("chair")
    bodies.seat_of("committee2", function="deputy")
    with pytest.raises(NotAllowed):
        bodies.clear("committee1", "chair", "committee_chair")
    bodies.clear("committee1", "committee2", "committee_member")
    assert list(bodies.bound()) == ["chair"]
    bodies.declare("committee2", "conflicted", "Sąsiad.")
    with pytest.raises(NotAllowed):
        bodies.clear("chair", "committee2", "committee_member")


@pytest.mark.parametrize(("who", "roles"), [("committee2", ("committee_member",)), ("secretary", ("secretary",)),
                                            ("staff", ("staff",)), ("leader", ()), ("appeal_body", ("appeal_body",))])  # fmt: skip
def test_others_do_not_clear_the_conflict_of_a_member(bodies: Bodies, who: str, roles: tuple[str, ...]) -> None:
    bodies.works_in_group("committee1")
    with pytest.raises(NotAllowed):
        bodies.clear("committee1", who, *roles)
    assert list(bodies.bound()) == ["committee1"]


def test_a_conflict_is_cleared_with_a_reason_and_as_it_was_shown(bodies: Bodies) -> None:
    bodies.works_in_group("committee1")
    with pytest.raises(BadInput):
        bodies.clear("committee1", "chair", reason=" ")
    with bodies.world.database.transaction() as tx, pytest.raises(NotReady) as refusal:
        clear(tx, bodies.edition.id, bodies.world["committee1"].id or 0, bodies.project.id, "Bez znaczenia.",
              seen="0" * 16, roles=frozenset(), actor=bodies.world["chair"], at=bodies.world.now)  # fmt: skip
    assert codes(refusal.value) == {"conflicts_changed"}
    assert list(bodies.bound()) == ["committee1"]
