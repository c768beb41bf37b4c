"""A small programme and a sender on it, on each of the two databases."""

import pytest

from tasks.deliver import Sender
from tasks.mail import MemoryTransport
from tests.tasks.programme import MORNING, Clock, Programme, settings_for
from tests.world import World
from workflow.db.database import Database


@pytest.fixture
def programme(database: Database) -> Programme:
    return Programme(database)


@pytest.fixture
def world(database: Database) -> World:
    """People who have done nothing yet, in the morning at which `clock` begins."""
    return World(database, now=MORNING)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def sender(database: Database, transport: MemoryTransport, clock: Clock) -> Sender:
    return Sender(database, settings_for(database), transport, clock)
