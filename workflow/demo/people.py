"""The people of the demo: their accounts, their roles in an edition, the clause that was shown to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.accounts.passwords import hash_password, matches
from workflow.db.database import Database
from workflow.demo.editions import DOMAIN
from workflow.models import Person, RoleGrant
from workflow.rules.facts import Actor
from workflow.rules.roles import JUDGES

# The password that everybody knows; it must not outlive one that is set.
KNOWN_PASSWORD = "demo"  # noqa: S105
Member = Mapping[str, Any]


class Cast(Struct, frozen=True):
    """Everybody of the demo, by the part of the address before the @."""

    members: Sequence[Member]
    actors: Mapping[str, Actor]

    def grant(self, tx: Connection, edition_id: int, *, roles: str, clause: str, at: datetime) -> None:
        """Give everybody their roles in an edition; `roles` names the list to read, of now or of the past."""
        rows = [
            {
                "person_id": self.actors[member["account"]].id, "edition_id": edition_id, "role": role,
                "granted_at": at,
                "sector": member.get("sector", "") if role in JUDGES else "",
                "granted_by_id": self.actors["admin"].id,
                "clause_version": clause, "clause_shown_at": at if clause else None,
            }
            for member in self.members for role in member.get(roles, ())
        ]  # fmt: skip
        tx.execute(insert(RoleGrant), rows)


def add_people(database: Database, members: Sequence[Member], *, password: str, at: datetime) -> int:
    """Add those who are missing, in one transaction; returns how many.

    Accounts that are there keep their password, except the one that everybody knows when another is set now.
    Hashing takes its time and is done before the transaction.
    """
    with database.reading() as connection:
        kept = {row.email: row.password_hash for row in connection.execute(select(Person.email, Person.password_hash))}
    fresh = [member for member in members if address(member) not in kept]
    hashes = {address(member): hash_password(password) for member in fresh if member.get("signs_in")}
    signing_in = [address(member) for member in members if member.get("signs_in") and password != KNOWN_PASSWORD]
    changed = {email: hash_password(password) for email in signing_in if matches(kept.get(email), KNOWN_PASSWORD)}
    with database.transaction() as tx:
        there = set(tx.execute(select(Person.email)).scalars())
        rows = [_row(member, hashes.get(address(member)), at) for member in fresh if address(member) not in there]
        if rows:
            tx.execute(insert(Person), rows)
        for email, hashed in changed.items():
            tx.execute(update(Person).where(Person.email == email).values(password_hash=hashed))
    return len(rows)


def gather(connection: Connection, members: Sequence[Member]) -> Cast:
    """The people of the demo as the database knows them."""
    accounts = {address(member): member["account"] for member in members}
    rows = connection.execute(
        select(Person.id, Person.name, Person.email, Person.language).where(Person.email.in_(accounts))
    )
    return Cast(members, {accounts[row.email]: Actor(row.id, row.name, row.language) for row in rows})


def address(member: Member) -> str:
    """The e-mail address of an account of the demo."""
    return f"{member['account']}@{DOMAIN}"


def _row(member: Member, hashed: str | None, at: datetime) -> dict[str, Any]:
    is_minor = member.get("is_minor", False)
    return {
        "email": address(member), "name": member["name"], "organisation": member["organisation"],
        "password_hash": hashed,
        "is_admin": member.get("is_admin", False), "is_minor": is_minor,
        "age_band": "16_17" if is_minor else "",
        "guardian_consent_at": at if is_minor else None, "created_at": at,
    }  # fmt: skip
