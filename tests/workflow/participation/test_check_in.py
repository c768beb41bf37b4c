"""Check-in at a conference: one presence a person, whatever way came first; refusals are clear and logged."""

import logging
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from tests.workflow.at_once import at_once
from tests.world import World
from workflow.base.errors import NotAllowed, NotFound
from workflow.base.settings import load_settings
from workflow.models import Conference, Person, Presence, Registration
from workflow.participation import check_in, passes, registrations
from workflow.participation.check_in import CheckedIn
from workflow.participation.registrations import Attendee, Entry
from workflow.rules.facts import Ref
from workflow.rules.states import CheckInChannel, RegistrationSource

SETTINGS = load_settings()


@pytest.fixture
def conference_id(world: World) -> int:
    edition = world.edition("conferences")
    with world.writing() as tx:
        number = world.summaries[edition].id
        later = {"starts_at": world.now + timedelta(hours=1), "state": "open", "capacity": 2}
        tx.execute(update(Conference).where(Conference.id == number).values(later))
    return number


@pytest.fixture
def numbers(world: World, conference_id: int) -> tuple[int, ...]:
    """Three registrations; the third waits for a place."""
    people = tuple(Attendee(name) for name in ("Anna Lis", "Jan Kot", "Ewa Sowa"))
    entry = Entry(people, RegistrationSource.ORGANISATION, "Anna Lis", "lis@example.org", "KGW")
    with world.writing() as tx:
        return registrations.register(tx, SETTINGS, conference_id, entry, by=None, at=world.now)


def let_in(world: World, conference_id: int, number: int, who: str = "animator") -> CheckedIn:
    return world.database.in_transaction(
        lambda tx: check_in.check_in(
            tx, conference_id, number, channel=CheckInChannel.NAME, actor=world[who], at=world.now
        )
    )


def by_code(world: World, conference_id: int, code: str) -> CheckedIn:
    with world.writing() as tx:
        return check_in.check_in_by_code(tx, conference_id, code, actor=world["animator"], at=world.now)


def code_of(world: World, number: int) -> str:
    with world.database.reading() as tx:
        return tx.execute(select(Registration.code).where(Registration.id == number)).scalar_one()


def count(world: World, model: type) -> int:
    with world.database.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(model)).scalar_one())


def test_whoever_is_let_in_gets_a_pass_and_a_second_scan_says_who_and_when(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    first = by_code(world, conference_id, code_of(world, numbers[0]).lower())
    with world.writing() as tx:
        assert passes.peek(tx, first.token, at=world.now).registration_id == numbers[0]
    second = let_in(world, conference_id, numbers[0], "staff")
    assert (first.is_new, second.is_new, second.token) == (True, False, "")
    assert (second.by, second.arrived_at) == (world["animator"].name, world.now)
    assert count(world, Presence) == 1


def test_whoever_waits_for_a_place_and_stands_at_the_desk_gets_in(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    assert let_in(world, conference_id, numbers[2]).token


def test_a_guessed_code_one_of_another_conference_and_a_cancelled_one_are_refused_and_logged(
    world: World, conference_id: int, numbers: tuple[int, ...], caplog: pytest.LogCaptureFixture
) -> None:
    other = world.summaries[world.edition("conferences", key="inna")].id
    with world.writing() as tx:
        tx.execute(update(Conference).where(Conference.id == other).values(state="open"))
        registrations.cancel(tx, SETTINGS, numbers[1], by=None, at=world.now)
    caplog.set_level(logging.WARNING)
    for wrong in ("ZZZZ2222", "", "x" * 500, "https://example.org/przepustka/1"):
        with pytest.raises(NotFound, match="Nobody has this code"):
            by_code(world, conference_id, wrong)
    with pytest.raises(NotAllowed, match="another conference"):
        by_code(world, other, code_of(world, numbers[0]))
    with pytest.raises(NotAllowed, match="cancelled"):
        by_code(world, conference_id, code_of(world, numbers[1]))
    with pytest.raises(NotFound):
        let_in(world, other, numbers[0])
    assert count(world, Presence) == 0
    for what in ("an unknown code", "a code of another conference", "a cancelled registration"):
        assert what in caplog.text


def test_somebody_not_on_the_list_is_registered_and_let_in_without_an_address_once(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    def walk_in() -> CheckedIn:
        with world.writing() as tx:
            return check_in.walk_in(
                tx, SETTINGS, conference_id, "Roman Kula", "Zakład stolarski", actor=world["animator"], at=world.now
            )

    people = count(world, Person)
    first, second = walk_in(), walk_in()
    assert (first.is_new, second.is_new, count(world, Person)) == (True, False, people + 1)
    assert second.registration_id == first.registration_id


def test_a_check_in_taken_back_ends_the_pass_and_can_be_done_again(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    token = let_in(world, conference_id, numbers[0]).token
    with world.writing() as tx:
        check_in.undo(tx, conference_id, numbers[0], actor=world["animator"], at=world.now)
        with pytest.raises(NotFound):
            passes.peek(tx, token, at=world.now)
    with world.writing() as tx, pytest.raises(NotFound):
        check_in.undo(tx, conference_id, numbers[0], actor=world["animator"], at=world.now)
    assert let_in(world, conference_id, numbers[0]).is_new


def test_nobody_is_checked_in_at_a_conference_that_is_only_planned(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    with world.writing() as tx:
        tx.execute(update(Conference).values(state="planned"))
    with pytest.raises(NotAllowed, match="once registration"):
        let_in(world, conference_id, numbers[0])


@pytest.mark.slow
def test_while_the_edition_is_suspended_nobody_is_let_in_but_whoever_came_before_is_taken_later(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    with world.database.reading() as tx:
        number = tx.execute(select(Conference.edition_id).where(Conference.id == conference_id)).scalar_one()
    let_in(world, conference_id, numbers[1])
    world.at = world.now
    world.take(Ref("edition", number), "suspend", "staff", reason="Powódź.")
    later = world.now + timedelta(hours=2)
    with pytest.raises(NotAllowed, match="suspended"):
        world.database.in_transaction(lambda tx: check_in.check_in(
            tx, conference_id, numbers[0], channel=CheckInChannel.NAME, actor=world["animator"], at=later,
        ))  # fmt: skip
    with pytest.raises(NotAllowed, match="suspended"):
        world.database.in_transaction(lambda tx: check_in.walk_in(
            tx, SETTINGS, conference_id, "Ola Kos", "", actor=world["animator"], at=later
        ))  # fmt: skip
    came = world.now - timedelta(minutes=30)
    person = world.database.in_transaction(lambda tx: check_in.check_in(
        tx, conference_id, numbers[0], channel=CheckInChannel.OFFLINE, actor=world["animator"], at=later,
        arrived_at=came,
    ))  # fmt: skip
    assert (person.is_new, person.arrived_at) == (True, came)
    # What was a mistake is still taken back.
    world.database.in_transaction(
        lambda tx: check_in.undo(tx, conference_id, numbers[1], actor=world["animator"], at=later)
    )
    assert count(world, Presence) == 1


def test_several_phones_at_once_let_a_person_in_once(
    world: World, conference_id: int, numbers: tuple[int, ...]
) -> None:
    answers = at_once([partial(let_in, world, conference_id, numbers[0]) for _phone in range(6)])
    assert sorted(answer.is_new for answer in answers) == [False] * 5 + [True]
    assert count(world, Presence) == 1
