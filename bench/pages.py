"""Pages of the product beside a bare Flask page over one query, in one process, without a network."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import text

from bench.steps import Stage, seconds
from tests.world import PASSWORD
from web.app import create_app
from workflow.accounts import tokens
from workflow.settings import load_settings
from workflow.times import utc_now

REQUESTS, ROUNDS = 40, 9
BARE = """<!doctype html><html lang="pl"><head><title>Projekty</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td><a href="/projekty/{{ row.id }}">{{ row.title }}</a></td>
<td>{{ row.state }}</td><td>{{ row.updated_at }}</td></tr>{% endfor %}</table></body></html>"""


def measure(stage: Stage) -> dict[str, tuple[float, float, float]]:
    """Page -> requests a second, those of the bare page in the same rounds, and how many times as long."""
    with tempfile.TemporaryDirectory(prefix="partnerstwo-bench-") as folder:
        settings = load_settings(data=Path(folder), database_url=stage.database.url, secret_key="k" * 40)
        app = create_app(settings)
        reader, bare = signed_in(app), bare_page(stage).test_client()
        edition = stage.world.facts(stage.refs[0]).edition["key"]
        pages = {
            "list of an edition": f"/edycje/{edition}/lista",
            "board of an edition": f"/edycje/{edition}/tablica",
            "a proposal": f"/projekty/{stage.refs[0].id}",
            "a proposal over the API": f"/api/v1/proposals/{stage.refs[0].id}",
        }
        key = {"Authorization": f"Bearer {key_of(stage)}"}
        found = {
            name: beside(asking(reader, path, key if "/api/" in path else {}), asking(bare, "/", {}))
            for name, path in pages.items()
        }
        app.extensions["partnerstwo"].database.close()
    return found


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


def bare_page(stage: Stage) -> Flask:
    """The least that shows the same list: one query, one template, nobody signed in."""
    app, database = Flask("bare"), stage.database

    @app.get("/")
    def show() -> str:
        asked = "SELECT id, number, title, state, updated_at FROM proposal ORDER BY sort_key LIMIT 25"
        with database.reading() as tx:
            rows = tx.execute(text(asked)).all()
        return render_template_string(BARE, rows=rows)

    return app


def asking(client: FlaskClient, path: str, headers: dict[str, str]) -> Callable[[], None]:
    def ask() -> None:
        for _ in range(REQUESTS):
            answer = client.get(path, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")

    return ask


def beside(page: Callable[[], None], bare: Callable[[], None]) -> tuple[float, float, float]:
    page(), bare()
    times = [(seconds(page, REQUESTS), seconds(bare, REQUESTS)) for _ in range(ROUNDS)]
    ratio = median(ours / theirs for ours, theirs in times)
    return 1 / median(ours for ours, _ in times), 1 / median(theirs for _, theirs in times), ratio
