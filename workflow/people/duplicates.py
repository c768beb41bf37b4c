"""People of an edition who may be one person: the same name and organisation, or one address in two forms."""

from collections import defaultdict
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.collation import fold
from workflow.base.grouping import grouped
from workflow.models import Affiliation, Organisation, Person
from workflow.people.edition_people import in_edition

MOST = 200


class PersonCard(Struct, frozen=True):
    """One of two people side by side."""

    id: int
    name: str
    email: str
    organisation: str
    active: bool
    is_admin: bool
    is_minor: bool
    has_password: bool

    @property
    def may_sign_in(self) -> bool:
        """Whether there is an account that can be used."""
        return self.active and bool(self.email)


class Pair(Struct, frozen=True):
    """Two people who may be one; the first is proposed to stay, since it has the account or is the older one."""

    kept: PersonCard
    merged: PersonCard


def cards(connection: Connection, *where: Any) -> list[PersonCard]:
    """People as cards, by number; one statement."""
    columns = (
        Person.id, Person.name, Person.email, Person.organisation, Person.active, Person.is_admin, Person.is_minor,
        Person.password_hash.is_not(None),
    )  # fmt: skip
    query: Any = select(*columns).where(Person.merged_into_id.is_(None), Person.erased_at.is_(None), *where)
    rows = connection.execute(query.order_by(Person.id))
    return [PersonCard(row[0], row[1], row[2] or "", *row[3:]) for row in rows]


def duplicates_of(connection: Connection, edition_id: int) -> list[Pair]:
    """The pairs of an edition, MOST at most; two statements.

    Of those who are alike the one proposed to stay is paired with each of the others, so that a thousand equal entries
    are a thousand pairs, and each merging leaves one less.
    """
    people = cards(connection, in_edition(edition_id))
    a, o = Affiliation, Organisation
    query = select(a.person_id, o.search).join(o, o.id == a.organisation_id).where(a.to_on.is_(None))
    rows = connection.execute(query.where(a.person_id.in_(select(Person.id).where(in_edition(edition_id)))))
    organisations = grouped((row.person_id, row.search) for row in rows)
    alike: dict[tuple[str, str], list[PersonCard]] = defaultdict(list)
    for person in people:
        for organisation in {*organisations.get(person.id, ()), fold(person.organisation)[:200]}:
            alike[fold(person.name), organisation].append(person)
        if person.email:
            alike["", plain_address(person.email)].append(person)
    pairs = {}
    for group in alike.values():
        kept, *others = sorted(group, key=precedence)
        pairs.update({tuple(sorted((kept.id, other.id))): Pair(kept, other) for other in others if other.id != kept.id})
    return [pairs[numbers] for numbers in sorted(pairs)][:MOST]


def plain_address(email: str) -> str:
    """An address without what many mail servers do not look at: case, and a tag behind a plus sign."""
    box, _sign, host = email.strip().lower().partition("@")
    return f"{box.partition('+')[0]}@{host}"


def precedence(card: PersonCard) -> tuple[bool, bool, int]:
    """The order in which entries are proposed to stay: an account with a password, one that may sign in, the oldest."""
    return not card.has_password, not card.may_sign_in, card.id
