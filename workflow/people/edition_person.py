"""One person as the office of an edition knows them: roles, conferences, projects and letters of this edition."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.orm import aliased

from workflow.models import Conference, Delivery, GroupMember, Person, Presence, Proposal, ProposalPerson, RoleGrant
from workflow.notifications.channels import Channel
from workflow.people.edition_people import in_edition

MOST = 100


class Known(Struct, frozen=True):
    """The person; `may_sign_in` says that the address opens an account."""

    id: int
    name: str
    email: str | None
    written_organisation: str
    postal_address: str
    active: bool
    is_minor: bool
    has_consent: bool
    has_password: bool
    created_at: datetime

    @property
    def may_sign_in(self) -> bool:
        """Whether there is an account that can be used."""
        return self.active and bool(self.email)


class EditionRole(Struct, frozen=True):
    """A role in this edition; `withdrawn_at` is None while it is in force."""

    role: str
    sector: str
    granted_at: datetime
    granted_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str


class Attended(Struct, frozen=True):
    """A conference at which the person was."""

    id: int
    number: int
    host_commune: str
    arrived_at: datetime


class Project(Struct, frozen=True):
    """A project of the person in this edition."""

    id: int
    number: int
    title: str


def find_person(connection: Connection, person_id: int, edition_id: int) -> Known | None:
    """The person, where the edition has or had them; None otherwise. One statement."""
    granted = exists().where(RoleGrant.person_id == person_id, RoleGrant.edition_id == edition_id)
    columns = (
        Person.id, Person.name, Person.email, Person.organisation, Person.postal_address, Person.active,
        Person.is_minor, Person.guardian_consent_at.is_not(None), Person.password_hash.is_not(None), Person.created_at,
    )  # fmt: skip
    here = or_(in_edition(edition_id), granted), Person.erased_at.is_(None), Person.merged_into_id.is_(None)
    query: Any = select(*columns).where(Person.id == person_id, *here)
    row = connection.execute(query).one_or_none()
    return Known(*row) if row else None


def roles_of(connection: Connection, person_id: int, edition_id: int) -> list[EditionRole]:
    """The roles in this edition with who gave and who withdrew them, those in force first."""
    g, giver, taker = RoleGrant, aliased(Person), aliased(Person)
    names = func.coalesce(giver.name, ""), func.coalesce(taker.name, "")
    query = (
        select(g.role, g.sector, g.granted_at, names[0], g.withdrawn_at, names[1])
        .outerjoin(giver, giver.id == g.granted_by_id).outerjoin(taker, taker.id == g.withdrawn_by_id)
        .where(g.person_id == person_id, g.edition_id == edition_id)
        .order_by(g.withdrawn_at.is_not(None), g.role).limit(MOST)
    )  # fmt: skip
    return [EditionRole(*row) for row in connection.execute(query)]


def conferences_attended(connection: Connection, person_id: int, edition_id: int) -> list[Attended]:
    """The conferences of this edition at which the person was checked in."""
    c, p = Conference, Presence
    query = select(c.id, c.number, c.host_commune, p.arrived_at).join(p, p.conference_id == c.id)
    query = query.where(p.person_id == person_id, c.edition_id == edition_id)
    return [Attended(*row) for row in connection.execute(query.order_by(c.number))]


def projects_of(connection: Connection, person_id: int, edition_id: int) -> list[Project]:
    """The projects whose author, leader, coordinator or member the person is."""
    p, m = Proposal, GroupMember
    own = select(ProposalPerson.proposal_id).where(ProposalPerson.person_id == person_id)
    groups = select(m.proposal_id).where(m.person_id == person_id, m.left_at.is_(None))
    query = select(p.id, p.number, p.title).where(p.edition_id == edition_id, or_(p.id.in_(own), p.id.in_(groups)))
    return [Project(*row) for row in connection.execute(query.order_by(p.number).limit(MOST))]


def count_letters(connection: Connection, person_id: int) -> int:
    """How many letters by e-mail or on paper were written to the person."""
    d = Delivery
    query = select(func.count()).where(d.recipient_id == person_id, d.channel != Channel.INBOX)
    return int(connection.execute(query).scalar_one())
