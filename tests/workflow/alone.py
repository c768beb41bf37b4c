"""Steps taken alone, on PostgreSQL, and what others change before or between them."""

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.db.database import Database
from workflow.models import RoleGrant
from workflow.people import roles
from workflow.rules.facts import Ref


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
        roles.withdraw_role(tx, world["staff"].id or 0, grant, actor=world["admin"], at=world.now)


def shut_out(world: World, _ref: Ref) -> None:
    with world.database.transaction() as tx:
        roles.deactivate(tx, world["staff"].id or 0, actor=world["admin"], at=world.now)


def suspend(world: World, ref: Ref) -> None:
    world.take(world.edition_of(ref), "suspend", "staff2", reason="Powódź.")
