"""Pages of the product beside a bare Flask page over one query: one process, no network, an edition that grows.

`python -m bench.pages [--only NAME]` measures them alone, in the process and up to 10,000 proposals, and prints it.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from bench import served, servers
from bench.bare_page import bare_page
from bench.steps import Stage, seconds
from tests.growth import copies
from tests.world import PASSWORD
from web.app import create_app
from workflow.accounts import tokens
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.models import Proposal

# Proposals in the one edition.
SIZES = (100, 10_000, 100_000)
REQUESTS, ROUNDS = 5, 7
LIST, MY_WORK, BOARD = "list of an edition", "my work", "board of an edition"
# The most: how many times as long as in the smallest edition, and how many times a list's time of the same rounds.
MOST_GROWTH = {BOARD: 1.3}
MOST_LISTS = {MY_WORK: 3.0}
LIMITED_AT = 10_000
EXPLAINED = (
    "Somebody of the office is signed in. Answers a second are counted as served: through gunicorn with the product's"
    " settings, one worker, four connections; the share is that of the bare page through the same. Then the share"
    " without server and network, in the process; in brackets against a bare page that compiles its template for each"
    " request (`render_template_string`). Then how many times as long a page takes in a larger edition than in the"
    " smallest, its milliseconds, and how many times those of a list of the same rounds."
)


@dataclass(slots=True)
class Measured:
    """One page: seconds for a request at each size of the edition, and those of the bare page in the same rounds."""

    own: dict[int, list[float]] = field(default_factory=dict)
    bare: dict[int, list[float]] = field(default_factory=dict)
    # The same bare page, whose template is compiled anew for each request as `render_template_string` does.
    slower: dict[int, list[float]] = field(default_factory=dict)
    # The page as it is served, in the smallest edition.
    as_served: served.Served = field(default_factory=served.Served)

    def share(self, size: int = SIZES[0]) -> float:
        """Requests a second as a share of the bare page's."""
        return median(bare / own for own, bare in zip(self.own[size], self.bare[size], strict=True))

    def share_of_slower(self, size: int = SIZES[0]) -> float:
        return median(bare / own for own, bare in zip(self.own[size], self.slower[size], strict=True))

    def growth(self, size: int) -> float:
        """How many times as long as in the smallest edition, held against the bare page of the same rounds."""
        return self.share() / self.share(size)

    def milliseconds(self, size: int) -> float:
        """For one request in the process."""
        return median(self.own[size]) * 1000

    def lists(self, lists: "Measured", size: int) -> float:
        """How many times as long as a list of the same rounds."""
        return median(own / listed for own, listed in zip(self.own[size], lists.own[size], strict=True))


def measure_all(only: str = "", *, sizes: Sequence[int] = SIZES, serve: bool = True) -> dict[str, dict[str, Measured]]:
    """Every kind of database, each a fresh one, whose settings for writing do not matter here."""
    measured = {}
    with servers.databases(only) as databases:
        for name in (servers.SQLITE, servers.DURABLE):
            if name in databases:
                print(f"pages: {name} ...", flush=True)
                measured[name] = measure(Stage(databases[name], proposals=1), sizes=sizes, serve=serve)
    return measured


def measure(stage: Stage, *, sizes: Sequence[int] = SIZES, serve: bool = True) -> dict[str, Measured]:
    """Every page at every size, in rounds that take turns with the bare page; in the smallest also as it is served."""
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        settings = load_settings(data=Path(folder), database_url=stage.database.url, secret_key="k" * 40)
        app = create_app(settings)
        measured = {name: Measured() for name in addresses(stage)}
        for size in sizes:
            grow(stage, size)
            measure_at(stage, app, size, measured)
            if serve and size == sizes[0]:
                for name, as_served in served.measure(stage, addresses(stage), key_of(stage)).items():
                    measured[name].as_served = as_served
        app.extensions["partnerstwo"].database.close()
    return measured


def addresses(stage: Stage) -> dict[str, str]:
    """What is measured, and where it is."""
    edition, proposal = stage.world.facts(stage.refs[0]).edition["key"], stage.refs[0].id
    return {
        LIST: f"/edycje/{edition}/lista",
        MY_WORK: "/praca",
        BOARD: f"/edycje/{edition}/tablica",
        "a proposal": f"/projekty/{proposal}",
        "a step of it": f"/projekty/{proposal}/krok/return_for_completion",
        "projects for the public": f"/edycje/{edition}/projekty",
        "a proposal over the API": f"/api/v1/proposals/{proposal}",
    }


