"""Every page of the demo, by somebody who may open it: it works, fits, speaks Polish, and keeps nobody out."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select, update
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map

from tests import chromium
from tests.journeys.hostile_names import bytes_put_in, write_hostile_names
from tests.journeys.look import (
    AXE_AT_HAND,
    AccessCheck,
    bytes_of,
    english,
    longest_parts,
    speaks_english,
    too_wide,
    weigh,
)
from tests.journeys.product import Product
from tests.journeys.somebody import Somebody
from tests.journeys.tour import NOBODY, PEOPLE, Tour, Visit, pages_of
from tests.postgres import CHECKOUT
from tests.web.html_faults import html_faults
from web.app import create_app
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.db.database import Database
from workflow.demo import load as demo
from workflow.models import Delivery
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.relay import relay_all

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
# Endpoints of pages that are only known when somebody sees a link to them.
FOUND = {"steps.ask", "undo.ask_to_undo"}
WIDE, PHONE, SMALLEST = 1280, 390, 320
# Where a page leads; nothing of it is left that would be laid out once more when the window is made wide for the next one.
LEAVE = """() => {
  const links = [...document.querySelectorAll("main a[href]")].map(link => link.getAttribute("href"));
  document.documentElement.style.display = "none";
  return links;
}"""
MOST, MOST_FONT = 100_000, 60_000


@dataclass
class Seen:
    """What the tour brought back, by page."""

    address: str
    access: list[str] = field(default_factory=list)
    widths: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    check: AccessCheck = field(default_factory=AccessCheck)


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium that lays pages out and draws none of them, at three quarters of the cost; others ignore the flag."""
    flags = [*chromium.FLAGS, "--enable-begin-frame-control"]
    opened = browser.browser_type.launch(executable_path=chromium.find(), args=flags)
    yield opened
    opened.close()


class Rounds:
    """Everybody goes round the demo once, one person after the other, each when it is first asked for."""

    def __init__(self, address: str, browser: Browser, tour: Tour) -> None:
        self.seen, self.browser, self.tour = Seen(address), browser, tour
        self.waiting = {who: deque[Visit]() for who in PEOPLE}
        for visit in tour.visits():
            self.waiting[visit.who].append(visit)
            self.seen.planned.add(visit.path.partition("?")[0])
        self.troubles: dict[str, list[str]] = {}

    def troubles_of(self, who: str) -> list[str]:
        """What failed behind the pages of one person."""
        if who not in self.troubles:
            self.troubles[who] = go_round(self.seen, self.browser, self.tour, who, self.waiting[who])
        return self.troubles[who]


@pytest.fixture(scope="module")
def rounds(shared: Product, browser: Browser) -> Rounds:
    load_demo(shared.database)
    return Rounds(shared.address, browser, Tour(shared.database))


@pytest.fixture(scope="module")
def seen(rounds: Rounds) -> Seen:
    """What everybody's round brought back."""
    for who in PEOPLE:
        rounds.troubles_of(who)
    return rounds.seen


