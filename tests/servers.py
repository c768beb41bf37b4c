"""A broker of their own for tests, as a real process."""

import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from web.ops.embedded_broker import choose_broker
from web.ops.orphan_reaper import OrphanReaper


class NoServerError(Exception):
    """Says which server is missing and how to bring it."""


def numbered(url: str, number: int) -> str:
    """The address of another database number on the same Redis."""
    parts = urlsplit(url)
    part = {"query": f"db={number}"} if parts.scheme == "unix" else {"path": f"/{number}"}
    return parts._replace(**part).geturl()


class PrivateRedis:
    """A broker of one's own, which a test may stop, kill, flush and start again on the same address."""

    def __init__(self, data: Path) -> None:
        self.broker = choose_broker(None, data=data)
        if not self.broker.command:
            raise NoServerError("no Valkey or Redis for the tests: run ./run test, or set TEST_REDIS_URL.")
        self.reaper = OrphanReaper()
        self.log = (data / "broker.log").open("ab")
        self.start()

    @property
    def url(self) -> str:
        return self.broker.url

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.broker.command,
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.reaper.watch(self.process.pid)
        deadline = time.monotonic() + 20
        while not self.broker.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NoServerError(f"{self.broker.command[0]} did not start: see {self.log.name}.")
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.terminate()
        self._gone()

    def kill(self) -> None:
        self.process.kill()
        self._gone()

    def silence(self) -> None:
        """From now on it takes connections and requests and answers nothing, as a machine that hangs."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.resume()
            self.stop()
        self.reaper.close()
        self.log.close()
        self.broker.remove()

    def _gone(self) -> None:
        self.process.wait()
        self.reaper.forget(self.process.pid)
