"""The pages of the work on a real database: a small world, its people's browsers, and what each page asks the database."""

import re
import time
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import func, select

from tests.listening import statements_of
from tests.web.conftest import Browser
from tests.world import World
from web.http import mail_alarm
from web.http.identity import cookie_name
from workflow.accounts.sessions import open_session
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.models import HistoryEntry
from workflow.rules.facts import Ref

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Stage:
    """A world with its application; `as_` gives the browser of one of its people, already signed in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.db: Database = app.extensions["partnerstwo"].database
        self.world = World(self.db)

    def as_(self, name: str | None) -> Browser:
        """The browser of one of the people of the world; None is a visitor."""
        browser = Browser(self.app)
        if name:
            with self.db.transaction() as tx:
                token = open_session(tx, self.world[name].id or 0, at=utc_now())
            with self.app.app_context():
                browser.client.set_cookie(cookie_name(), token)
        return browser

    def page(self, name: str | None, path: str) -> str:
        """What one of the people reads at an address."""
        answer = self.as_(name).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def statements(self) -> AbstractContextManager[list[str]]:
        """The statements that the database is asked meanwhile."""
        # What each process asks twice a minute, whatever the page, is not counted.
        self.app.extensions[mail_alarm.KEY] = mail_alarm.Known(self.db, time.monotonic(), None)
        return statements_of(self.db)

    def count(self, name: str | None, path: str) -> int:
        """How many statements a page takes."""
        browser = self.as_(name)
        with self.statements() as asked:
            assert browser.get(path).status_code == 200
        return len(asked)

    def entries(self, ref: Ref) -> int:
        """How many history entries a subject has."""
        h = HistoryEntry
        with self.db.reading() as tx:
            query = select(func.count()).where(h.subject_kind == ref.kind, h.subject_id == ref.id)
            return int(tx.execute(query).scalar_one())


def hidden(page: str, action: str = "") -> dict[str, str]:
    """The hidden fields of the form with this address, or of all forms of a page, as a browser would send them."""
    forms = re.findall(r"<form[^>]*>.*?</form>", page.partition("<main")[2], flags=re.DOTALL)
    wanted = [form for form in forms if not action or f'action="{action}"' in form.split(">", 1)[0]]
    return dict(pair for form in wanted for pair in HIDDEN.findall(form))


def send(browser: Browser, path: str, **typed: Any) -> Any:
    """Open the page of a form, fill it in and send it."""
    fields = hidden(browser.get(path).text)
    return browser.post(path, {**fields, **typed})


def answer_of(browser: Any, path: str) -> tuple[int, str]:
    """Status and page, but for its random tokens and the address that was asked for, which leads back from signing in."""
    answer = browser.get(path)
    page = re.sub(r'name="(?:csrf_token|form_key)" value="[^"]+"', "", answer.text)
    return answer.status_code, page.replace(path, "").replace(quote(path, safe=""), "")
