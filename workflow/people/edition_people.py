"""Everybody in an edition, for its office: a list that is searched, filtered and read page by page."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, union

from workflow.base.grouping import grouped
from workflow.engine.membership import holds_here
from workflow.models import (
    Affiliation,
    Conference,
    GroupMember,
    Organisation,
    Person,
    Presence,
    Proposal,
    Registration,
    RoleGrant,
)
from workflow.people.queries import has_word, page_of, words_looked_for
from workflow.rules.states import RegistrationState

PAGE, BATCH = 50, 500
MOST_COMMUNES = 300


class PeopleFilter(Struct, frozen=True):
    """What the list is narrowed to; an empty value narrows nothing."""

    q: str = ""
    kind: str = ""
    sector: str = ""
    commune: str = ""
    role: str = ""
    # The number of a conference at which people were.
    conference: int | None = None
    # "email": without an address; "consent": minors without a consent in force.
    lacks: str = ""


class OrganisationOfPerson(Struct, frozen=True):
    """An organisation to which somebody belongs now."""

    name: str
    kind: str
    sector: str
    commune: str


class EditionPerson(Struct, frozen=True):
    """One line of the list."""

    id: int
    name: str
    email: str | None
    # As it was written down before organisations were entities; shown where there is no affiliation.
    written_organisation: str
    active: bool
    is_minor: bool
    has_consent: bool
    roles: tuple[str, ...] = ()
    organisations: tuple[OrganisationOfPerson, ...] = field(default=())

    @property
    def lacks_consent(self) -> bool:
        """Whether somebody's consent has to be asked for."""
        return self.is_minor and not self.has_consent

    @property
    def organisation(self) -> str:
        """The names of the organisations of now, or what was written down."""
        return ", ".join(each.name for each in self.organisations) or self.written_organisation


class EditionPeople(Struct, frozen=True):
    """A page of the list, and where the next one starts."""

    people: tuple[EditionPerson, ...]
    next_cursor: str | None


_COLUMNS = (
    Person.id, Person.name, Person.email, Person.organisation, Person.active, Person.is_minor,
    Person.guardian_consent_at.is_not(None),
)  # fmt: skip


def in_edition(edition_id: int) -> ColumnElement[bool]:
    """Everybody with a role, a place in a group or a registration in the edition; accounts merged away are nobody."""
    g, m, r = RoleGrant, GroupMember, Registration
    holders = select(g.person_id).where(g.edition_id == edition_id, g.withdrawn_at.is_(None))
    members = (
        select(m.person_id).join(Proposal, Proposal.id == m.proposal_id)
        .where(Proposal.edition_id == edition_id, m.left_at.is_(None), m.person_id.is_not(None))
    )  # fmt: skip
    registered = (
        select(r.person_id).join(Conference, Conference.id == r.conference_id)
        .where(Conference.edition_id == edition_id, r.state != RegistrationState.CANCELLED)
    )  # fmt: skip
    everybody = union(holders, members, registered).subquery()
    return and_(
        Person.id.in_(select(everybody.c.person_id)), Person.erased_at.is_(None), Person.merged_into_id.is_(None)
    )


def list_people(
    connection: Connection, edition_id: int, wanted: PeopleFilter, *, cursor: str = "", limit: int = PAGE
) -> EditionPeople:
    """People as `queries.page_of` has them; three statements."""
    conditions = (in_edition(edition_id), *_narrowed(connection, edition_id, wanted))
    shown, following = page_of(connection, _COLUMNS, conditions, cursor=cursor, limit=limit)
    ids = [row.id for row in shown]
    roles, organisations = _roles(connection, edition_id, ids), _organisations(connection, ids)
    people = (
        EditionPerson(*(*row[: len(_COLUMNS)], tuple(roles.get(row.id, ())), tuple(organisations.get(row.id, ()))))
        for row in shown
    )
    return EditionPeople(tuple(people), following)


