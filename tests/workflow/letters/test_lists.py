"""The lists of people of a conference to which the office writes: registered, waiting, present, absent."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.world import World
from workflow.base.settings import load_settings
from workflow.letters.lists import people_on
from workflow.models import Conference, Person
from workflow.participation import check_in, registrations
from workflow.participation.registrations import Attendee, Entry
from workflow.rules.facts import Ref
from workflow.rules.letter_batches import RecipientList
from workflow.rules.states import CheckInChannel, RegistrationSource

CAME, STAYED_AWAY, WAITS, GAVE_BACK = "Anna Ma", "Bolesław Nie", "Cecylia Czeka", "Damian Oddał"


@pytest.fixture
def edition(world: World) -> Ref:
    """An edition whose conference has two places: one person came, one did not, one waits, one gave the place back."""
    edition = world.edition("conferences")
    number, settings = world.summaries[edition].id, load_settings()
    with world.database.transaction() as tx:
        values = {"state": "open", "capacity": 2, "starts_at": world.now + timedelta(hours=1)}
        tx.execute(update(Conference).where(Conference.id == number).values(values))
        people = {}
        for name in (GAVE_BACK, CAME, STAYED_AWAY, WAITS):
            entry = Entry((Attendee(name),), RegistrationSource.OFFICE)
            (people[name],) = registrations.register(tx, settings, number, entry, by=None, at=world.now)
            if name == GAVE_BACK:
                registrations.cancel(tx, settings, people[name], by=None, at=world.now)
        check_in.check_in(tx, number, people[CAME], channel=CheckInChannel.NAME, actor=world["staff"], at=world.now)
    return edition


def names_on(world: World, edition: Ref, chosen: RecipientList, conference: int | None = None) -> set[str]:
    with world.database.reading() as tx:
        numbers = people_on(tx, edition.id, chosen, conference=conference)
        return set(tx.execute(select(Person.name).where(Person.id.in_(numbers))).scalars())


def test_each_list_of_a_conference_holds_whom_it_names(world: World, edition: Ref) -> None:
    with world.database.reading() as tx:
        query = select(Conference.number).where(Conference.id == world.summaries[edition].id)
        number = tx.execute(query).scalar_one()
    expected = {
        RecipientList.REGISTERED: {CAME, STAYED_AWAY},
        RecipientList.WAITING: {WAITS},
        RecipientList.PRESENT: {CAME},
        RecipientList.ABSENT: {STAYED_AWAY},
    }
    for chosen, names in expected.items():
        assert names_on(world, edition, chosen, number) == names, chosen
        assert names_on(world, edition, chosen) == names, chosen
        assert names_on(world, edition, chosen, number + 1) == set(), chosen
