"""Reads a whole edition for a file: rows of plain values, in the order in which people look for them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import Agreement, Conference, Edition, Person, Proposal
from workflow.rules.registry import tables
from workflow.rules.states import FUNDED

SHEET = ("principle", "goals", "problem", "places", "beneficiaries", "activities", "partners", "risks", "timetable",
         "sustainability", "funding", "no_budget_reason")  # fmt: skip
GROSZE = 100


class Export(Struct, frozen=True):
    """An edition with everything that hangs on it, as plain values."""

    edition: Mapping[str, Any]
    proposals: tuple[Mapping[str, Any], ...]
    conferences: tuple[Mapping[str, Any], ...]
    agreement: Mapping[str, Any] | None


def export_edition(connection: Connection, edition_id: int) -> Export:
    """Everything of an edition but its people's addresses and its record; four statements."""
    e, c, a = Edition, Conference, Agreement
    edition = connection.execute(
        select(e.key, e.title, e.county, e.voivodeship, e.year, e.state, e.historical, e.initiators, e.sectors, e.areas,
               e.communes, e.places, e.budget, e.submission_deadline, e.summary_on, e.implementation_until, e.source,
               e.facts).where(e.id == edition_id)
    ).mappings().one()  # fmt: skip
    conferences = connection.execute(
        select(c.number, c.purpose, c.state, c.is_summary, c.starts_at, c.host_commune, c.venue, c.participants,
               c.participants_qualifier, c.participants_source).where(c.edition_id == edition_id).order_by(c.number)
    ).mappings()  # fmt: skip
    agreement = connection.execute(
        select(a.title, a.purpose, a.state, a.partners, a.partners_source, a.concluded_on)
        .where(a.edition_id == edition_id)
    ).mappings().one_or_none()  # fmt: skip
    return Export(
        dict(edition) | {"budget": _zloty(edition["budget"])},
        tuple(_proposals(connection, edition_id)),
        tuple(dict(conference) for conference in conferences),
        dict(agreement) if agreement else None,
    )


def _proposals(connection: Connection, edition_id: int) -> Iterator[dict[str, Any]]:
    p, leader = Proposal, Person.__table__.alias("leader")
    query = (
        select(p.id, p.number, p.title, p.lifecycle, p.lifecycle_version, p.state, p.version, p.sector, p.area,
               p.summary, p.cost, p.member_count, leader.c.name.label("leader"), p.reserve_position, p.recorded,
               p.sheet, p.created_at, p.updated_at)
        .outerjoin(leader, leader.c.id == p.leader_id).where(p.edition_id == edition_id).order_by(p.number)
    )  # fmt: skip
    for row in connection.execute(query).mappings():
        proposal = dict(row)
        table = tables()[proposal["lifecycle"], proposal["lifecycle_version"]]
        sheet, decision = proposal.pop("sheet"), proposal.pop("recorded").get("decision") or {}
        yield proposal | {
            "state_label": table.states[proposal["state"]].label.pl,
            "cost": _zloty(proposal["cost"]),
            "selected": proposal["state"] in FUNDED,
            "score": decision.get("score"),
            "resolution": decision.get("resolution"),
            **{name: sheet.get(name) for name in SHEET},
        }


def _zloty(grosze: int | None) -> Decimal | None:
    return None if grosze is None else Decimal(grosze) / GROSZE
