"""A running application on a real database, and people who can sign in to it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from tests.web.applications import application
from tests.web.compiled import compile_once
from web.app import create_app
from workflow.accounts.passwords import hash_password
from workflow.accounts.sign_in import set_password
from workflow.base.calendar import utc_now
from workflow.base.settings import Settings, load_settings
from workflow.db.database import Database
from workflow.models import Edition
from workflow.people import roles as people
from workflow.rules.facts import SYSTEM

compile_once()
if TYPE_CHECKING:
    from tests.web.stage import Stage

PASSWORD = "cztery zielone konie"
HASHED = hash_password(PASSWORD)
ADDRESS = "http://127.0.0.1:8000"


class Browser:
    """A person's browser: keeps cookies, and takes the form's token from the page it looked at last."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(path, **more)
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text) if answer.is_json is False else None
        if found:
            self.token = found[1]
        return answer

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **more)

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        self.get("/login")
        answer = self.post("/login", {"email": email, "password": password, **more})
        if answer.status_code == 303:
            self.get("/konto")
        return answer


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Of an installation on one machine, with a database of its own."""
    return load_settings(data=tmp_path, database_url=sqlite_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = application(settings)
    yield made
    made.extensions["partnerstwo"].database.close()


@pytest.fixture
def db(app: Flask) -> Database:
    """The database of the application."""
    found: Database = app.extensions["partnerstwo"].database
    return found


@pytest.fixture
def own_app(settings: Settings) -> Iterator[Flask]:
    """An application that no other test sees, for one that changes it."""
    made = create_app(settings)
    yield made
    made.extensions["partnerstwo"].database.close()


@pytest.fixture
def open_browser(app: Flask) -> Callable[[], Browser]:
    return lambda: Browser(app)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Nobody in particular."""
    return Browser(app)


@pytest.fixture
def add_person(db: Database) -> Callable[..., int]:
    """Adds somebody who signs in with PASSWORD; roles are pairs of an edition's number and a role."""

    def add(email: str, *roles: tuple[int, str], name: str = "Jan Nowak", password: bool = True, **more: Any) -> int:
        at = utc_now()
        with db.transaction() as tx:
            person_id = people.add_person(tx, people.NewPerson(email, name, **more), at=at)
            if password:
                set_password(tx, person_id, HASHED, at=at)
            for edition_id, role in roles:
                people.grant_role(tx, person_id, edition_id=edition_id, role=role, actor=SYSTEM, at=at)
        return person_id

    return add


@pytest.fixture
def edition_id(db: Database) -> int:
    """An edition as bare as the database lets it be."""
    at = utc_now()
    row = {
        "key": "proba-2026", "title": "Edycja próbna", "county": "płocki", "year": 2026, "lifecycle": "edition",
        "lifecycle_version": 1, "state": "announced", "created_at": at, "updated_at": at, "sectors": ["kultura"],
    }  # fmt: skip
    with db.transaction() as tx:
        return tx.execute(insert(Edition).values(row).returning(Edition.id)).scalar_one()


@pytest.fixture
def member(visitor: Browser, add_person: Callable[..., int]) -> Browser:
    """Somebody signed in without any role."""
    add_person("jan@example.org")
    visitor.sign_in("jan@example.org")
    return visitor


@pytest.fixture
def admin(app: Flask, add_person: Callable[..., int]) -> Browser:
    """A signed-in administrator."""
    add_person("admin@example.org", name="Anna Administrator", is_admin=True)
    browser = Browser(app)
    browser.sign_in("admin@example.org")
    return browser


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The embedded database, or the one that a test names: pages say the same on both.

    Every page is opened on PostgreSQL by `pages/test_statements.py`, every step is taken there by `tests/workflow`. A
    module whose statements no other test brings there imports `database_url` from `tests.conftest`.
    """
    wanted = getattr(request, "param", "sqlite")
    return str(request.getfixturevalue("postgres_url" if wanted == "postgresql" else "sqlite_url"))


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator["Stage"]:
    """The pages of the work with a world to show."""
    from tests.web.stage import Stage

    made = application(load_settings(data=tmp_path, database_url=database_url))
    yield Stage(made)
    made.extensions["partnerstwo"].database.close()
