"""Registration for a conference: places, the waiting list, one letter, and no place given twice."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, insert, select, update

from tests.workflow.at_once import at_once
from tests.world import World
from workflow.base.errors import NotAllowed
from workflow.base.settings import load_settings
from workflow.models import Conference, OutboxRow, Person, Presence, Registration, RoleGrant
from workflow.participation import registrations
from workflow.participation.letters import Contact, read_token, token_of
from workflow.participation.registrations import Attendee, Entry
from workflow.rules.states import RegistrationSource, RegistrationState
from workflow.rules.topics import Topic

SETTINGS = load_settings()


@pytest.fixture
def conference_id(world: World) -> int:
    """A conference that is open for registration, with two places."""
    edition = world.edition("conferences")
    with world.writing() as tx:
        number = world.summaries[edition].id
        later = {"starts_at": world.now + timedelta(days=3), "state": "open", "capacity": 2}
        tx.execute(update(Conference).where(Conference.id == number).values(later))
    return number


def alone(name: str, email: str = "", **more: object) -> Entry:
    address = email or f"{name.split()[0].lower()}@example.org"
    return Entry((Attendee(name),), RegistrationSource.PAGE, name, address, **more)  # type: ignore[arg-type]


def register(world: World, conference_id: int, entry: Entry) -> tuple[int, ...]:
    return world.database.in_transaction(
        lambda tx: registrations.register(tx, SETTINGS, conference_id, entry, by=None, at=world.now)
    )


def cancel(world: World, number: int) -> None:
    with world.writing() as tx:
        registrations.cancel(tx, SETTINGS, number, by=None, at=world.now)


def cancel_in_own_transaction(world: World, number: int) -> None:
    with world.database.transaction() as tx:
        registrations.cancel(tx, SETTINGS, number, by=None, at=world.now)


def states(world: World) -> list[str]:
    with world.database.reading() as tx:
        return list(tx.execute(select(Registration.state).order_by(Registration.id)).scalars())


def count(world: World, model: type) -> int:
    with world.database.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(model)).scalar_one())


def letters(world: World, topic: Topic) -> int:
    with world.database.reading() as tx:
        return int(tx.execute(select(func.count()).where(OutboxRow.topic == topic)).scalar_one())


def test_places_are_given_in_order_and_the_third_waits(world: World, conference_id: int) -> None:
    for name in ("Anna Zielińska", "Jan Kot", "Ewa Lis"):
        register(world, conference_id, alone(name))
    assert states(world) == ["registered", "registered", "waiting"]
    assert letters(world, Topic.REGISTERED) == 3


def test_a_place_that_is_given_back_goes_to_whoever_waits_longest_with_a_letter(
    world: World, conference_id: int
) -> None:
    numbers = [register(world, conference_id, alone(name))[0] for name in ("A A", "B B", "C C", "D D")]
    cancel(world, numbers[0])
    cancel(world, numbers[0])
    assert states(world) == ["cancelled", "registered", "registered", "waiting"]
    assert letters(world, Topic.MOVED_UP) == 1


def test_a_second_registration_of_one_address_changes_nothing(world: World, conference_id: int) -> None:
    first = register(world, conference_id, alone("Anna Zielińska"))
    people = count(world, Person)
    assert register(world, conference_id, alone("Anna Inna", "ANNA@example.org")) == first
    assert (states(world), count(world, Person)) == (["registered"], people)


def test_a_known_address_keeps_its_name_and_nobody_gets_a_role(world: World, conference_id: int) -> None:
    roles = count(world, RoleGrant)
    known = world["participant"]
    number = register(world, conference_id, alone("Ktoś Inny", "participant@example.org"))[0]
    with world.database.reading() as tx:
        person = tx.execute(select(Registration.person_id).where(Registration.id == number)).scalar_one()
        name = tx.execute(select(Person.name).where(Person.id == person)).scalar_one()
    assert (person, name, count(world, RoleGrant)) == (known.id, known.name, roles)


def test_a_deactivated_address_gets_nothing(world: World, conference_id: int) -> None:
    with world.writing() as tx:
        tx.execute(update(Person).where(Person.id == world["participant"].id).values(active=False))
    assert register(world, conference_id, alone("X Y", "participant@example.org")) == ()
    assert (states(world), letters(world, Topic.REGISTERED)) == ([], 0)


def test_an_organisation_registers_several_people_under_one_address_once(world: World, conference_id: int) -> None:
    people = (Attendee("Zofia Nowak"), Attendee("Jan Kot"), Attendee("Ewa Lis"))
    entry = Entry(people, RegistrationSource.ORGANISATION, "Zofia Nowak", "kgw@example.org", "KGW Lipowianki")
    first = register(world, conference_id, entry)
    assert register(world, conference_id, entry) == first
    assert states(world) == ["registered", "registered", "waiting"]
    with world.database.reading() as tx:
        rows = tx.execute(select(Person.email).join(Registration, Registration.person_id == Person.id)).scalars()
        assert sorted(email or "" for email in rows) == ["", "", "kgw@example.org"]


def test_whoever_is_there_cannot_give_the_place_back(world: World, conference_id: int) -> None:
    number = register(world, conference_id, alone("Anna Zielińska"))[0]
    with world.writing() as tx:
        person = tx.execute(select(Registration.person_id)).scalar_one()
        tx.execute(insert(Presence).values(
            conference_id=conference_id, registration_id=number, person_id=person, arrived_at=world.now,
            channel="name", checked_in_by_id=world["animator"].id))  # fmt: skip
    with pytest.raises(NotAllowed, match="already"):
        cancel(world, number)


@pytest.mark.parametrize(
    "change", [{"state": "planned"}, {"registration_until": timedelta()}, {"starts_at": timedelta()}]
)
def test_nobody_registers_before_or_after_registration(
    world: World, conference_id: int, change: dict[str, object]
) -> None:
    values = {name: world.now if isinstance(value, timedelta) else value for name, value in change.items()}
    with world.writing() as tx:
        tx.execute(update(Conference).where(Conference.id == conference_id).values(values))
    with pytest.raises(NotAllowed, match="not open"):
        register(world, conference_id, alone("Anna Zielińska"))


def test_a_token_of_another_conference_or_person_is_refused(world: World) -> None:
    token = token_of(SETTINGS, Contact(1, 2))
    assert read_token(SETTINGS, token) == Contact(1, 2)
    signature = token.rpartition("-")[2]
    for wrong in (f"1-3-{signature}", f"2-2-{signature}", "1-2-", "1-2", "", "a-b-c", "1-2-" + "ł" * 32):
        assert read_token(SETTINGS, wrong) is None


@pytest.mark.slow
class TestAtOnce:
    """Many at the same moment."""

    def test_ten_at_once_get_two_places(self, world: World, conference_id: int) -> None:
        entries = [alone(f"Osoba{number} Nowak") for number in range(10)]
        at_once([partial(register, world, conference_id, entry) for entry in entries])
        assert sorted(states(world)) == ["registered"] * 2 + ["waiting"] * 8

    def test_places_given_back_at_once_are_filled_each_once(self, world: World, conference_id: int) -> None:
        numbers = [register(world, conference_id, alone(f"Osoba{n} Nowak"))[0] for n in range(6)]
        works: list[Callable[[], None]] = [partial(cancel_in_own_transaction, world, number) for number in numbers[:2]]
        at_once(works)
        assert states(world) == [RegistrationState.CANCELLED] * 2 + ["registered"] * 2 + ["waiting"] * 2
        assert letters(world, Topic.MOVED_UP) == 2