@pytest.fixture
def rules(tmp_path: Path) -> Map:
    """The addresses of the application."""
    return create_app(load_settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/none.sqlite3")).url_map


def load_demo(database: Database) -> None:
    """The demo, its letters, one of them that never arrived, and words of any length in all of it."""
    demo.load(database, password="demo", at=utc_now())
    relay_all(database, base_url="http://127.0.0.1:8000", at=utc_now())
    lost = select(func.max(Delivery.id)).where(Delivery.channel == Channel.EMAIL).scalar_subquery()
    failed = {"state": DeliveryState.FAILED, "error": "550 no such mailbox"}
    with database.transaction() as tx:
        tx.execute(update(Delivery).where(Delivery.id == lost).values(failed))
        write_hostile_names(tx)


def go_round(seen: Seen, browser: Browser, tour: Tour, who: str, waiting: deque[Visit]) -> list[str]:
    """The visits of one person, and those of the steps that they find on the way; returns what failed behind them."""
    troubles: list[str] = []
    somebody = Somebody(browser, seen.address, who)
    somebody.context.add_init_script(AXE_AT_HAND)
    if who != NOBODY:
        somebody.enter(tour.database, at=utc_now())
    while waiting:
        visit = waiting.popleft()
        waiting += tour.steps_on(visit, look_at(seen, somebody, visit))
        troubles += [f"{visit.path}: {one}" for one in somebody.troubles]
        somebody.troubles.clear()
    somebody.context.close()
    return troubles


def look_at(seen: Seen, somebody: Somebody, visit: Visit) -> list[str]:
    """One page on a wide screen and on the narrowest; returns where it leads."""
    page, where = somebody.page, f"{visit.path} ({visit.who or 'nobody'})"
    somebody.refusals = {visit.status} if visit.status >= 400 else set()
    answer = page.goto(visit.path, wait_until="load")
    assert answer is not None
    assert answer.status == visit.status, where
    seen.paths.update((visit.path.partition("?")[0], page.url.removeprefix(seen.address).partition("?")[0]))
    text = answer.text()
    # What is weighed is the page, not the names of any length that were put into it.
    seen.weights[where] = bytes_of(answer) - bytes_put_in(text)
    seen.html += [f"{where}: {fault}" for fault in html_faults(text)]
    seen.words += [f"{where}: {one}" for one in english(page)]
    seen.access += [f"{where}: {one}" for one in seen.check.violations(page)]
    seen.widths += [f"{where}: {one}" for one in too_wide(page, WIDE)]
    # Pages of one kind fold alike on a phone, so that one of them is enough there; the narrowest is laid out alike.
    if (kind := re.sub(r"\d+|krok/\w+|demo-\w+", "", visit.path)) not in seen.kinds:
        seen.kinds.add(kind)
        seen.widths += [f"{where}: {one}" for one in too_wide(page, PHONE)]
        seen.access += [f"{where} on a phone: {one}" for one in seen.check.violations(page, narrowed=True)]
    seen.widths += [f"{where}: {one}" for one in too_wide(page, SMALLEST)]
    links: list[str] = page.evaluate(LEAVE)
    page.set_viewport_size({"width": WIDE, "height": 800})
    return links


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_fails_behind_any_page(rounds: Rounds, who: str) -> None:
    assert not rounds.troubles_of(who)


def test_axe_finds_nothing(seen: Seen) -> None:
    assert not seen.access, "\n".join(seen.access)


def test_no_page_is_wider_than_a_phone(seen: Seen) -> None:
    assert not seen.widths, "\n".join(seen.widths)


def test_pages_are_laid_out_alike_on_the_smallest_and_on_the_usual_phone() -> None:
    """Where no width is named between the two, what fits the smallest fits the other one."""
    styles = "".join(path.read_text("utf-8") for path in sorted((CHECKOUT / "web/static").glob("*.css")))
    named = [float(rem) * 16 for rem in re.findall(r"@media[^{]*width: ([\d.]+)rem", styles)]
    assert len(named) == len(re.findall(r"@media[^{]*width", styles)) > 0
    assert not [width for width in named if SMALLEST <= width <= PHONE]


def test_polish_pages_speak_polish_alone(seen: Seen) -> None:
    assert not seen.words, "\n".join(seen.words)


def test_html_is_valid_and_no_link_is_empty(seen: Seen) -> None:
    assert not seen.html, "\n".join(seen.html)


def test_every_page_has_its_visitor(seen: Seen, rules: Map) -> None:
    planned = {endpoint for path in seen.planned if (endpoint := endpoint_of(rules, path))}
    assert pages_of(rules) - planned - FOUND == set()


def test_pages_of_steps_were_found(seen: Seen, rules: Map) -> None:
    """No list of addresses names them: they have to be reached from the pages before."""
    assert {endpoint_of(rules, path) for path in seen.paths} >= FOUND


def endpoint_of(rules: Map, path: str) -> str | None:
    try:
        return str(rules.bind("").match(path)[0])
    except NotFound:
        return None


def test_pages_are_light_with_everything(seen: Seen, browser: Browser) -> None:
    weights = weigh(browser, f"{seen.address}/login")
    beside = sum(weights.values()) - weights["document"] - weights["font"]
    assert weights["font"] < MOST_FONT
    heavy = {where: own + beside for where, own in seen.weights.items() if own + beside >= MOST}
    assert not heavy


def test_these_looks_see_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=pl><title>Próba</title><main><h1>Próba</h1><img src=x><p style='width:500px'>Sign in")
    assert "image-alt" in " ".join(AccessCheck().violations(page))
    assert "pixels too wide at 390" in " ".join(too_wide(page, PHONE))
    assert list(english(page)) == ["English: Sign in"]


def test_an_english_sentence_is_found_by_its_longest_part_whatever_stands_around_it() -> None:
    parts = [part for some in longest_parts().values() for part in some]
    assert len(parts) > 3000
    assert not [part for part in parts if not speaks_english(f"Ala {part} kota")]
    assert not speaks_english("Ala ma kota, psa i rybki.")


def test_contrast_is_looked_at_wherever_a_page_brings_new_styles(page: Page) -> None:
    check, pale = (
        AccessCheck(),
        "<html lang=pl><title>T</title><main><h1>T</h1><div{}><p{}>Blady napis</p></div></main>",
    )
    page.set_content(pale.format("", ""))
    assert not list(check.violations(page))
    for style in (
        (" style='background:#333'", ""),
        ("", " style='color:#ccc'"),
        ("", " class=inny style='color:#ddd'"),
        ("", " style='color:#aaa;font-size:40px'"),
    ):
        page.set_content(pale.format(*style))
        assert "color-contrast" in " ".join(check.violations(page))
        assert "color-contrast" not in " ".join(check.violations(page)), "each drawing is looked at once"


FAULTS = {
    "image-alt": "<img src=x>",
    "button-name": "<button></button>",
    "link-name": "<a href=/></a>",
    "label": "<input name=b>",
    "list": "<ul><div>Dwa</div></ul>",
    "aria-valid-attr-value": "<button aria-controls=nigdzie aria-expanded=true>Trzy</button>",
    "definition-list": "<dl><dd>Cztery</dd><p>Pięć</p></dl>",
    "nested-interactive": "<button>Pięć <a href=/x>sześć</a></button>",
    "valid-lang": "<p lang=xxq>Siedem</p>",
    "heading-order": "<h4>Osiem</h4>",
    "landmark-unique": "<nav><a href=/y>Dziewięć</a></nav><nav><a href=/z>Dziesięć</a></nav>",
    "empty-heading": "<h2></h2>",
    "landmark-main-is-top-level": "<nav><main>Dziewięć</main></nav>",
    "landmark-no-duplicate-main": "<main>Dziesięć</main>",
    "page-has-heading-one": "<script>document.querySelector('h1').remove()</script>",
    "document-title": "<script>document.title = ''</script>",
    "html-has-lang": "<script>document.documentElement.removeAttribute('lang')</script>",
    "meta-viewport": "<meta name=viewport content='user-scalable=no'>",
    "region": "</main><p>Jedenaście</p><main>",
    "accesskeys": "<a href=/v accesskey=v>v</a><a href=/w accesskey=v>w</a>",
    "skip-link": "<script>document.body.insertAdjacentHTML('afterbegin', '<a href=#nigdzie style=position:absolute;left:-999px>Treść</a>')</script>",
    "target-size": "<button style='width:9px;height:9px'>a</button><button style='width:9px;height:9px'>b</button>",
}


@pytest.fixture(scope="module")
def paper(browser: Browser) -> Iterator[Page]:
    """One page into which each fault is written anew; to open one costs more than to look at it."""
    context = browser.new_context(locale="pl-PL", viewport={"width": WIDE, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_seen_on_a_page_of_which_all_else_is_known(paper: Page, rule: str) -> None:
    sound = """<html lang=pl><title>T</title><main><h1>T</h1><img src=x alt=Obraz><button>Raz</button><a href=/>Start</a>
        <label>Pole <input name=a></label><ul><li>Dwa</li></ul><dl><dt>A</dt><dd>B</dd></dl><p>Tekst</p>{}</main>"""
    check = AccessCheck()
    paper.set_content(sound.format(""))
    assert not list(check.violations(paper))
    paper.set_content(sound.format(FAULTS[rule]))
    assert rule in " ".join(check.violations(paper))
