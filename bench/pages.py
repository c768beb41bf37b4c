"""Pages of the product beside a bare Flask page over one query: one process, no network, an edition that grows."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from bench import served
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


@dataclass(slots=True)
class Measured:
    """One page: seconds for a request at each size of the edition, and those of the bare page in the same rounds."""

    own: dict[int, list[float]] = field(default_factory=dict)
    bare: dict[int, list[float]] = field(default_factory=dict)
    # The same bare page, whose template is compiled anew for each request as `render_template_string` does.
    slower: dict[int, list[float]] = field(default_factory=dict)
    # The page as it is served, in the smallest edition.
    as_served: served.Served = field(default_factory=served.Served)

    def per_second(self, size: int = SIZES[0]) -> float:
        return 1 / median(self.own[size])

    def share(self, size: int = SIZES[0]) -> float:
        """Requests a second as a share of the bare page's."""
        return median(bare / own for own, bare in zip(self.own[size], self.bare[size], strict=True))

    def share_of_slower(self, size: int = SIZES[0]) -> float:
        return median(bare / own for own, bare in zip(self.own[size], self.slower[size], strict=True))

    def growth(self, size: int) -> float:
        """How many times as long as in the smallest edition, held against the bare page of the same rounds."""
        return self.share() / self.share(size)


def measure(stage: Stage) -> dict[str, Measured]:
    """Every page at every size, in rounds that take turns with the bare page."""
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        settings = load_settings(data=Path(folder), database_url=stage.database.url, secret_key="k" * 40)
        app = create_app(settings)
        measured = {name: Measured() for name in addresses(stage)}
        for size in SIZES:
            grow(stage, size)
            measure_at(stage, app, size, measured)
            if size == SIZES[0]:
                for name, as_served in served.measure(stage, addresses(stage), key_of(stage)).items():
                    measured[name].as_served = as_served
        app.extensions["partnerstwo"].database.close()
    return measured


def addresses(stage: Stage) -> dict[str, str]:
    """What is measured, and where it is."""
    edition, proposal = stage.world.facts(stage.refs[0]).edition["key"], stage.refs[0].id
    return {
        "list of an edition": f"/edycje/{edition}/lista",
        "my work": "/praca",
        "board of an edition": f"/edycje/{edition}/tablica",
        "a proposal": f"/projekty/{proposal}",
        "a step of it": f"/projekty/{proposal}/krok/return_for_completion",
        "My work": "/praca",
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
    with stage.database.transaction() as tx:
        tx.exec_driver_sql("ANALYZE")


def measure_at(stage: Stage, app: Flask, size: int, measured: dict[str, Measured]) -> None:
    reader, key = signed_in(app), {"Authorization": f"Bearer {key_of(stage)}"}
    edition = int(stage.world.facts(stage.refs[0])["edition_id"])
    bare = bare_page(stage.database, edition).test_client()
    floor, slower = asking(bare, "/", {}), asking(bare, "/compiled-anew", {})
    for name, path in addresses(stage).items():
        page, times = asking(reader, path, key if "/api/" in path else {}), measured[name]
        page(), floor(), slower()
        rounds = [(each(page), each(floor), each(slower)) for _ in range(ROUNDS)]
        times.own[size], times.bare[size], times.slower[size] = map(list, zip(*rounds, strict=True))


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
