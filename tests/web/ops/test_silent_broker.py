"""The web process beside a broker that takes connections and answers nothing, as a machine that hangs."""

import http.cookiejar
import json
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.product import Product, running
from tests.processes import OPENER, eventually
from tests.servers import PrivateRedis
from tests.smtp_sink import SmtpSink
from tests.world import PASSWORD, World
from workflow.accounts.throttle import LIMITS, Purpose
from workflow.base.calendar import utc_now

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
# More than the web process has threads.
AT_ONCE = 10
GUESSES = LIMITS[Purpose.SIGN_IN].account_and_address.failures
# Seconds that a broker may take from a visitor when it hangs.
LONGEST_DELAY = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, and how many seconds it took."""

    status: int
    seconds: float


@pytest.fixture
def product(sqlite_url: str, own_redis: PrivateRedis, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[Product]:
    with running(sqlite_url, own_redis.url, smtp_sink, tmp_path, services=("web",)) as started:
        World(started.database, now=utc_now())
        yield started


def report(product: Product) -> tuple[dict[str, Any], float]:
    """What `/readyz` tells, and in how many seconds."""
    started = time.monotonic()
    with OPENER.open(f"{product.address}/readyz", timeout=10) as answer:
        return dict(json.load(answer)), time.monotonic() - started


class Visitor:
    """Somebody at the sign-in form, with an address that nobody has an account for unless another one is given."""

    def __init__(self, product: Product) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self.address = f"{product.address}/login"
        with self.opener.open(self.address, timeout=10) as answer:
            token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
        assert token
        self.token = token[1]

    def sign_in(self, email: str = "", password: str = "not the password") -> Answer:
        email = email or f"{secrets.token_hex(4)}@example.org"
        form = urllib.parse.urlencode({"email": email, "password": password, "csrf_token": self.token})
        started = time.monotonic()
        try:
            answer = self.opener.open(self.address, form.encode(), timeout=90)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Answer(answer.status, time.monotonic() - started)


def slowest(visitors: list[Visitor]) -> float:
    """Seconds that the slowest of them waits when all try to sign in at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(Visitor.sign_in, visitors))
    assert {answer.status for answer in answers} == {422}
    return max(answer.seconds for answer in answers)


def test_people_sign_in_and_the_report_is_true_while_the_broker_is_silent(
    product: Product, own_redis: PrivateRedis
) -> None:
    visitors = [Visitor(product) for _ in range(AT_ONCE)]
    assert report(product)[0]["broker"] == "ok"

    usual = slowest(visitors)

    own_redis.silence()
    assert slowest(visitors) < usual + LONGEST_DELAY

    parts, seconds = report(product)
    assert (parts["broker"], parts["status"]) == ("silent", "ready")
    assert seconds < LONGEST_DELAY
    # Wrong passwords are still counted, which needs the database alone.
    refused = [visitors[0].sign_in("admin@example.org").status for _ in range(GUESSES + 1)]
    assert refused == [*[422] * GUESSES, 429]
    entered = visitors[1].sign_in("staff@example.org", PASSWORD)
    assert entered.status == 200
    assert entered.seconds < usual + LONGEST_DELAY

    own_redis.resume()
    assert eventually(lambda: report(product)[0]["broker"] == "ok", seconds=5)
