"""The floor for pages: the least that shows the list of an edition, with one query over an index and one template."""

import os

from flask import Flask, render_template_string
from sqlalchemy import text

from workflow.db.database import Database

BARE = """<!doctype html><html lang="pl"><head><title>Projekty</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td><a href="/projekty/{{ row.id }}">{{ row.title }}</a></td>
<td>{{ row.state }}</td><td>{{ row.updated_at }}</td></tr>{% endfor %}</table></body></html>"""
ASKED = text(
    "SELECT id, number, title, state, updated_at FROM proposal WHERE edition_id = :edition"
    " ORDER BY sort_key, id LIMIT 25"
)


def bare_page(database: Database, edition_id: int) -> Flask:
    """The page with a template that is compiled once, and the same with one that is compiled for each request."""
    app, edition = Flask("bare"), {"edition": edition_id}
    template = app.jinja_env.from_string(BARE)

    @app.get("/")
    def show() -> str:
        with database.reading() as tx:
            return template.render(rows=tx.execute(ASKED, edition).all())

    @app.get("/compiled-anew")
    def show_slower() -> str:
        with database.reading() as tx:
            return render_template_string(BARE, rows=tx.execute(ASKED, edition).all())

    return app


def create_app() -> Flask:
    """The bare page as a server starts it."""
    return bare_page(Database(os.environ["DATABASE_URL"]), int(os.environ["BARE_EDITION"]))
