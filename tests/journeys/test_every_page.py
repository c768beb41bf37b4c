"""Every page of the demo, by somebody who may open it: it works, fits, speaks Polish, and keeps nobody out."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select, update
from werkzeug.exceptions import NotFound

from tasks.relay import relay_all
from tests.journeys.look import bytes_of, english, too_wide, violations, weigh
from tests.journeys.product import running
from tests.journeys.somebody import Somebody
from tests.journeys.tour import NOBODY, Tour, Visit, pages_of
from tests.smtp_sink import SmtpSink
from web.app import create_app
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.db.database import Database
from workflow.demo import load as demo
from workflow.models import Delivery
from workflow.notifications.deliveries import Channel, DeliveryState

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PHONE, SMALLEST = 390, 320
MOST, MOST_FONT = 100_000, 60_000


@dataclass
class Seen:
    """What the tour brought back, by page."""

    address: str
    access: list[str] = field(default_factory=list)
    widths: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def seen(
    sqlite_master: bytes, redis_server: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seen]:
    """Everybody goes round the whole demo once."""
    folder, sink = tmp_path_factory.mktemp("pages"), SmtpSink()
    path = folder / "partnerstwo.sqlite3"
    path.write_bytes(sqlite_master)
    sink.start()
    with running(f"sqlite:///{path}", redis_server, sink, folder, services=("web",)) as product:
        load_demo(product.database, product.address)
        found = Seen(product.address)
        go_round(found, browser, Tour(product.database))
        yield found
        assert not product.faults()
    sink.stop()


def load_demo(database: Database, address: str) -> None:
    demo.load(database, password="demo", at=utc_now())
    relay_all(database, base_url=address, at=utc_now())
    lost = select(func.max(Delivery.id)).where(Delivery.channel == Channel.EMAIL).scalar_subquery()
    failed = {"state": DeliveryState.FAILED, "error": "550 no such mailbox"}
    with database.transaction() as tx:
        tx.execute(update(Delivery).where(Delivery.id == lost).values(failed))


def go_round(seen: Seen, browser: Browser, tour: Tour) -> None:
    people: dict[str, Somebody] = {}
    axe, waiting = Axe(), deque(tour.visits())
    while waiting:
        visit = waiting.popleft()
        if visit.who not in people:
            people[visit.who] = Somebody(browser, seen.address, visit.who)
            if visit.who != NOBODY:
                people[visit.who].sign_in("demo")
        links = look_at(seen, people[visit.who], visit, axe)
        waiting += tour.steps_on(visit, links)
    for one in people.values():
        one.context.close()


def look_at(seen: Seen, somebody: Somebody, visit: Visit, axe: Axe) -> list[str]:
    """One page on a wide screen and on two narrow ones; returns where it leads."""
    page, where = somebody.page, f"{visit.path} ({visit.who or 'nobody'})"
    somebody.refusals = {visit.status} if visit.status >= 400 else set()
    page.set_viewport_size({"width": 1280, "height": 800})
    answer = page.goto(visit.path, wait_until="load")
    assert answer is not None
    assert answer.status == visit.status, where
    seen.paths.update((visit.path.partition("?")[0], page.url.removeprefix(seen.address).partition("?")[0]))
    seen.weights[where] = bytes_of(answer)
    seen.words += [f"{where}: {one}" for one in english(page)]
    seen.access += [f"{where}: {one}" for one in violations(page, axe)]
    seen.widths += [f"{where}: {one}" for width in (SMALLEST, PHONE) for one in too_wide(page, width)]
    # Pages of one kind fold alike on a phone, so that one of them is enough there.
    if (kind := re.sub(r"\d+|krok/\w+|demo-\w+", "", visit.path)) not in seen.kinds:
        seen.kinds.add(kind)
        seen.access += [f"{where} on a phone: {one}" for one in violations(page, axe)]
    seen.troubles += [f"{where}: {one}" for one in somebody.troubles]
    somebody.troubles.clear()
    links: list[str] = page.locator("main a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return links


def test_nothing_fails_behind_any_page(seen: Seen) -> None:
    assert not seen.troubles


def test_axe_finds_nothing(seen: Seen) -> None:
    assert not seen.access


def test_no_page_is_wider_than_a_phone(seen: Seen) -> None:
    assert not seen.widths


def test_polish_pages_speak_polish_alone(seen: Seen) -> None:
    assert not seen.words


def test_every_page_was_seen(seen: Seen, tmp_path: Path) -> None:
    app = create_app(load_settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/none.sqlite3"))
    rules = app.url_map.bind("")
    visited = set()
    for path in seen.paths:
        try:
            visited.add(rules.match(path)[0])
        except NotFound:
            continue
    assert not pages_of(app.url_map) - visited


def test_pages_are_light_with_everything(seen: Seen, browser: Browser) -> None:
    weights = weigh(browser, f"{seen.address}/login")
    beside = sum(weights.values()) - weights["document"] - weights["font"]
    assert weights["font"] < MOST_FONT
    heavy = {where: own + beside for where, own in seen.weights.items() if own + beside >= MOST}
    assert not heavy


def test_these_looks_see_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=pl><title>Próba</title><main><h1>Próba</h1><img src=x><p style='width:500px'>Sign in")
    assert "image-alt" in " ".join(violations(page, Axe()))
    assert "pixels too wide at 390" in " ".join(too_wide(page, PHONE))
    assert list(english(page)) == ["English: Sign in"]
