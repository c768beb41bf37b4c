"""A thread in every worker that relays and sends as soon as something was committed; the sweep is the net below it."""

import logging
import threading
from contextlib import closing

from sqlalchemy.exc import OperationalError

from tasks.deliver import Sender, deliver
from workflow.db import wake_up
from workflow.notifications.relay import relay_all

log = logging.getLogger(__name__)
# How long to wait for one message before looking whether to stop; a lost server is noticed then as well.
WAIT = 15.0
PAUSE = 1.0


class WakeUps(threading.Thread):
    """Waits for wake-up messages and does what they are for, until stopped; an error is logged."""

    def __init__(self, sender: Sender, *, wait: float = WAIT) -> None:
        super().__init__(name="wake-ups", daemon=True)
        self.sender, self.seconds = sender, wait
        self.stopped = threading.Event()

    def run(self) -> None:
        """Wait and work until stopped; after a message once more, for what was committed without one of its own."""
        came = False
        with closing(wake_up.listener(self.sender.db)) as listener:
            while not self.stopped.is_set():
                again, came = came, listener.wait(wake_up.AGAIN if came else self.seconds)
                if came or again:
                    self.work()

    def stop(self) -> None:
        """End after the next message, or when no more comes for a while."""
        self.stopped.set()
        wake_up.send(self.sender.db)

    def work(self) -> None:
        """Relay and send until nothing is due; new rows are relayed before the next chunk."""
        try:
            self._relay()
            while not self.stopped.is_set() and deliver(self.sender):
                self._relay()
        except OperationalError as error:
            log.warning("the database cannot be had, the sweep does what a wake-up message asked for: %s", error.orig)
            self.stopped.wait(PAUSE)
        except Exception:
            log.exception("what a wake-up message asked for was not done; the sweep will")
            self.stopped.wait(PAUSE)

    def _relay(self) -> None:
        sender = self.sender
        relay_all(sender.db, base_url=sender.settings.base_url, at=sender.clock())
