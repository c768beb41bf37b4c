"""Reads conferences as their pages and the edition's page show them; a fixed number of statements each."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.conferences.timing import Timing, timing_of
from workflow.models import Conference
from workflow.participation.conference_card import takes_registrations


class ConferenceLine(Struct, frozen=True):
    """A conference of an edition; its figure of attendance keeps its qualifier and source."""

    id: int
    number: int
    theme: str
    purpose: str
    is_summary: bool
    host_commune: str
    venue: str
    starts_at: datetime | None
    ends_at: datetime | None
    participants: int | None
    qualifier: str
    source: str
    state: str
    registration_until: datetime | None

    @property
    def place(self) -> str:
        """Venue and commune, as far as they are known."""
        return ", ".join(filter(None, (self.venue, self.host_commune)))

    def is_open(self, edition: str, at: datetime) -> bool:
        """Whether people register themselves at a moment; `edition` is the state of its edition."""
        return takes_registrations(self.state, edition, self.registration_until or self.starts_at, at=at)

    def timing(self, edition: str, at: datetime) -> Timing:
        """Where it stands at a moment; `edition` is the state of its edition."""
        return timing_of(self.state, self.starts_at, self.ends_at, edition=edition, at=at)


def conferences_of(tx: Connection, edition_id: int) -> tuple[ConferenceLine, ...]:
    """The conferences of an edition in order; one statement."""
    c = Conference
    query = select(
        c.id, c.number, c.theme, c.purpose, c.is_summary, c.host_commune, c.venue, c.starts_at, c.ends_at,
        c.participants, c.participants_qualifier, c.participants_source, c.state,
        c.registration_until,
    ).where(c.edition_id == edition_id).order_by(c.number)  # fmt: skip
    return tuple(ConferenceLine(*tuple(row)) for row in tx.execute(query))


# A conference that is to come, or whose day is this one.
COMING = frozenset({Timing.AHEAD, Timing.TODAY, Timing.UNDER_WAY})


def next_conference(conferences: Sequence[ConferenceLine], edition: str, at: datetime) -> ConferenceLine | None:
    """The conference that takes place now or next, by its day."""
    coming = [line for line in conferences if line.starts_at and line.timing(edition, at) in COMING]
    return min(coming, key=lambda line: (line.starts_at or at, line.number), default=None)
