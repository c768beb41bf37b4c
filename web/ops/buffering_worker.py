"""The gunicorn worker of the web process: waitress reads requests whole, then a thread answers each."""

import logging
import os
import resource
import time
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

MEGABYTE = 1024 * 1024
# A connection costs a file descriptor and some kilobytes; a thread is needed only for a request that is complete.
CONNECTIONS = 1000
# Seconds without a byte after which an idle connection or an unfinished request is closed.
SILENCE = 60
# The application refuses bodies above 21 MB with a page of its own; this is where reading ends.
LARGEST_BODY = 32 * MEGABYTE
LARGEST_HEADERS = 64 * 1024
# A response up to this size leaves its thread at once, however slowly the client reads.
LARGEST_BUFFERED_RESPONSE = 64 * MEGABYTE
# Seconds that a stopping worker waits for the rest of requests that have begun to arrive.
LAST_BYTES = 1.0


class BufferingWorker(Worker):
    """Serves with `threads` threads; connections are read and written by one event loop beside them.

    A client that sends or reads slowly, or keeps an idle connection, occupies no thread. On SIGTERM no connection is
    accepted any more, requests that have arrived are answered, within gunicorn's graceful timeout.
    """

    def run(self) -> None:
        """Serve until told to stop, or until gunicorn's master process is gone."""
        # Beside its socket a connection may have one temporary file each way.
        allow_open_files(CONNECTIONS * 3 + 500)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        (listener,) = self.sockets
        self.channels: dict[int, Any] = {}
        self.server = create_server(self.wsgi, map=self.channels, sockets=[listener.sock], **self.options())
        while self.alive and self.ppid == os.getppid():
            self.turn()
        self.server.accepting = False
        self.drain()
        self.server.task_dispatcher.shutdown(timeout=1)

    def options(self) -> dict[str, Any]:
        """The settings of waitress; only the application decides whose word about the client's address counts."""
        return {
            "threads": self.cfg.threads,
            "connection_limit": CONNECTIONS,
            "channel_timeout": SILENCE,
            "cleanup_interval": 5,
            "max_request_body_size": LARGEST_BODY,
            "max_request_header_size": LARGEST_HEADERS,
            "recv_bytes": 65536,
            "inbuf_overflow": 65536,
            "outbuf_high_watermark": LARGEST_BUFFERED_RESPONSE,
            "clear_untrusted_proxy_headers": False,
            "asyncore_use_poll": True,
            "ident": None,
        }

    def turn(self) -> None:
        """One round of the event loop; tells gunicorn that this process is alive."""
        self.notify()
        wasyncore.loop(timeout=1.0, use_poll=True, map=self.channels, count=1)

    def drain(self) -> None:
        """Answer what has arrived; gunicorn kills a worker that takes longer than the graceful timeout."""
        started = time.monotonic()
        while (lasted := time.monotonic() - started) < self.cfg.graceful_timeout:
            if not any(is_busy(each, reading=lasted < LAST_BYTES) for each in list(self.channels.values())):
                return
            wasyncore.loop(timeout=0.1, use_poll=True, map=self.channels, count=1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: end the round that waits for events, so that stopping begins at once."""
        super().handle_exit(sig, frame)
        if hasattr(self, "server"):
            self.server.pull_trigger()


def is_busy(channel: object, *, reading: bool) -> bool:
    """Whether a connection has a request that is being answered or, while `reading`, received."""
    if not isinstance(channel, HTTPChannel):
        return False
    answering = bool(channel.requests or channel.total_outbufs_len) and channel.connected
    return answering or (reading and channel.request is not None)


def allow_open_files(wanted: int) -> None:
    """Raise this process's limit of open files to what it may need, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
