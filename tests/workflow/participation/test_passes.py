"""Passes of a conference: one valid pass a registration, bound to one browser, worth nothing when revoked or old."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from tests.world import World
from workflow.base.errors import NotAllowed, NotFound
from workflow.models import Organisation, Registration
from workflow.participation import passes
from workflow.rules.states import RegistrationState


@pytest.fixture
def registration_id(world: World) -> int:
    edition = world.edition("conferences")
    with world.writing() as tx:
        organisation = {"name": "Gmina Łąck", "search": "gmina lack", "sector": "gmina", "created_at": world.now}
        organisation_id = tx.execute(insert(Organisation).values(organisation).returning(Organisation.id)).scalar_one()
        row = {
            "conference_id": world.summaries[edition].id, "person_id": world["participant"].id,
            "organisation_id": organisation_id, "state": "registered", "source": "page", "code": "ABCD2345",
            "registered_at": world.now,
        }  # fmt: skip
        return tx.execute(insert(Registration).values(row).returning(Registration.id)).scalar_one()


def issue(world: World, registration_id: int) -> str:
    with world.writing() as tx:
        return passes.issue(tx, registration_id, actor=world["animator"], at=world.now)


def find(world: World, token: str, browser: str, **later: int) -> passes.PassHolder:
    with world.writing() as tx:
        return passes.find(tx, token, browser=browser, at=world.now + timedelta(**later))


def test_a_pass_says_whose_it_is_and_for_whom_the_person_comes(world: World, registration_id: int) -> None:
    holder = find(world, issue(world, registration_id), "phone")
    assert (holder.registration_id, holder.person_id) == (registration_id, world["participant"].id)
    assert (holder.name, holder.sector) == (world["participant"].name, "gmina")


def test_a_pass_works_in_the_browser_that_used_it_first_and_in_no_other(world: World, registration_id: int) -> None:
    """Hostile case 9: a pass in two browsers."""
    token = issue(world, registration_id)
    assert find(world, token, "phone") == find(world, token, "phone")
    with pytest.raises(NotAllowed, match="desk"):
        find(world, token, "another phone")


def test_looking_at_a_pass_binds_it_to_nobody(world: World, registration_id: int) -> None:
    token = issue(world, registration_id)
    with world.writing() as tx:
        passes.peek(tx, token, at=world.now)
    assert find(world, token, "phone").registration_id == registration_id


def test_a_new_pass_ends_the_one_before(world: World, registration_id: int) -> None:
    """Hostile case 9: a revoked pass."""
    first, second = issue(world, registration_id), issue(world, registration_id)
    with pytest.raises(NotFound):
        find(world, first, "phone")
    assert find(world, second, "another phone").registration_id == registration_id


def test_an_unknown_pass_and_one_of_the_day_before_yesterday_are_not_found(world: World, registration_id: int) -> None:
    token = issue(world, registration_id)
    for wrong, later in (("x" * 43, 0), ("", 0), (token, 36)):
        with pytest.raises(NotFound):
            find(world, wrong, "phone", hours=later)
    assert find(world, token, "phone", hours=35).registration_id == registration_id


def test_whoever_has_no_place_gets_no_pass(world: World, registration_id: int) -> None:
    for state in (RegistrationState.WAITING, RegistrationState.CANCELLED):
        with world.writing() as tx:
            tx.execute(update(Registration).values(state=state))
        with pytest.raises(NotAllowed, match="no place"):
            issue(world, registration_id)
    with pytest.raises(NotFound):
        issue(world, registration_id + 1)
