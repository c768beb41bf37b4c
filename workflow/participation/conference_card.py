"""Reads what everybody may know of a conference and its registration: when, where, how many places are left."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, ScalarSelect, func, select

from workflow.base.calendar import warsaw_date
from workflow.base.errors import found
from workflow.models import Conference, Edition, Presence, Registration
from workflow.rules.states import AHEAD, HIDDEN, OVER, RESTING, ConferenceState, RegistrationState

# Editions in which no conference takes place, or of which nobody may know yet.
STILL = RESTING | frozenset(HIDDEN)


def takes_registrations(state: str, edition_state: str, until: datetime | None, *, at: datetime) -> bool:
    """Whether people register themselves at a moment; `until` is the last moment, else when the conference begins."""
    return state == ConferenceState.OPEN and edition_state not in STILL and (until is None or at < until)


class ConferenceCard(Struct, frozen=True):
    """A conference with the counts of its registrations; the names of people are not in it."""

    id: int
    number: int
    purpose: str
    is_summary: bool
    theme: str
    host_commune: str
    venue: str
    starts_at: datetime | None
    ends_at: datetime | None
    capacity: int | None
    registration_until: datetime | None
    state: str
    version: int
    changed_at: datetime
    edition_id: int
    edition_key: str
    edition_title: str
    edition_state: str
    county: str
    clause_version: str
    registered: int
    waiting: int
    present: int
    # A figure of attendance that somebody recorded, as its source gives it: "ok. 100" is not 100.
    participants: int | None = None
    qualifier: str = ""
    source: str = ""

    @property
    def free(self) -> int | None:
        """How many places are left; None where nobody counts."""
        return None if self.capacity is None else max(self.capacity - self.registered, 0)

    def is_open(self, at: datetime) -> bool:
        """Whether people register themselves at a moment: until the last moment that was set, or until it begins."""
        until = self.registration_until or self.starts_at
        return takes_registrations(self.state, self.edition_state, until, at=at)

    def awaits_registrations(self, at: datetime) -> bool:
        """Whether people register themselves at a moment, or can once registration is opened."""
        until = self.registration_until or self.starts_at
        return self.state in AHEAD and self.edition_state not in OVER and (until is None or at < until)

    def is_today(self, at: datetime) -> bool:
        """Whether it takes place on the day of a moment, by the calendar of Warsaw, and is not over yet."""
        if self.starts_at is None or self.state not in AHEAD or self.edition_state in STILL:
            return False
        return warsaw_date(self.starts_at) == warsaw_date(at) and (self.ends_at is None or at < self.ends_at)

    def is_ahead(self, at: datetime) -> bool:
        """Whether it has a moment that is still to come, and its edition goes on."""
        is_planned = self.state in AHEAD and self.edition_state not in STILL
        return is_planned and self.starts_at is not None and at < self.starts_at


def card_of(tx: Connection, conference_id: int) -> ConferenceCard:
    """One conference; one statement. Raises NotFound."""
    return ConferenceCard(*found(tx.execute(_cards().where(Conference.id == conference_id)).one_or_none()))


def coming_cards(tx: Connection, *, at: datetime) -> tuple[ConferenceCard, ...]:
    """The conferences of today, those ahead, and those for which people register, the next one first; one statement."""
    query = _cards().where(Conference.state.in_(AHEAD)).order_by(Conference.starts_at, Conference.id)
    cards = (ConferenceCard(*row) for row in tx.execute(query))
    return tuple(card for card in cards if card.is_today(at) or card.is_open(at) or card.is_ahead(at))


def dated_cards(
    tx: Connection, *, edition_id: int | None = None, conference_id: int | None = None
) -> list[tuple[ConferenceCard, datetime]]:
    """The conferences of an edition, or one of them, that have a date, with it; by number, one statement."""
    c = Conference
    chosen = c.id == conference_id if conference_id is not None else c.edition_id == edition_id
    cards = (ConferenceCard(*row) for row in tx.execute(_cards().where(chosen).order_by(c.number)))
    return [(card, card.starts_at) for card in cards if card.starts_at is not None]


def _cards() -> Any:
    c, e = Conference, Edition
    return select(
        c.id, c.number, c.purpose, c.is_summary, c.theme, c.host_commune, c.venue, c.starts_at, c.ends_at, c.capacity,
        c.registration_until, c.state, c.version, c.updated_at,
        e.id, e.key, e.title, e.state, e.county, e.clause_version,
        _count_of(RegistrationState.REGISTERED), _count_of(RegistrationState.WAITING),
        select(func.count()).where(Presence.conference_id == c.id).scalar_subquery(),
        c.participants, c.participants_qualifier, c.participants_source,
    ).join(e, e.id == c.edition_id)  # fmt: skip


def _count_of(state: RegistrationState) -> ScalarSelect[int]:
    r = Registration
    return select(func.count()).where(r.conference_id == Conference.id, r.state == state).scalar_subquery()
