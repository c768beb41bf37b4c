"""Guessing is counted by account and address together; what is bounded, and who is not locked out by others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select

from workflow.accounts.throttle import (
    KNOWN_FOR,
    LIMITS,
    Limit,
    Purpose,
    Try,
    count_try,
    forget_old,
    level_of,
    network_of,
    succeed,
)
from workflow.db.database import Database
from workflow.models import SignInAttempt

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORDS = LIMITS[Purpose.SIGN_IN]
OWN, ACCOUNT, ADDRESS = PASSWORDS.account_and_address, PASSWORDS.account, PASSWORDS.address
JAN = Try(Purpose.SIGN_IN, "jan@example.org", "192.0.2.1", AT)


@dataclass(frozen=True)
class Key:
    secret_key: str = "k" * 40


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Database]:
    """Arithmetic is the same on both databases; what locks is tried on both."""
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def fail(database: Database, *tries: Try) -> list[datetime | None]:
    """The answers to tries that are all wrong, one after the other."""
    with database.transaction() as tx:
        return [count_try(tx, Key(), attempt) for attempt in tries]


def use_up(database: Database, attempt: Try, limit: Limit) -> None:
    """Fill the bucket that a try has of its own."""
    assert fail(database, *[attempt] * limit.failures) == [None] * limit.failures


def fill(database: Database, attempt: Try, kind: str, limit: Limit) -> None:
    """A bucket that many tries have filled by now."""
    row = {"subject_digest": attempt.key(Key(), kind), "failures": limit.failures, "last_at": attempt.at}
    with database.transaction() as tx:
        tx.execute(insert(SignInAttempt).values(row))


def test_who_mistypes_too_often_waits_a_little_and_no_longer_by_trying_meanwhile(database: Database) -> None:
    use_up(database, JAN, OWN)
    free_at = AT + OWN.every
    assert fail(database, *[JAN] * 20) == [free_at] * 20
    assert fail(database, replace(JAN, at=free_at - SECOND), replace(JAN, at=free_at)) == [free_at, None]


def test_an_attacker_locks_nobody_out_at_another_address(embedded: Database) -> None:
    use_up(embedded, JAN, OWN)
    assert fail(embedded, replace(JAN, address="198.51.100.7")) == [None]


def test_a_hall_behind_one_address_may_mistype(embedded: Database) -> None:
    people = [replace(JAN, account=f"{number}@example.org") for number in range(60)]
    assert fail(embedded, *people, *people) == [None] * 120


def test_trying_many_accounts_from_one_address_is_bounded(embedded: Database) -> None:
    fill(embedded, JAN, "address", ADDRESS)
    free_at = AT + ADDRESS.every
    others = [replace(JAN, account=f"{number}@example.org", at=AT + number * SECOND) for number in range(20)]
    answers = fail(embedded, *others)
    # One more for each ten seconds that have passed.
    assert [number for number, answer in enumerate(answers) if answer is None] == [10]
    assert answers[0] == free_at
    assert fail(embedded, replace(JAN, address="198.51.100.7")) == [None]


def test_trying_one_account_from_many_addresses_is_bounded(embedded: Database) -> None:
    botnet = [replace(JAN, address=f"198.51.100.{number}") for number in range(ACCOUNT.failures + 3)]
    free_at = AT + ACCOUNT.every
    assert fail(embedded, *botnet) == [None] * ACCOUNT.failures + [free_at] * 3
    fresh = replace(JAN, address="203.0.113.9", at=free_at)
    assert fail(embedded, fresh, replace(fresh, address="203.0.113.10")) == [None, free_at + ACCOUNT.every]


@pytest.mark.parametrize(("kind", "limit"), [("account", ACCOUNT), ("address", ADDRESS)])
def test_who_signed_in_from_an_address_lately_is_not_held_there_by_what_others_do(
    embedded: Database, kind: str, limit: Limit
) -> None:
    with embedded.transaction() as tx:
        succeed(tx, Key(), replace(JAN, at=AT - KNOWN_FOR + SECOND))
    fill(embedded, JAN, kind, limit)
    assert fail(embedded, JAN) == [None]
    assert fail(embedded, replace(JAN, at=AT + SECOND)) == [AT + limit.every]


def test_the_right_password_forgets_earlier_tries_from_its_address_and_costs_the_others_nothing(
    embedded: Database,
) -> None:
    for _ in range(10):
        fail(embedded, *[JAN] * (OWN.failures - 1))
        with embedded.transaction() as tx:
            succeed(tx, Key(), JAN)
    elsewhere = [replace(JAN, address=f"198.51.100.{number}") for number in range(ACCOUNT.failures - OWN.failures)]
    assert fail(embedded, *elsewhere) == [None] * len(elsewhere)


def test_passwords_and_codes_are_counted_apart(embedded: Database) -> None:
    use_up(embedded, JAN, OWN)
    assert fail(embedded, replace(JAN, purpose=Purpose.SECOND_FACTOR)) == [None]


def test_many_tries_at_once_gain_nothing(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: fail(database, JAN)[0], range(16)))
    assert answers.count(None) == OWN.failures


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::"),
        ("2001:db8:0:1::2", "2001:db8:0:1::"),
        ("2001:db8:0:2::2", "2001:db8:0:2::"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_the_many_addresses_of_one_customer_are_one(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_clock_that_was_set_back_forgives_and_punishes_nothing() -> None:
    assert level_of(OWN, 3, AT, at=AT - timedelta(days=1)) == (3, AT)


def test_what_is_left_of_a_pause_is_not_lost_when_the_next_try_is_counted() -> None:
    limit = Limit(5, timedelta(minutes=3))
    assert level_of(limit, 5, AT, at=AT + timedelta(minutes=7)) == (3, AT + timedelta(minutes=6))
    assert level_of(limit, 5, AT, at=AT + timedelta(hours=7)) == (0, AT + timedelta(hours=7))


def test_rows_that_nobody_touched_for_a_month_are_deleted(embedded: Database) -> None:
    fail(embedded, JAN, replace(JAN, account="ewa@example.org", at=AT + KNOWN_FOR))
    with embedded.transaction() as tx:
        forget_old(tx, at=AT + KNOWN_FOR + SECOND)
        left = set(tx.execute(select(SignInAttempt.subject_digest)).scalars())
    later = replace(JAN, account="ewa@example.org")
    assert left == {later.key(Key(), kind) for kind in ("account_and_address", "account", "address")}
