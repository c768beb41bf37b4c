"""A small programme and a courier on it, on each of the two databases."""

import pytest

from tasks.deliver import Courier
from tasks.mail import MemoryPost
from tests.tasks.programme import Clock, Programme, settings_for
from workflow.db.database import Database


@pytest.fixture
def programme(database: Database) -> Programme:
    return Programme(database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post() -> MemoryPost:
    return MemoryPost()


@pytest.fixture
def courier(database: Database, post: MemoryPost, clock: Clock) -> Courier:
    return Courier(database, settings_for(database), post, clock)
