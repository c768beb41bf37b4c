"""Who and what of a list is known already: people by address or by name and organisation, organisations by name."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from workflow.base.collation import fold
from workflow.base.grouping import grouped, in_chunks
from workflow.models import Affiliation, Organisation, Person, RoleGrant
from workflow.participant_lists.records import Record

BATCH = 500


class KnownPerson(Struct, frozen=True):
    """Somebody who is there already."""

    id: int
    name: str
    email: str
    organisation: str
    is_minor: bool
    postal_address: str


class KnownOrganisation(Struct, frozen=True):
    """An organisation that is there already."""

    id: int
    kind: str
    sector: str
    commune: str


@dataclass(slots=True)
class Known:
    """All that is known of the people of a list."""

    by_email: dict[str, KnownPerson] = field(default_factory=dict)
    # By folded name and folded organisation; several where people share both.
    by_name: dict[tuple[str, str], list[KnownPerson]] = field(default_factory=lambda: defaultdict(list))
    organisations: dict[str, KnownOrganisation] = field(default_factory=dict)
    # Person and role in this edition, in force.
    granted: set[tuple[int, str]] = field(default_factory=set)
    # Who belongs to some organisation now.
    affiliated: set[int] = field(default_factory=set)


def known_of(connection: Connection, edition_id: int, people: Sequence[Record]) -> Known:
    """Read what is known of these people; statements for each five hundred of them, and the names of all once."""
    known = Known()
    emails = {record.email for record in people if record.email}
    searches = {fold(record.organisation)[:200] for record in people if record.organisation}
    _read_emails(connection, known, emails)
    _read_names(connection, known, {fold(record.name) for record in people if record.email not in known.by_email})
    _read_organisations(connection, known, searches)
    g = RoleGrant
    granted = select(g.person_id, g.role).where(g.edition_id == edition_id, g.withdrawn_at.is_(None))
    known.granted = {(row[0], row[1]) for row in connection.execute(granted)}
    known.affiliated = set(
        connection.execute(select(Affiliation.person_id).where(Affiliation.to_on.is_(None))).scalars()
    )
    return known


def _columns(person: Any) -> tuple[Any, ...]:
    email = func.coalesce(person.email, "")
    return person.id, person.name, email, person.organisation, person.is_minor, person.postal_address


def _read_emails(connection: Connection, known: Known, emails: Collection[str]) -> None:
    """By address; whoever was merged into another account is that one."""
    target = aliased(Person)
    for chunk in in_chunks(sorted(emails), BATCH):
        query = select(Person.email, Person.merged_into_id, *_columns(Person)).where(Person.email.in_(chunk))
        rows = connection.execute(query).all()
        merged = [row[1] for row in rows if row[1] is not None]
        others: Any = select(*_columns(target)).where(target.id.in_(merged))
        into = {row[0]: row for row in connection.execute(others)} if merged else {}
        for row in rows:
            known.by_email[row[0]] = KnownPerson(*into.get(row[1], row[2:]))


def _read_names(connection: Connection, known: Known, names: Collection[str]) -> None:
    """By name and organisation, folded here, since no database folds Polish letters."""
    if not names:
        return
    present = Person.erased_at.is_(None), Person.merged_into_id.is_(None)
    query: Any = select(*_columns(Person)).where(*present)
    people = {row[0]: KnownPerson(*row) for row in connection.execute(query) if fold(row[1]) in names}
    a, o = Affiliation, Organisation
    query = select(a.person_id, o.search).join(o, o.id == a.organisation_id).where(a.to_on.is_(None))
    queries = (query.where(a.person_id.in_(chunk)) for chunk in in_chunks(sorted(people), BATCH))
    organisations = grouped((row[0], row[1]) for each in queries for row in connection.execute(each))
    for person in people.values():
        for organisation in {*organisations.get(person.id, ()), fold(person.organisation)[:200]}:
            known.by_name[fold(person.name), organisation].append(person)


def _read_organisations(connection: Connection, known: Known, searches: Collection[str]) -> None:
    """By folded name; one that was merged into another is that one, where none of the name is left."""
    o, into = Organisation, aliased(Organisation)
    for chunk in in_chunks(sorted(searches), BATCH):
        columns = (func.coalesce(into.id, o.id), func.coalesce(into.kind, o.kind),
                   func.coalesce(into.sector, o.sector), func.coalesce(into.commune, o.commune))  # fmt: skip
        query = select(o.search, *columns).outerjoin(into, into.id == o.merged_into_id).where(o.search.in_(chunk))
        for row in connection.execute(query.order_by(o.merged_into_id.is_(None), o.id.desc())):
            known.organisations[row[0]] = KnownOrganisation(*row[1:])
