"""The web process with the product's settings and a small application, beside clients that are slow on purpose."""

import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import CHECKOUT, free_port
from tests.processes import OPENER, Process, answers, eventually
from tests.web.ops.slow_clients import HALF, REST, connect, many, read_answer
from web.commands.processes import SETTINGS
from web.ops.buffering_worker import CONNECTIONS, LARGEST_BODY
from web.ops.orphan_reaper import OrphanReaper

COUNT = 200
LONGEST_ANSWER = 2.0


class Site:
    """A running web process."""

    def __init__(self, folder: Path) -> None:
        self.port, self.reaper = free_port(), OrphanReaper()
        words = ("--bind", f"127.0.0.1:{self.port}", *SETTINGS, "tests.web.ops.small_site:application")
        command = [sys.executable, "-m", "gunicorn", *words]
        self.process = Process("web", command, dict(os.environ), CHECKOUT, folder / "web.log", self.reaper).start()
        assert eventually(lambda: answers(self.address("/")), seconds=20), self.process.said()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def seconds_of_an_answer(self) -> float:
        """Infinite where none comes within five seconds."""
        started = time.monotonic()
        return time.monotonic() - started if answers(self.address("/")) else math.inf

    def close(self) -> None:
        if self.process.is_alive:
            self.process.kill()
        self.reaper.close()


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """One that a test may stop."""
    site = Site(tmp_path)
    yield site
    site.close()


SLOW = {
    "that keep an idle connection": b"",
    "that send half of the first line": b"GET / HT",
    "that send half of a body": HALF,
    "that do not read what they asked for": b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


@pytest.mark.parametrize("words", SLOW.values(), ids=SLOW)
def test_others_are_answered_beside_clients(shared_site: Site, words: bytes) -> None:
    # Each answer that nobody reads lies in a file of the server, so there are fewer of these, but more than threads.
    count = 12 if words == SLOW["that do not read what they asked for"] else COUNT
    with many(shared_site.port, words, count=count):
        # The best of a few: a machine that is busy with something else must not decide.
        assert min(shared_site.seconds_of_an_answer() for _ in range(3)) < LONGEST_ANSWER


def test_connections_that_one_process_keeps_are_far_more_than_the_tests_open() -> None:
    assert CONNECTIONS >= 4 * COUNT


def test_body_that_came_in_pieces_is_read_whole(shared_site: Site) -> None:
    opened = connect(shared_site.port, HALF.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    time.sleep(0.1)
    opened.sendall(REST)
    assert read_answer(opened).endswith(b"\r\n\r\n12")


def test_body_that_no_page_takes_is_refused_before_it_is_sent(shared_site: Site) -> None:
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n"
    assert read_answer(connect(shared_site.port, head.encode())).startswith(b"HTTP/1.1 413 ")


def test_answer_does_not_tell_which_server_gives_it(shared_site: Site) -> None:
    with OPENER.open(shared_site.address("/"), timeout=5) as answer:
        assert "Server" not in answer.headers


@pytest.mark.slow
def test_requests_that_began_to_arrive_are_answered_by_a_process_that_is_told_to_stop(own_site: Site) -> None:
    slow = connect(own_site.port, b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    half = connect(own_site.port, HALF.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    time.sleep(0.2)
    assert own_site.process.running
    own_site.process.running.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    half.sendall(REST)
    assert read_answer(half).endswith(b"\r\n\r\n12")
    assert read_answer(slow).endswith(b"\r\n\r\n0")
    assert own_site.process.running.wait(5) == 0


@pytest.mark.slow
def test_clients_that_never_finish_do_not_hold_up_the_stop(own_site: Site) -> None:
    with many(own_site.port, HALF, count=20), many(own_site.port, b"", count=20):
        started = time.monotonic()
        assert own_site.process.stop(seconds=10) == 0
        assert time.monotonic() - started < 5


@pytest.mark.slow
def test_killed_worker_is_replaced_and_the_address_stays_open(own_site: Site) -> None:
    own_site.process.kill_child()
    assert answers(own_site.address("/"))
