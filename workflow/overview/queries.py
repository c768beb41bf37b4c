"""Reads what the figures of an edition are made from; a statement for each kind of row, however many there are."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, or_, select

from workflow.models import Conference, HistoryEntry, Organisation, Person, Presence, Proposal, Registration
from workflow.models.base import table_of
from workflow.overview.stays import Entered
from workflow.proposals.filters import is_late

_P = table_of(Proposal).c


class Project(Struct, frozen=True):
    """A project as far as figures look at it."""

    id: int
    number: int
    title: str
    state: str
    sector: str
    cost: int | None
    # Its term has passed, or a day of its plan.
    late: bool
    places: tuple[str, ...]


class Participation(Struct, frozen=True):
    """How many different people were checked in at the conferences of an edition; each table counts all of them."""

    by_sector: Mapping[str, int]
    by_commune: Mapping[str, int]
    by_age: Mapping[str, int]


def projects_of(tx: Connection, edition_id: int, *, at: datetime) -> tuple[Project, ...]:
    """Every project of an edition, late or not as of a moment; one statement."""
    query = select(
        _P.id, _P.number, _P.title, _P.state, _P.sector, _P.cost, is_late(edition_id, at), _P.sheet["places"]
    ).where(_P.edition_id == edition_id).order_by(_P.id)  # fmt: skip
    rows: Any = tx.execute(query)
    return tuple(Project(*(*row[:6], bool(row[6]), tuple(row[7] or ()))) for row in rows)


def entries_of(tx: Connection, edition_id: int) -> list[Entered]:
    """Every entry by which a project of an edition came into another state, project after project; one statement."""
    h = HistoryEntry
    here = h.subject_id.in_(select(_P.id).where(_P.edition_id == edition_id))
    moved = or_(h.from_state.is_(None), h.from_state != h.to_state)
    query = select(h.subject_id, h.to_state, h.at).where(h.subject_kind == "proposal", here, moved)
    return [Entered(*row) for row in tx.execute(query.order_by(h.subject_id, h.version))]


def participation_of(tx: Connection, edition_id: int) -> Participation:
    """Everybody who was at a conference, once, with what was known at the last one; one statement."""
    p, r, o = Presence, Registration, Organisation
    query = (
        select(p.person_id, func.coalesce(o.sector, ""), func.coalesce(o.commune, ""), Person.age_band)
        .join(Conference, Conference.id == p.conference_id)
        .join(r, r.id == p.registration_id)
        .join(Person, Person.id == p.person_id)
        .outerjoin(o, o.id == r.organisation_id)
        .where(Conference.edition_id == edition_id)
        .order_by(Conference.number, p.id)
    )
    people = {person: known for person, *known in tx.execute(query)}
    sectors, communes, ages = (Counter(known[place] for known in people.values()) for place in range(3))
    return Participation(sectors, communes, ages)
