"""Steps taken alone, on PostgreSQL, and what others change before or between them."""

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.actions import people
from workflow.database import Database
from workflow.facts import Ref
from workflow.models import RoleGrant


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Only there is a step taken alone."""
    return postgres_url


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def withdraw(world: World, ref: Ref) -> None:
    mine = (RoleGrant.person_id == world["staff"].id, RoleGrant.edition_id == world.edition_of(ref).id)
    with world.database.transaction() as tx:
        grant = tx.execute(select(RoleGrant.id).where(*mine)).scalar_one()
        people.withdraw_role(tx, world["staff"].id or 0, grant, actor=world["admin"], at=world.now)


def shut_out(world: World, _ref: Ref) -> None:
    with world.database.transaction() as tx:
        people.deactivate(tx, world["staff"].id or 0, actor=world["admin"], at=world.now)


def suspend(world: World, ref: Ref) -> None:
    world.take(world.edition_of(ref), "suspend", "staff2", reason="Powódź.")
