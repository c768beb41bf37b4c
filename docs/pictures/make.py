"""Takes the picture of the README, and one of every page on two screens, from a fresh demo.

`.venv/bin/python docs/pictures/make.py FOLDER` needs what the tests need: FOLDER gets every page at 1280 and at 390
pixels, and docs/pictures/proposal.png is made anew.
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT))

from tests import chromium  # noqa: E402 - the checkout has to be found first
from tests.journeys.somebody import Somebody  # noqa: E402
from tests.journeys.tour import LEADER, NOBODY, Tour, Visit  # noqa: E402
from tests.postgres import free_port  # noqa: E402
from tests.processes import Process, answers, eventually  # noqa: E402
from web.ops.orphan_reaper import OrphanReaper  # noqa: E402
from workflow.db.database import Database  # noqa: E402

PICTURE = Path(__file__).with_name("proposal.png")
WIDTHS = (1280, 390)


def main(folder: Path) -> None:
    """Start the demo in a folder of its own, go round, stop it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        given = {"PARTNERSTWO_DATA": data, "PORT": str(port), "PARTNERSTWO_DEMO_PASSWORD": "demo"}
        words = [str(CHECKOUT / ".venv/bin/python"), "-m", "web.cli", "run", "--demo"]
        log, reaper = folder / "run.log", OrphanReaper()
        running = Process("run", words, {**os.environ, **given}, CHECKOUT, log, reaper).start()
        address = f"http://127.0.0.1:{port}"
        try:
            if not eventually(lambda: answers(f"{address}/readyz"), seconds=120):
                sys.exit(log.read_text(encoding="utf-8"))
            go_round(address, Database(f"sqlite:///{data}/partnerstwo.sqlite3"), folder)
        finally:
            running.stop(seconds=30)
            reaper.close()


def go_round(address: str, database: Database, folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        people: dict[str, Somebody] = {}

        def meet(who: str) -> Somebody:
            if who not in people:
                people[who] = Somebody(browser, address, who)
                if who != NOBODY:
                    people[who].sign_in("demo")
            return people[who]

        tour = Tour(database)
        waiting = list(tour.visits())
        while waiting:
            visit = waiting.pop(0)
            page = open_page(meet(visit.who), visit)
            links = page.locator("main a[href]").evaluate_all("found => found.map(one => one.getAttribute('href'))")
            waiting += tour.steps_on(visit, links)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=folder / f"{visit.name}.{width}.png", full_page=True)
        take_readme_picture(meet(LEADER), tour)
    database.close()


def open_page(somebody: Somebody, visit: Visit) -> Page:
    somebody.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    somebody.page.goto(visit.path, wait_until="load")
    return somebody.page


def take_readme_picture(leader: Somebody, tour: Tour) -> None:
    """A group at work: what can be done now, what cannot yet, and why."""
    own = next(row.id for row in tour.proposals() if row.state == "group_work" and row.leader_id == tour.person(LEADER))
    leader.page.set_viewport_size({"width": 1280, "height": 1180})
    leader.page.goto(f"/projekty/{own}", wait_until="networkidle")
    leader.page.screenshot(path=PICTURE)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/pictures/make.py FOLDER")
    main(Path(sys.argv[1]))
