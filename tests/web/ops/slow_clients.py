"""Clients that send or read slowly, as a bad connection or somebody who means harm does."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

HALF = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\nhalf"
REST = b"and half"


def connect(port: int, words: bytes = b"") -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), 5)
    opened.sendall(words)
    return opened


@contextmanager
def many(port: int, words: bytes, *, count: int) -> Iterator[None]:
    """So many connections, on each of which these words were sent, and nothing more."""
    with ExitStack() as stack:
        for _number in range(count):
            stack.enter_context(connect(port, words))
        yield


def read_answer(opened: socket.socket) -> bytes:
    """All that comes until the server closes the connection, or stays silent for seconds."""
    opened.settimeout(5)
    with opened, opened.makefile("rb") as answer:
        return answer.read()