def every_person(connection: Connection, edition_id: int, wanted: PeopleFilter) -> Iterator[EditionPerson]:
    """All whom the list holds, read a batch at a time; the caller keeps one snapshot for all of them."""
    cursor: str | None = ""
    while cursor is not None:
        page = list_people(connection, edition_id, wanted, cursor=cursor, limit=BATCH)
        yield from page.people
        cursor = page.next_cursor


def numbers_of(connection: Connection, edition_id: int, wanted: PeopleFilter) -> list[int]:
    """The numbers of all whom the list holds; one statement."""
    query = select(Person.id).where(in_edition(edition_id), *_narrowed(connection, edition_id, wanted))
    return list(connection.execute(query.order_by(Person.id)).scalars())


def count_people(connection: Connection, edition_id: int, wanted: PeopleFilter) -> int:
    """How many people the list holds."""
    query = select(func.count()).select_from(Person).where(in_edition(edition_id))
    return int(connection.execute(query.where(*_narrowed(connection, edition_id, wanted))).scalar_one())


def communes_of(connection: Connection, edition_id: int) -> list[str]:
    """The communes of the organisations of people in the edition, to choose from."""
    a, o = Affiliation, Organisation
    people = select(Person.id).where(in_edition(edition_id))
    query = select(o.commune).join(a, a.organisation_id == o.id).where(a.person_id.in_(people), o.commune != "")
    return list(connection.execute(query.distinct().order_by(o.commune).limit(MOST_COMMUNES)).scalars())


def conferences_of(connection: Connection, edition_id: int) -> list[tuple[int, str]]:
    """The conferences of the edition by number, to choose from."""
    c = Conference
    query = select(c.number, c.host_commune).where(c.edition_id == edition_id).order_by(c.number)
    return [(row[0], row[1]) for row in connection.execute(query)]


def _narrowed(tx: Connection, edition_id: int, wanted: PeopleFilter) -> Iterator[ColumnElement[bool]]:
    yield from words_looked_for(tx, wanted.q, _has_word)
    of_organisation = {"kind": wanted.kind, "sector": wanted.sector, "commune": wanted.commune}
    if conditions := [getattr(Organisation, name) == value for name, value in of_organisation.items() if value]:
        yield _belongs(*conditions)
    if wanted.role:
        yield holds_here(edition_id, [wanted.role])
    if wanted.conference is not None:
        numbered = select(Conference.id).where(
            Conference.edition_id == edition_id, Conference.number == wanted.conference
        )
        yield exists().where(Presence.person_id == Person.id, Presence.conference_id.in_(numbered))
    if wanted.lacks == "email":
        yield or_(Person.email.is_(None), Person.email == "")
    if wanted.lacks == "consent":
        yield and_(Person.is_minor.is_(True), Person.guardian_consent_at.is_(None))


def _has_word(tx: Connection, word: str) -> ColumnElement[bool]:
    """Whether a word is part of the name, the address or an organisation."""
    return or_(has_word(tx, word), _belongs(Organisation.search.contains(word, autoescape=True)))


def _belongs(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    a, o = Affiliation, Organisation
    return exists().where(a.person_id == Person.id, a.to_on.is_(None), o.id == a.organisation_id, *conditions)


def _roles(connection: Connection, edition_id: int, ids: Sequence[int]) -> Mapping[int, list[str]]:
    g = RoleGrant
    query = select(g.person_id, g.role).where(
        g.person_id.in_(ids), g.edition_id == edition_id, g.withdrawn_at.is_(None)
    )
    return grouped((row.person_id, row.role) for row in connection.execute(query.order_by(g.role)))


def _organisations(connection: Connection, ids: Sequence[int]) -> Mapping[int, list[OrganisationOfPerson]]:
    a, o = Affiliation, Organisation
    query = (
        select(a.person_id, o.name, o.kind, o.sector, o.commune).join(o, o.id == a.organisation_id)
        .where(a.person_id.in_(ids), a.to_on.is_(None)).order_by(a.id)
    )  # fmt: skip
    return grouped((row[0], OrganisationOfPerson(*row[1:])) for row in connection.execute(query))
