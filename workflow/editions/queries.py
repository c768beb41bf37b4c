"""Reads editions with conferences, agreement, committee and chosen projects; a fixed number of statements each."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select

from workflow.base.collation import sort_key
from workflow.base.grouping import grouped
from workflow.models import Agreement, Edition, Person, Proposal, Publication, RoleGrant
from workflow.rules.page_permissions import Reader
from workflow.rules.roles import COMMITTEE, Role
from workflow.rules.states import FUNDED, HIDDEN, PUBLIC, EditionState, ProposalState


class EditionLine(Struct, frozen=True):
    """An edition on a list."""

    id: int
    key: str
    title: str
    county: str
    year: int
    state: str
    lifecycle: str
    lifecycle_version: int
    historical: bool


class Chosen(Struct, frozen=True):
    """A project on a public page."""

    id: int
    number: int
    title: str
    summary: str
    state: str
    lifecycle: str
    lifecycle_version: int
    edition_id: int


class AgreementLine(Struct, frozen=True):
    """The partnership agreement of an edition, partners as a count."""

    id: int
    title: str
    purpose: str
    partners: int
    source: str
    concluded_on: datetime | None
    state: str
    lifecycle: str
    lifecycle_version: int


class Seat(Struct, frozen=True):
    """A seat of the steering committee."""

    person_id: int
    name: str
    organisation: str
    sector: str
    is_chair: bool


class Texts(Struct, frozen=True):
    """The long texts of an edition, which no guard reads, and whether any document of it is published."""

    rules: str
    clause: str
    source: Mapping[str, Any]
    facts: Mapping[str, Any]
    has_published: bool


_LINE = (
    Edition.id, Edition.key, Edition.title, Edition.county, Edition.year, Edition.state, Edition.lifecycle,
    Edition.lifecycle_version, Edition.historical,
)  # fmt: skip


# Built once, since every list, board and page of an edition begins with it.
_BY_KEY = select(
    *_LINE, Edition.sectors, Edition.areas, Edition.communes, Edition.submission_deadline, Edition.summary_on,
    Edition.reserve_valid_until, Edition.implementation_until, Edition.budget, Edition.recorded,
).where(Edition.key == bindparam("key"))  # fmt: skip


def _seen_by(reader: Reader | None) -> Any:
    """The editions that exist for a reader: as `permissions.may_see` says."""
    if reader is not None and reader.is_admin:
        return Edition.id.is_not(None)
    return or_(Edition.state != EditionState.DRAFT, Edition.id.in_(tuple(reader.grants) if reader else ()))


def editions_for(tx: Connection, reader: Reader | None) -> tuple[EditionLine, ...]:
    """Every edition that the reader may see, the latest first; one statement."""
    query = select(*_LINE).where(_seen_by(reader)).order_by(Edition.year.desc(), Edition.historical, Edition.title)
    return tuple(EditionLine(*row) for row in tx.execute(query))


def chosen_projects(tx: Connection, editions: Collection[EditionLine], *, each: int) -> dict[int, list[Chosen]]:
    """The first chosen projects of several editions, by title; one statement."""
    p = Proposal
    place = func.row_number().over(partition_by=p.edition_id, order_by=(p.sort_key, p.id)).label("place")
    ids = [edition.id for edition in editions if edition.state not in HIDDEN]
    past = [edition.id for edition in editions if edition.historical]
    seen = or_(p.state.in_(FUNDED), and_(p.edition_id.in_(past), p.state.in_((*PUBLIC, ProposalState.SUBMITTED))))
    ranked = select(p.id, place).where(p.edition_id.in_(ids), seen).subquery()
    query = (
        select(p.id, p.number, p.title, p.summary, p.state, p.lifecycle, p.lifecycle_version, p.edition_id)
        .join(ranked, and_(ranked.c.id == p.id, ranked.c.place <= each))
        .order_by(p.edition_id, p.sort_key, p.id)
    )
    return grouped((row.edition_id, Chosen(*row)) for row in tx.execute(query))


def find_edition(tx: Connection, key: str, reader: Reader | None) -> Mapping[str, Any] | None:
    """The columns of an edition that lists and filters need; None where it does not exist for the reader."""
    row = tx.execute(_BY_KEY, {"key": key}).mappings().one_or_none()
    if row is None or (row["state"] == EditionState.DRAFT and not _works_in(reader, row["id"])):
        return None
    return dict(row)


def edition_of_proposal(tx: Connection, proposal_id: int) -> Mapping[str, Any] | None:
    """The columns of the edition of a proposal that lists need, whoever reads; None where there is no such proposal."""
    query = select(*_LINE, Edition.recorded).join(Proposal, Proposal.edition_id == Edition.id)
    row = tx.execute(query.where(Proposal.id == proposal_id)).mappings().one_or_none()
    return None if row is None else dict(row)


def _works_in(reader: Reader | None, edition_id: int) -> bool:
    return reader is not None and (reader.is_admin or edition_id in reader.grants)


def texts_of(tx: Connection, edition_id: int) -> Texts:
    """The long texts of an edition, and whether anything of it is published; one statement."""
    e = Edition
    published = exists().where(Publication.edition_id == edition_id)
    row = tx.execute(select(e.rules_text, e.clause_text, e.source, e.facts, published).where(e.id == edition_id)).one()
    return Texts(row[0], row[1], row[2] or {}, row[3] or {}, bool(row[4]))


def agreement_of(tx: Connection, edition_id: int) -> AgreementLine | None:
    """The agreement of an edition, if there is one; one statement."""
    a = Agreement
    row = tx.execute(
        select(a.id, a.title, a.purpose, a.partners, a.partners_source, a.concluded_on, a.state, a.lifecycle,
               a.lifecycle_version).where(a.edition_id == edition_id)
    ).one_or_none()  # fmt: skip
    return AgreementLine(*row) if row else None


def committee_of(tx: Connection, edition_id: int) -> tuple[Seat, ...]:
    """The steering committee, the chair first; one statement."""
    g = RoleGrant
    is_chair = func.max(case((g.role == Role.COMMITTEE_CHAIR, 1), else_=0))
    rows = tx.execute(
        select(Person.id, Person.name, Person.organisation, func.max(g.sector), is_chair)
        .join(g, g.person_id == Person.id)
        .where(g.edition_id == edition_id, g.withdrawn_at.is_(None), g.role.in_(sorted(COMMITTEE)))
        .group_by(Person.id, Person.name, Person.organisation)
    )
    seats = [Seat(row[0], row[1], row[2], row[3] or "", bool(row[4])) for row in rows]
    return tuple(sorted(seats, key=lambda seat: (not seat.is_chair, sort_key(seat.name))))


def holders_of(tx: Connection, edition_id: int, roles: Collection[str]) -> dict[str, list[str]]:
    """The names of those who hold these roles in an edition, in Polish order; one statement, none for no roles."""
    if not roles:
        return {}
    g = RoleGrant
    query = select(g.role, Person.name).join(Person, Person.id == g.person_id).where(
        g.edition_id == edition_id, g.role.in_(sorted(roles)), g.withdrawn_at.is_(None), Person.active.is_(True)
    )  # fmt: skip
    names = grouped((row.role, row.name) for row in tx.execute(query))
    return {role: sorted(set(people), key=sort_key) for role, people in names.items()}
