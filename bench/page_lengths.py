"""How long every page of the demo is on a phone: `python -m bench.page_lengths FOLDER`.

Writes to FOLDER/lengths.tsv one line for each page with the person who opens it, the height in pixels at 390 and the
words of its main part, the longest first. `--pictures` adds pictures at 390 and 1280 pixels, `--only TEXT`
looks at addresses that hold this text. The demo stays in the folder for the next time. Pages of steps are looked at
where another page leads to them, each kind once.
"""

import argparse
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.starting import WEB, serving, wait
from tests import chromium
from tests.journeys.somebody import Somebody
from tests.journeys.tour import NOBODY, Tour, Visit
from tests.postgres import free_port
from workflow.base.calendar import utc_now
from workflow.db import schema
from workflow.db.database import Database
from workflow.demo import load as demo
from workflow.notifications.relay import relay_all

PHONE, SCREEN, SCREEN_HEIGHT = 390, 1280, 844
MEASURE = """() => [document.documentElement.scrollHeight,
  (document.querySelector('main')?.innerText ?? '').split(/\\s+/).filter(Boolean).length]"""
LINKS = "() => [...document.querySelectorAll('main a[href]')].map(link => link.getAttribute('href'))"


@dataclass(frozen=True, slots=True)
class Length:
    """One page as one person sees it."""

    visit: Visit
    height: int
    words: int

    def as_line(self) -> str:
        return f"{self.height}\t{self.words}\t{self.visit.who or 'nobody'}\t{self.visit.path}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.page_lengths", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with demo_served(arguments.folder) as (database, address), sync_playwright() as playwright:
        tour = Tour(database)
        visits = [visit for visit in tour.visits() if arguments.only in f"{visit.path}.{visit.who}"]
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        pictures = arguments.folder / "pictures" if arguments.pictures else None
        lengths: list[Length] = []
        for who in dict.fromkeys(visit.who for visit in visits):
            waiting = deque(visit for visit in visits if visit.who == who)
            lengths += of_person(browser, address, tour, waiting, pictures)
        browser.close()
    lengths.sort(key=lambda length: -length.height)
    lines = "".join(f"{length.as_line()}\n" for length in lengths)
    (arguments.folder / "lengths.tsv").write_text(lines, encoding="utf-8")


@contextmanager
def demo_served(folder: Path) -> Iterator[tuple[Database, str]]:
    """The demo in a database of its own, served by one worker."""
    folder.mkdir(parents=True, exist_ok=True)
    path, port = folder / "demo.sqlite3", free_port()
    is_new = not path.exists()
    with closing(Database(f"sqlite:///{path}")) as database:
        schema.upgrade(database)
        if is_new:
            demo.load(database, password="demo", at=utc_now())
            relay_all(database, base_url="http://127.0.0.1", at=utc_now())
        with serving(folder, port, *WEB, DATABASE_URL=database.url, SECRET_KEY="k" * 40) as process:
            address = f"http://127.0.0.1:{port}"
            wait(process, f"{address}/")
            yield database, address


def of_person(
    browser: Browser, address: str, tour: Tour, waiting: deque[Visit], pictures: Path | None
) -> Iterator[Length]:
    """The lengths of the pages that one person opens, and of the steps that they find there."""
    who = waiting[0].who
    somebody = Somebody(browser, address, who, width=PHONE)
    if who != NOBODY:
        somebody.sign_in("demo")
    while waiting:
        visit = waiting.popleft()
        somebody.page.set_viewport_size({"width": PHONE, "height": SCREEN_HEIGHT})
        somebody.page.goto(visit.path, wait_until="load")
        height, words = somebody.page.evaluate(MEASURE)
        yield Length(visit, height, words)
        waiting += tour.steps_on(visit, somebody.page.evaluate(LINKS))
        if pictures:
            take_pictures(somebody, pictures / visit.name)
    somebody.context.close()


def take_pictures(somebody: Somebody, path: Path) -> None:
    """The whole page at both widths."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for width in (PHONE, SCREEN):
        somebody.page.set_viewport_size({"width": width, "height": SCREEN_HEIGHT})
        somebody.page.screenshot(path=f"{path}-{width}.png", full_page=True)


if __name__ == "__main__":
    main()
