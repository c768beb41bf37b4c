"""How often a password or a code may be guessed, counted by account and network address together (decision 0026).

Three token buckets hold a try: of the account from this address, of the account from everywhere, and of the address
whatever the account. Each allows so many failures at once and one more each `every`. A try is counted before the
password is looked at, so that many tries at once gain nothing, and given back when it was right. Accounts that do not
exist are counted like those that do.

- One person who mistypes, and one attacker at another address, are held by the first bucket: nobody else notices.
- Distributed guessing, one account from many addresses, is bounded by the second.
- Credential stuffing, many accounts from one address, is bounded by the third, which a hall of people does not reach.
- Who signed in to the account from this address lately is held by the first bucket alone: an attacker who fills the
  other two locks nobody out of a place where they sign in.

The sign-in link by e-mail is never counted and never refused.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, select, text, update

from workflow.accounts.sealing import HasKey, keyed_digest
from workflow.models import SignInAttempt

# So long an address counts as one from which the account is used; a row that nobody touched for so long is deleted.
KNOWN_FOR = timedelta(days=30)


class Purpose(StrEnum):
    """What is guessed."""

    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second-factor"


class Limit(Struct, frozen=True):
    """A token bucket: so many failures at once, then one more each `every`."""

    failures: int
    every: timedelta


class Limits(Struct, frozen=True):
    """The buckets of a purpose."""

    account_and_address: Limit
    account: Limit
    address: Limit


_HALL = Limit(500, timedelta(seconds=10))
LIMITS: Mapping[Purpose, Limits] = {
    Purpose.SIGN_IN: Limits(Limit(5, timedelta(minutes=3)), Limit(30, timedelta(minutes=10)), _HALL),
    # Six digits are guessed sooner, and whoever comes here knew the password.
    Purpose.SECOND_FACTOR: Limits(Limit(5, timedelta(minutes=10)), Limit(10, timedelta(minutes=20)), _HALL),
}
_ADD_ROW = text(
    "INSERT INTO sign_in_attempt (subject_digest, failures, last_at) VALUES (:subject, 0, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=SignInAttempt.last_at.type))


class Try(Struct, frozen=True):
    """One guess: what for, at which account, from which network address, when."""

    purpose: Purpose
    account: str
    address: str
    at: datetime

    def key(self, settings: HasKey, kind: str) -> str:
        """The digest under which a bucket is kept: neither accounts nor addresses can be read from it."""
        client = network_of(self.address)
        counted = {"account": self.account, "address": client}.get(kind, f"{self.account}\n{client}")
        return keyed_digest(settings, counted, purpose=f"{self.purpose}:{kind}")


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 network that one IPv6 customer has to themselves."""
    try:
        given = ip_address(address)
    except ValueError:
        return address
    if isinstance(given, IPv6Address):
        return str(given.ipv4_mapped or IPv6Address(int(given) >> 64 << 64))
    return str(given)


def level_of(limit: Limit, failures: int, last_at: datetime, *, at: datetime) -> tuple[int, datetime]:
    """The failures that still count, and the moment from which the next one is being forgotten."""
    forgotten = max(0, (at - last_at) // limit.every)
    if forgotten >= failures:
        return 0, at
    return failures - forgotten, last_at + forgotten * limit.every


def count_try(tx: Connection, settings: HasKey, attempt: Try) -> datetime | None:
    """Count one try; returns the moment to wait for when it may not be made now, and counts nothing then.

    One transaction: the rows are locked from the look to the write, always in the same order.
    """
    buckets = _buckets(tx, settings, attempt)
    levels = {key: _locked_level(tx, key, limit, at=attempt.at) for key, limit in buckets.items()}
    full = [since + buckets[key].every for key, (level, since) in levels.items() if level >= buckets[key].failures]
    if full:
        return max(full)
    for key, (level, since) in levels.items():
        _write(tx, key, level + 1, since)
    return None


def succeed(tx: Connection, settings: HasKey, attempt: Try) -> None:
    """The guess was right: it is given back, earlier ones from this address are forgotten, and the address is known."""
    buckets = _buckets(tx, settings, attempt)
    own, *shared = buckets
    tx.execute(delete(SignInAttempt).where(SignInAttempt.subject_digest == own))
    for key in shared:
        row = SignInAttempt.subject_digest == key
        given_back = {"failures": SignInAttempt.failures - 1}
        tx.execute(update(SignInAttempt).where(row, SignInAttempt.failures > 0).values(given_back))
    known = attempt.key(settings, "known")
    tx.execute(_ADD_ROW, {"subject": known, "at": attempt.at})
    _write(tx, known, 0, attempt.at)


def forget_old(tx: Connection, *, at: datetime) -> None:
    """Delete what nobody touched for `KNOWN_FOR`."""
    tx.execute(delete(SignInAttempt).where(SignInAttempt.last_at < at - KNOWN_FOR))


def _buckets(tx: Connection, settings: HasKey, attempt: Try) -> dict[str, Limit]:
    """The buckets that hold this try, by their keys; the one of the account from this address comes first."""
    limits = LIMITS[attempt.purpose]
    own = {attempt.key(settings, "account_and_address"): limits.account_and_address}
    mine = SignInAttempt.subject_digest == attempt.key(settings, "known")
    known_at = tx.execute(select(SignInAttempt.last_at).where(mine)).scalar_one_or_none()
    if known_at is not None and attempt.at - known_at < KNOWN_FOR:
        return own
    return own | {
        attempt.key(settings, "account"): limits.account,
        attempt.key(settings, "address"): limits.address,
    }


def _locked_level(tx: Connection, key: str, limit: Limit, *, at: datetime) -> tuple[int, datetime]:
    tx.execute(_ADD_ROW, {"subject": key, "at": at})
    columns = select(SignInAttempt.failures, SignInAttempt.last_at)
    row = tx.execute(columns.where(SignInAttempt.subject_digest == key).with_for_update()).one()
    return level_of(limit, row.failures, row.last_at, at=at)


def _write(tx: Connection, key: str, failures: int, last_at: datetime) -> None:
    row = SignInAttempt.subject_digest == key
    tx.execute(update(SignInAttempt).where(row).values(failures=failures, last_at=last_at))
