"""The least that a step needs: a few people, an edition, and somebody of the office."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.models import Person, RoleGrant
from workflow.rules.facts import Actor, Ref

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Small:
    edition: Ref
    admin: Actor
    staff: Actor
    other_staff: Actor
    participant: Actor


def person(tx: Connection, name: str, *, is_admin: bool = False) -> Actor:
    row = {"name": name, "email": f"{name}@example.org", "is_admin": is_admin, "created_at": NOW}
    return Actor(int(tx.execute(insert(Person).values(**row).returning(Person.id)).scalar_one()), name)


def grant(tx: Connection, actor: Actor, edition: Ref, *roles: str, sector: str = "") -> None:
    for role in roles:
        row = {"person_id": actor.id, "edition_id": edition.id, "role": role, "sector": sector, "granted_at": NOW}
        tx.execute(insert(RoleGrant).values(**row))


def small_world(tx: Connection) -> Small:
    admin = person(tx, "admin", is_admin=True)
    data = {"key": "proba", "title": "Próba", "county": "powiat przykładowy", "year": 2026}
    edition = machine.create(tx, CreateCommand("edition", "create_edition", actor=admin, at=NOW, answers=data)).ref
    people = [person(tx, name) for name in ("staff", "other_staff", "participant")]
    grant(tx, people[0], edition, "staff")
    grant(tx, people[1], edition, "staff")
    grant(tx, people[2], edition, "participant")
    return Small(edition, admin, *people)
