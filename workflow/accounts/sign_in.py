"""Signing in with a password, changing it, and what both say when they refuse."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, select, update

from workflow.accounts import passwords, sessions, throttle
from workflow.accounts.sealing import HasKey
from workflow.accounts.throttle import Purpose, Try
from workflow.base.addresses import folded_address
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _
from workflow.db.database import Database
from workflow.models import Person


class WrongPassword(Refusal):
    """The address or the password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_("The address or the password is wrong. Check both, or ask for a sign-in link by e-mail."))
        self.status, self.code = 422, "wrong_password"


class TooManyTries(Refusal):
    """Somebody is guessing: nobody may try this account from here before `until`, which is said to the minute."""

    def __init__(self, until: datetime, *, code: bool = False) -> None:
        shown = until + timedelta(minutes=1)
        passwords = _("Too many wrong passwords. Try again after {until}, or ask for a sign-in link.", until=shown)
        super().__init__(_("Too many wrong codes. Try again after {until}.", until=shown) if code else passwords)
        self.until = until
        self.status, self.code = 429, "too_many_tries"


class Account(Struct, frozen=True):
    """What signing in has to know of a person."""

    id: int
    name: str
    email: str | None
    password_hash: str | None
    active: bool


def find_account(tx: Connection, email: str) -> Account | None:
    """The account with this address."""
    columns = (Person.id, Person.name, Person.email, Person.password_hash, Person.active)
    row = tx.execute(select(*columns).where(Person.email == folded_address(email))).one_or_none()
    return Account(*row) if row else None


def sign_in(
    database: Database, settings: HasKey, *, email: str, password: str, address: str, at: datetime, browser: str = ""
) -> str:
    """Check e-mail and password and open a session; returns its token. `address` is the client's network address.

    The try is counted first, the password compared outside any transaction (it takes tens of milliseconds), and
    the session opened last. An unknown or deactivated account takes the same path and time as a wrong password.
    Raises TooManyTries or WrongPassword.
    """
    attempt = Try(Purpose.SIGN_IN, folded_address(email), address, at)
    with database.transaction() as tx:
        wait_until = throttle.count_try(tx, settings, attempt)
        account = find_account(tx, email)
    if wait_until:
        raise TooManyTries(wait_until)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right or not account.active:
        raise WrongPassword
    fresh = passwords.hash_password(password) if passwords.needs_rehash(account.password_hash or "") else None
    with database.transaction() as tx:
        throttle.succeed(tx, settings, attempt)
        if fresh:
            tx.execute(update(Person).where(Person.id == account.id).values(password_hash=fresh))
        return sessions.open_session(tx, account.id, at=at, browser=browser)


def change_password(
    database: Database, person_id: int, *, old: str, new: str, at: datetime, keep: str | None = None
) -> None:
    """Set a new password and end all other sessions. Who has none yet (invited by a link) gives no old one.

    Raises BadInput naming the field.
    """
    with database.reading() as tx:
        row = tx.execute(select(Person.password_hash, Person.name, Person.email).where(Person.id == person_id)).one()
    if row.password_hash and not passwords.matches(row.password_hash, old):
        raise BadInput({"old": _("This is not your present password.")})
    if refused := passwords.objection(new, about=(row.name, row.email or "")):
        raise BadInput({"new": refused})
    fresh = passwords.hash_password(new)
    with database.transaction() as tx:
        set_password(tx, person_id, fresh, at=at, keep=keep)


def set_password(tx: Connection, person_id: int, hashed: str, *, at: datetime, keep: str | None = None) -> None:
    """Write a hash and end all sessions but the one kept."""
    tx.execute(update(Person).where(Person.id == person_id).values(password_hash=hashed))
    sessions.revoke_all(tx, person_id, at=at, keep=keep)
