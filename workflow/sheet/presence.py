"""Who has which section of a sheet open, and what the reader was typing there; one statement."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import Person, SectionDraft
from workflow.models.sheet import PRESENT


class AtWork(Struct, frozen=True):
    """Somebody else who has a section open."""

    section: str
    name: str
    since: datetime


class Draft(Struct, frozen=True):
    """What the reader typed into a section and has not saved."""

    section: str
    typed: Mapping[str, Any]
    # The digest of the saved section that it was typed over.
    base: str
    at: datetime
    # The window or device in which it is typed.
    window: str = ""
    since: datetime | None = None


class Desk(Struct, frozen=True):
    """What lies open on a sheet: others at work, the reader's own drafts, the latest first."""

    others: tuple[AtWork, ...]
    drafts: tuple[Draft, ...]
    at: datetime

    def drafts_of(self, section: str) -> tuple[Draft, ...]:
        """The reader's drafts of one section, each text once."""
        mine = [draft for draft in self.drafts if draft.section == section]
        return tuple(draft for place, draft in enumerate(mine)
                     if all(draft.typed != earlier.typed for earlier in mine[:place]))  # fmt: skip

    def elsewhere(self, sections: Collection[str], windows: Collection[str]) -> tuple[Draft, ...]:
        """What the reader is typing into these sections right now in other windows than these, or on other devices."""
        recent = [draft for draft in self.drafts if draft.at >= self.at - PRESENT]
        return tuple(draft for draft in recent if draft.section in sections and draft.window not in windows)

    def others_in(self, section: str) -> tuple[AtWork, ...]:
        """Who else has this section open."""
        return tuple(other for other in self.others if other.section == section)


def desk_of(tx: Connection, proposal_id: int, person_id: int | None, *, at: datetime) -> Desk:
    """The desk of a proposal's sheet as one of its writers finds it at a moment."""
    d = SectionDraft
    query = (
        select(d.section, d.person_id, Person.name, d.typed, d.base, d.since, d.seen_at, d.window)
        .join(Person, Person.id == d.person_id).where(d.proposal_id == proposal_id).order_by(d.since, d.id)
    )  # fmt: skip
    rows = tx.execute(query).all()
    # The row without a window is the one that says that somebody is there.
    others = tuple(AtWork(row.section, row.name, row.since) for row in rows
                   if row.person_id != person_id and not row.window and row.seen_at >= at - PRESENT)  # fmt: skip
    mine = [Draft(row.section, row.typed, row.base, row.seen_at, row.window, row.since) for row in rows
            if row.person_id == person_id and row.typed]  # fmt: skip
    return Desk(others, tuple(sorted(mine, key=lambda draft: draft.at, reverse=True)), at)
