"""Moves the clock of a copied edition from one deadline to the next and collects what happens, day by day."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from sqlalchemy import func, select, update

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.db.database import Database
from workflow.engine import timers
from workflow.models import Delivery, Timer
from workflow.models.base import table_of
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.relay import relay_all
from workflow.operations import matter_reminders
from workflow.operations.digests import sweep_digests
from workflow.operations.rehearsal.copy import copy_edition, throw_away_database
from workflow.operations.rehearsal.events import NOT_YET, Event, EventReader, Remaining, remaining
from workflow.operations.rehearsal.letters import LetterReader, RehearsedLetter
from workflow.operations.reminders import sweep_timers
from workflow.rules.facts import Ref

# A rehearsal goes no further, whatever is due after it, and takes no longer.
LONGEST = timedelta(days=550)
SECONDS_AT_MOST = 900.0
AT_ONCE = 400
AN_HOUR = timedelta(hours=1)
# Nothing comes into being so often at one moment.
ROUNDS = 100
# Days after which a step that had to wait for somebody is tried again; later it is left.
TRIED_AFTER = (1, 1, 1, 7, 7, 30, 60, 120)
_T = table_of(Timer).c
_NEXT_DIGEST = select(func.min(Delivery.next_try_at)).where(Delivery.state == DeliveryState.GATHERED)


class Day(Struct, frozen=True):
    """What happens on one day in Warsaw."""

    day: date
    events: tuple[Event, ...]
    letters: tuple[RehearsedLetter, ...]


# How many days are done of how many.
Progress = Callable[[int, int], object]


@dataclass
class Rehearsal:
    """One edition being rehearsed; what is left of it in the end is known once `days` has been read to its end."""

    source: Database
    edition_id: int
    at: datetime
    base_url: str
    until: date | None = None
    seconds_at_most: float = SECONDS_AT_MOST
    progress: Progress = lambda _done, _total: None
    # What waits for a person when the rehearsal ends.
    remaining: tuple[Remaining, ...] = ()
    # The day on which it was stopped because it took too long.
    cut_short: date | None = None
    _tries: dict[Ref, int] = field(default_factory=dict)

    def days(self) -> Iterator[Day]:
        """Every day on which something happens, in order. Nobody does anything in them but the clock.

        Copies the edition first, into a folder that is removed in the end. Sends nothing, and writes nothing into the
        source.
        """
        with TemporaryDirectory(prefix="partnerstwo-rehearsal-") as folder:
            database = throw_away_database(Path(folder))
            try:
                with self.source.snapshot() as connection:
                    copy_edition(connection, database, self.edition_id)
                yield from self._days_of(database)
                with database.reading() as connection:
                    self.remaining = remaining(connection, self.edition_id)
            finally:
                database.close()

    @property
    def ends_at(self) -> datetime:
        """The last moment that is looked at."""
        longest = self.at + LONGEST
        return min(end_of_day(self.until), longest) if self.until else longest

    def _days_of(self, database: Database) -> Iterator[Day]:
        for day, moments in groupby(self._moments(database), key=lambda moment: moment.day):
            parts = list(moments)
            events = tuple(event for part in parts for event in part.events)
            letters = tuple(letter for part in parts for letter in part.letters)
            if events or letters:
                yield Day(day, events, letters)

    def _moments(self, database: Database) -> Iterator[Day]:
        """What happens at each moment at which the clock has something to do."""
        events, letters = EventReader(database), LetterReader(database)
        began, moment = time.monotonic(), self.at
        done: datetime | None = None
        total = max(1, (self.ends_at - self.at).days)
        while (due := self._next_due(database, done or moment)) is not None and due <= self.ends_at:
            moment = max(moment, due)
            # What cannot be done at one moment, as by night, is tried an hour later.
            done = moment = moment + AN_HOUR if moment == done else moment
            self.progress(min(total, (moment - self.at).days), total)
            self._pass(database, moment)
            happened = events.read(moment)
            self._try_later(database, happened, moment)
            # What waits is said once, when it begins to wait.
            fresh = tuple(event for event in happened if self._tries.get(event.ref, 0) <= 1 or not event.waits)
            yield Day(warsaw_date(moment), fresh, letters.read())
            if time.monotonic() - began > self.seconds_at_most:
                self.cut_short = warsaw_date(moment)
                return

    @staticmethod
    def _next_due(database: Database, at: datetime) -> datetime | None:
        with database.reading() as connection:
            timer: datetime | None = connection.execute(select(func.min(_T.due_at))).scalar_one()
            digest: datetime | None = connection.execute(_NEXT_DIGEST).scalar_one()
            matter = matter_reminders.next_moment(connection, at=at)
        return min(filter(None, (timer, digest, matter)), default=None)

    def _pass(self, database: Database, moment: datetime) -> None:
        """Do what is due at a moment, as beat does, and work out who is told."""
        for _round in range(ROUNDS):
            with database.reading() as connection:
                if not timers.due_subjects(connection, at=moment, limit=1):
                    break
            sweep_timers(database, at=moment, limit=AT_ONCE)
        matter_reminders.sweep_matters(database, at=moment)
        # What has just been told may go into a digest of this moment.
        for _part in range(2):
            relay_all(database, base_url=self.base_url, at=moment, batches=1_000_000)
            while sweep_digests(database, at=moment, limit=AT_ONCE):
                pass
        relay_all(database, base_url=self.base_url, at=moment, batches=1_000_000)

    def _try_later(self, database: Database, happened: tuple[Event, ...], moment: datetime) -> None:
        """Try what waits for a person again on other days instead of every hour, and in the end no more."""
        with database.transaction() as tx:
            for event in happened:
                if not event.waits:
                    continue
                tries = self._tries[event.ref] = self._tries.get(event.ref, 0) + 1
                again = moment + timedelta(days=TRIED_AFTER[tries - 1]) if tries <= len(TRIED_AFTER) else None
                later = min(filter(None, (again, event.reminded_at)), default=None)
                here = _T.subject_kind == event.ref.kind, _T.subject_id == event.ref.id, _T.outcome.startswith(NOT_YET)
                # A reminder of the same subject that comes sooner stays where it is.
                soon = _T.due_at <= moment + AN_HOUR
                tx.execute(update(Timer).where(*here, soon).values(due_at=later))
