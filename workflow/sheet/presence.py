"""Who has which section of a sheet open, and what the reader was typing there; one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.models import Person, SectionDraft
from workflow.models.sheet import PRESENT


@dataclass(frozen=True, slots=True)
class AtWork:
    """Somebody else who has a section open."""

    section: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What the reader typed into a section and has not saved."""

    section: str
    typed: Mapping[str, Any]
    # The digest of the saved section that it was typed over.
    base: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies open on a sheet: others at work, the reader's own drafts by section."""

    others: tuple[AtWork, ...]
    drafts: Mapping[str, Draft]

    def others_in(self, section: str) -> tuple[AtWork, ...]:
        """Who else has this section open."""
        return tuple(other for other in self.others if other.section == section)


def desk_of(tx: Connection, proposal_id: int, person_id: int | None, *, at: datetime) -> Desk:
    """The desk of a proposal's sheet as one of its writers finds it at a moment."""
    d = SectionDraft
    query = (
        select(d.section, d.person_id, Person.name, d.typed, d.base, d.since, d.seen_at)
        .join(Person, Person.id == d.person_id).where(d.proposal_id == proposal_id).order_by(d.since, d.id)
    )  # fmt: skip
    rows = tx.execute(query).all()
    others = tuple(AtWork(row.section, row.name, row.since) for row in rows
                   if row.person_id != person_id and row.seen_at >= at - PRESENT)  # fmt: skip
    mine = {row.section: Draft(row.section, row.typed, row.base, row.seen_at) for row in rows
            if row.person_id == person_id and row.typed}  # fmt: skip
    return Desk(others, mine)