def grow(stage: Stage, size: int) -> None:
    """Fill the edition with copies of a real proposal; every second one has been selected, for the public to see."""
    p = Proposal
    with stage.database.transaction() as tx:
        edition = tx.execute(select(p.edition_id).where(p.id == stage.refs[0].id)).scalar_one()
        there = tx.execute(select(func.count()).where(p.edition_id == edition)).scalar_one()
        new = copies(tx, stage.refs[1], size - there)
        tx.execute(update(p).where(p.id >= new[0].id, p.id % 2 == 0).values(state="selected"))
    # PostgreSQL gathers statistics by itself, the product on SQLite never.
    if not stage.database.is_sqlite:
        with stage.database.transaction() as tx:
            tx.exec_driver_sql("ANALYZE")


def measure_at(stage: Stage, app: Flask, size: int, measured: dict[str, Measured]) -> None:
    """All pages take turns with one another too, so that their times can be held against each other."""
    reader, key = signed_in(app), {"Authorization": f"Bearer {key_of(stage)}"}
    edition = int(stage.world.facts(stage.refs[0])["edition_id"])
    bare = bare_page(stage.database, edition).test_client()
    floor, slower = asking(bare, "/", {}), asking(bare, "/compiled-anew", {})
    pages = {
        name: asking(reader, path, key if "/api/" in path else {}) for name, path in addresses(stage).items()
    }  # fmt: skip
    for ask in (floor, slower, *pages.values()):
        ask()
    rounds = [(each(floor), each(slower), {name: each(page) for name, page in pages.items()}) for _ in range(ROUNDS)]
    for name, times in measured.items():
        times.bare[size], times.slower[size] = [bare for bare, _, _ in rounds], [slow for _, slow, _ in rounds]
        times.own[size] = [own[name] for _, _, own in rounds]


def each(ask: Callable[[], None]) -> float:
    return seconds(ask, REQUESTS)


def signed_in(app: Flask) -> FlaskClient:
    """Somebody of the office, who sees the most."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    form = {"email": "staff@example.org", "password": PASSWORD, "csrf_token": token[1] if token else ""}
    if client.post("/login", data=form).status_code != 303:
        raise RuntimeError("the office could not sign in")
    return client


def key_of(stage: Stage) -> str:
    """A key for programs, of the same person."""
    with stage.database.transaction() as tx:
        return tokens.create_token(tx, stage.world["staff"].id or 0, name="bench", at=utc_now())


def asking(client: FlaskClient, path: str, headers: dict[str, str]) -> Callable[[], None]:
    def ask() -> None:
        for _ in range(REQUESTS):
            answer = client.get(path, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")

    return ask


def missed(measured: Mapping[str, Mapping[str, Measured]]) -> list[str]:
    """A sentence for each limit that was missed."""
    sentences = []
    for name, pages in measured.items():
        at = f"missed: {name}, {LIMITED_AT:,} proposals"
        for page, most in MOST_GROWTH.items():
            if (growth := pages[page].growth(LIMITED_AT)) > most:
                sentences.append(f"{at}: {page} takes {growth:.2f} times as long as with {SIZES[0]}, not {most}")
        for page, most in MOST_LISTS.items():
            if (times := pages[page].lists(pages[LIST], LIMITED_AT)) > most:
                sentences.append(f"{at}: {page} takes {times:.1f} times as long as a list, not {most}")
    return sentences


def table(name: str, pages: Mapping[str, Measured]) -> str:
    """The figures of one database as Markdown."""
    sizes = sorted(pages[LIST].own)
    grown = " | ".join(f"{size:,} proposals | ms | lists" for size in sizes[1:])
    lines = [
        f"## Pages beside a bare Flask page over one query: {name}\n",
        f"{EXPLAINED}\n",
        f"| page | served/s | share | in the process | {grown} |",
        "| --- " * (4 + 3 * len(sizes[1:])) + "|",
    ]
    for page, times in pages.items():
        larger = " | ".join(
            f"{times.growth(size):.2f} | {times.milliseconds(size):.1f} | {times.lists(pages[LIST], size):.1f}"
            for size in sizes[1:]
        )
        served = times.as_served
        shares = f"{served.per_second():.0f} | {served.share():.2f}" if served.own else " | "
        lines.append(f"| {page} | {shares} | {times.share():.2f} ({times.share_of_slower():.2f}) | {larger} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure pages alone; exits 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--only", default="", help="databases whose name contains this")
    measured = measure_all(parser.parse_args().only, sizes=SIZES[:2], serve=False)
    sentences = missed(measured)
    print("\n".join(table(name, pages) for name, pages in measured.items()))
    print("\n".join(sentences) or "no limit missed")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
