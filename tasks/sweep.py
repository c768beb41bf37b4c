"""The sweep: a thread in every worker that finds what is due by itself, with or without broker and beat."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from tasks.deliver import Courier, deliver
from tasks.relay import relay_all
from tasks.reminders import sweep_timers
from workflow.groups.invitations import forget_addresses
from workflow.operations.heartbeats import Kind, beat

log = logging.getLogger(__name__)
# Well below the minute that is promised, with time for a slow round.
EVERY = timedelta(seconds=10)
TIMERS_EVERY = timedelta(seconds=60)
# Addresses of people who did not come are emptied a month after their invitation ended; an hour more is no matter.
FORGETS_EVERY = timedelta(hours=1)
# A round ends in time for the next one, however much is waiting.
SENDING_AT_MOST = timedelta(seconds=30)
RELAY_BATCHES = 40
BELL_NOTED_EVERY = timedelta(seconds=15)
# A worker that hears nothing for so long rings for itself, and after as long without an answer it is deaf.
QUIET = timedelta(seconds=45)
DEAF = 1
_bell_noted: dict[str, datetime] = {}


class Ear:
    """Remembers when this process last got a message: some that lose their broker live on and never hear again."""

    def __init__(self) -> None:
        self.heard_at: datetime | None = None
        self.rung_at: datetime | None = None

    def hear(self, at: datetime) -> None:
        """A message came."""
        self.heard_at, self.rung_at = at, None

    def is_deaf(self, at: datetime, ring: Callable[[], object]) -> bool:
        """Whether not even our own bell came back; rings it when all was quiet for a while."""
        if self.heard_at is None:
            self.heard_at = at
        if at - self.heard_at < QUIET:
            return False
        # Noted before ringing, for the answer may come before the ringing has returned.
        self.rung_at = self.rung_at or at
        try:
            ring()
        except Exception:  # noqa: BLE001 - whatever the broker's client raises, it means that nobody is there
            # Without a broker nobody hears anything; the sweep does the work, and that is no fault of this process.
            self.rung_at = None
        rung_at = self.rung_at
        return rung_at is not None and at - rung_at >= QUIET


EAR = Ear()


def leave() -> None:
    """End at once, as if killed: whoever watches starts a worker that hears, and leases bring back what was claimed."""
    os._exit(DEAF)


class Sweep(threading.Thread):
    """Relays, sends and looks at the timers, forever; an error is logged, and the next round tries again."""

    def __init__(
        self,
        courier: Courier,
        *,
        every: timedelta = EVERY,
        ring: Callable[[], object] | None = None,
        ear: Ear = EAR,
        leave: Callable[[], object] = leave,
    ) -> None:
        super().__init__(name="sweep", daemon=True)
        self.courier = courier
        self.every = every
        self.ring, self.ear, self.leave = ring, ear, leave
        self.ended = threading.Event()
        self.timers_at: datetime | None = None
        self.forgot_at: datetime | None = None

    def run(self) -> None:
        """Sweep until stopped."""
        self.once()
        while not self.ended.wait(self.every.total_seconds()):
            self.once()

    def stop(self) -> None:
        """End after the round that is running."""
        self.ended.set()

    def once(self) -> None:
        """One round; each part goes on when another one fails."""
        for part in (self._beat, self._timers, self._forget, self._relay, self._deliver, self._listen):
            try:
                part()
            except Exception:
                log.exception("the sweep goes on after an error in %s", part.__name__)

    def _beat(self) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"[:120]
        with self.courier.db.transaction() as tx:
            beat(tx, name, Kind.WORKER, at=self.courier.clock())

    def _timers(self) -> None:
        at = self.courier.clock()
        if self.timers_at is None or at - self.timers_at >= TIMERS_EVERY:
            self.timers_at = at
            sweep_timers(self.courier.db, at=at)

    def _forget(self) -> None:
        at = self.courier.clock()
        if self.forgot_at is None or at - self.forgot_at >= FORGETS_EVERY:
            self.forgot_at = at
            with self.courier.db.transaction() as tx:
                forget_addresses(tx, at=at)

    def _relay(self) -> None:
        courier = self.courier
        relay_all(courier.db, base_url=courier.settings.base_url, at=courier.clock(), batches=RELAY_BATCHES)

    def _deliver(self) -> None:
        started = self.courier.clock()
        while deliver(self.courier) and self.courier.clock() - started < SENDING_AT_MOST:
            # A slow mail server must not make this worker look dead.
            self._beat()

    def _listen(self) -> None:
        if self.ring and self.ear.is_deaf(self.courier.clock(), self.ring):
            log.critical("this worker gets no more messages from the broker; it ends, to be started again")
            self.leave()


def note_bell(courier: Courier) -> None:
    """Note, not more often than needed, that beat was heard."""
    at = courier.clock()
    EAR.hear(at)
    last = _bell_noted.get(courier.db.url)
    if last is None or at - last >= BELL_NOTED_EVERY:
        _bell_noted[courier.db.url] = at
        with courier.db.transaction() as tx:
            beat(tx, "beat", Kind.BEAT, at=at)
