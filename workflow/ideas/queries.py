"""Reads what the door of ideas says to somebody who may not come in: who can let them in; one statement."""

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.collation import sort_key
from workflow.models import Person, RoleGrant
from workflow.rules.roles import Role


class OfficeContact(Struct, frozen=True):
    """Somebody of the programme office of an edition."""

    name: str
    organisation: str


def office_contacts(tx: Connection, edition_id: int) -> tuple[OfficeContact, ...]:
    """The office of an edition in Polish order."""
    granted = RoleGrant.edition_id == edition_id, RoleGrant.role == Role.STAFF, RoleGrant.withdrawn_at.is_(None)
    query = (
        select(Person.name, Person.organisation)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(*granted, Person.active.is_(True))
        .distinct()
    )
    people = (OfficeContact(*row) for row in tx.execute(query))
    return tuple(sorted(people, key=lambda person: sort_key(person.name)))
