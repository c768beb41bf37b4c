"""Asks a server for one page on several connections as fast as it answers: python -m bench.http_load PORT PATH HEADERS.

A process of its own that imports next to nothing; prints the answers a second.
"""

import json
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection

SECONDS, CONNECTIONS = 0.6, 4
PATIENCE = 30.0


def ask(port: int, path: str, headers: Mapping[str, str], until: float, counts: list[int]) -> None:
    """Ask on one connection until the time is over."""
    connection, count = HTTPConnection("127.0.0.1", port, timeout=PATIENCE), 0
    while time.perf_counter() < until:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        count += 1
    counts.append(count)


def main(port: str, path: str, headers: str) -> None:
    counts: list[int] = []
    began = time.perf_counter()
    given = (int(port), path, json.loads(headers), began + SECONDS, counts)
    threads = [threading.Thread(target=ask, args=given) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) != CONNECTIONS:
        raise SystemExit("not every connection was answered")
    print(sum(counts) / (time.perf_counter() - began))


if __name__ == "__main__":
    main(*sys.argv[1:])
