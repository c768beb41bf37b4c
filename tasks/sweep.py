"""The sweep: a thread in every worker that finds what is due by itself, with or without broker and beat."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from tasks.bounce_mailbox import read_bounces
from tasks.deliver import Sender, deliver
from tasks.jobs import JOBS
from tasks.webhooks import call_webhooks
from workflow.accounts import sent_forms, throttle
from workflow.engine.poll_keys import sweep_keys
from workflow.groups.invitations import forget_addresses
from workflow.notifications.deliveries import settle_withdrawn
from workflow.notifications.mail_health import tell_staff
from workflow.notifications.relay import relay_all
from workflow.operations.digests import sweep_digests
from workflow.operations.heartbeats import Kind, beat
from workflow.operations.matter_reminders import sweep_matters
from workflow.operations.reminders import sweep_timers

log = logging.getLogger(__name__)
# Well below the minute that is promised, with time for a slow round.
EVERY = timedelta(seconds=10)
TIMERS_EVERY = timedelta(seconds=60)
# Addresses of people who did not come are emptied a month after their invitation ended; an hour more is no matter.
FORGET_ADDRESSES_EVERY = timedelta(hours=1)
# A round ends in time for the next one, however much is waiting.
SENDING_AT_MOST = timedelta(seconds=30)
RELAY_BATCHES = 40
ALARM_EVERY = timedelta(seconds=60)
BOUNCES_EVERY = timedelta(minutes=5)
BEAT_NOTED_EVERY = timedelta(seconds=15)
# A worker that gets no message for so long sends a wake-up message to itself; when that does not come within as long
# again, it is cut off from the broker.
QUIET = timedelta(seconds=45)
EXIT_CUT_OFF = 1
_beat_noted_at: dict[str, datetime] = {}


class MessageWatch:
    """When this process last got a message: some that lose their broker live on and never get another one."""

    def __init__(self) -> None:
        self.last_message_at: datetime | None = None
        self.wake_up_sent_at: datetime | None = None

    def note_message(self, at: datetime) -> None:
        """A message was handled at `at`."""
        self.last_message_at, self.wake_up_sent_at = at, None

    def is_cut_off(self, at: datetime, send_wake_up: Callable[[], object]) -> bool:
        """Whether not even our own wake-up message came back; sends it when nothing came for QUIET."""
        if self.last_message_at is None:
            self.last_message_at = at
        if at - self.last_message_at < QUIET:
            return False
        # Noted before sending, for the message may be handled before sending has returned.
        self.wake_up_sent_at = self.wake_up_sent_at or at
        try:
            send_wake_up()
        except Exception:  # noqa: BLE001 - whatever the broker's client raises, it means that nobody is there
            # Without a broker no process gets messages; the sweep does the work, and this process is not at fault.
            self.wake_up_sent_at = None
        wake_up_sent_at = self.wake_up_sent_at
        return wake_up_sent_at is not None and at - wake_up_sent_at >= QUIET


MESSAGE_WATCH = MessageWatch()


def exit_process() -> None:
    """End at once, as if killed: the supervisor starts another worker; leases free what this one had claimed."""
    os._exit(EXIT_CUT_OFF)


class Sweep(threading.Thread):
    """Relays, sends and does what timers ask, until stopped; an error is logged, and the next round tries again."""

    def __init__(
        self,
        sender: Sender,
        *,
        every: timedelta = EVERY,
        send_wake_up: Callable[[], object] | None = None,
        watch: MessageWatch = MESSAGE_WATCH,
        exit_process: Callable[[], object] = exit_process,
    ) -> None:
        super().__init__(name="sweep", daemon=True)
        self.sender = sender
        self.every = every
        self.send_wake_up, self.watch, self.exit_process = send_wake_up, watch, exit_process
        self.stopped = threading.Event()
        self._done_at: dict[str, datetime] = {}

    def run(self) -> None:
        """Sweep until stopped."""
        self.run_once()
        while not self.stopped.wait(self.every.total_seconds()):
            self.run_once()

    def stop(self) -> None:
        """End after the round that is running."""
        self.stopped.set()

    def run_once(self) -> None:
        """One round; each part goes on when another one fails."""
        first = (self._beat, self._timers, self._forget, self._relay, self._jobs, self._deliver, self._webhooks)
        for part in (*first, self._watch_messages, self._alarm, self._bounces):
            try:
                part()
            except OperationalError as error:
                log.warning("the database cannot be had, the sweep goes on without %s: %s", part.__name__, error.orig)
            except Exception:
                log.exception("the sweep goes on after an error in %s", part.__name__)

    def _beat(self) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"[:120]
        with self.sender.db.transaction() as tx:
            beat(tx, name, Kind.WORKER, at=self.sender.clock())

    def _timers(self) -> None:
        if self._is_due("timers", TIMERS_EVERY):
            at = self.sender.clock()
            sweep_timers(self.sender.db, at=at)
            sweep_matters(self.sender.db, at=at)
            sweep_keys(self.sender.db, at=at)
            sweep_digests(self.sender.db, at=at)

    def _forget(self) -> None:
        if self._is_due("forget", FORGET_ADDRESSES_EVERY):
            at = self.sender.clock()
            with self.sender.db.transaction() as tx:
                forget_addresses(tx, at=at)
            with self.sender.db.transaction() as tx:
                throttle.forget_old(tx, at=at)
                sent_forms.forget_old(tx, at=at)
                settle_withdrawn(tx, at=at)

    def _relay(self) -> None:
        sender = self.sender
        relay_all(sender.db, base_url=sender.settings.base_url, at=sender.clock(), batches=RELAY_BATCHES)

    def _jobs(self) -> None:
        JOBS.start(self.sender)

    def _deliver(self) -> None:
        started = self.sender.clock()
        while deliver(self.sender) and self.sender.clock() - started < SENDING_AT_MOST:
            # A slow mail server must not make this worker look dead.
            self._beat()

    def _webhooks(self) -> None:
        call_webhooks(self.sender)

    def _alarm(self) -> None:
        """Tell staff in their inbox, once for each standstill."""
        if self._is_due("alarm", ALARM_EVERY):
            sender, at = self.sender, self.sender.clock()
            with sender.db.transaction() as tx:
                tell_staff(tx, at=at, after=sender.settings.mail_alarm)

    def _bounces(self) -> None:
        """Last, since a mailbox that hangs must hold up nothing else for longer than its limits."""
        if self.sender.settings.bounce_url and self._is_due("bounces", BOUNCES_EVERY):
            read_bounces(self.sender.db, self.sender.settings, at=self.sender.clock())

    def _is_due(self, part: str, every: timedelta) -> bool:
        """Whether a part of the sweep was not done for so long; notes that it is done now."""
        at = self.sender.clock()
        last = self._done_at.get(part)
        if last is not None and at - last < every:
            return False
        self._done_at[part] = at
        return True

    def _watch_messages(self) -> None:
        if self.send_wake_up and self.watch.is_cut_off(self.sender.clock(), self.send_wake_up):
            log.critical("this worker gets no more messages from the broker; it ends, to be started again")
            self.exit_process()


def note_beat(sender: Sender) -> None:
    """Write, at most every BEAT_NOTED_EVERY, that a message of beat came: beat, broker and worker reach each other."""
    at = sender.clock()
    MESSAGE_WATCH.note_message(at)
    last = _beat_noted_at.get(sender.db.url)
    if last is None or at - last >= BEAT_NOTED_EVERY:
        _beat_noted_at[sender.db.url] = at
        with sender.db.transaction() as tx:
            beat(tx, "beat", Kind.BEAT, at=at)
