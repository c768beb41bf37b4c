"""A person at a browser: signs in, presses the step that is named on the page, fills the form, sends it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response
from sqlalchemy import select

from tests.world import PASSWORD
from workflow.accounts.sessions import open_session
from workflow.db.database import Database
from workflow.models import Person

PATIENCE = 20_000
# Asked of the page itself: a locator brings Playwright's own script into the page first, at a quarter of what a visit costs,
# and into a second world of it for each script of ours.
KIND = "name => document.querySelector(`main [name='${name}']`).type"
WORDS = "() => document.querySelector('main')?.textContent ?? ''"
# Of an installation without HTTPS.
COOKIE = "partnerstwo-login"


class Somebody:
    """One person with a browser of their own; everything that goes wrong behind the page is kept in `troubles`."""

    def __init__(self, browser: Browser, address: str, name: str, *, width: int = 1280, **options: Any) -> None:
        self.name, self.address = name, address
        self.context = browser.new_context(
            base_url=address, locale="pl-PL", viewport={"width": width, "height": 800}, **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.troubles: list[str] = []
        # Answers that the person is meant to get.
        self.refusals: set[int] = set()
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("response", self._answered)
        # Requests that ended because the person went on to another page; a part of the page says so of its own, before or after.
        self.left_behind = 0
        self.unfetched: list[str] = []
        self.page.on("requestfailed", self._ended)

    def _heard(self, message: ConsoleMessage) -> None:
        is_unfetched = "Failed to fetch" in message.text
        if is_unfetched and self.left_behind:
            self.left_behind -= 1
        # A refused form is reported as a failed request; `_answered` decides about those.
        elif message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.troubles.append(f"{self.page.url}: {message.text}")
            self.unfetched += self.troubles[-1:] if is_unfetched else []

    def _ended(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            return
        if self.unfetched:
            told = self.unfetched.pop()
            self.troubles = [one for one in self.troubles if one != told]
        else:
            self.left_behind += 1

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.refusals:
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")

    # --- what a person does ------------------------------------------------------------------------------

    def sign_in(self, password: str = PASSWORD) -> "Somebody":
        self.open("/login")
        self.page.fill("[name=email]", f"{self.name}@example.org")
        self.page.fill("[name=password]", password)
        self.page.get_by_role("button", name="Zaloguj się", exact=True).click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def enter(self, database: Database, *, at: datetime) -> "Somebody":
        """Be signed in without the form: with a session as the form opens one, at a twentieth of its time."""
        with database.transaction() as tx:
            query = select(Person.id).where(Person.email == f"{self.name}@example.org")
            token = open_session(tx, tx.execute(query).scalar_one(), at=at)
        self.context.add_cookies([{"name": COOKIE, "value": token, "url": self.address}])
        return self

    def open(self, path: str) -> None:
        self.page.goto(path, wait_until="domcontentloaded")

    def press(self, label: str) -> None:
        """Press the step of this name among those that can be done now, or on a page of a part of the proposal."""
        steps = self.page.locator("section[aria-labelledby=steps]")
        inside = steps if steps.count() else self.page.locator("main")
        self._open_fold_of(inside, label)
        self._button(inside, label).first.click()

    def find(self, label: str) -> Locator:
        """The step of this name among those of the page, in its opened fold where it is folded away."""
        steps = self.page.locator("section[aria-labelledby=steps]")
        self._open_fold_of(steps, label)
        return self._button(steps, label).first

    def _open_fold_of(self, inside: Locator, label: str) -> None:
        closed = inside.locator("details:not([open])").filter(has=self._button(self.page, label, include_hidden=True))
        if closed.count() and not self._button(inside, label).count():
            closed.first.locator("summary").first.click()

    def _button(self, inside: Page | Locator, label: str, **options: Any) -> Locator:
        can = inside.get_by_role("link", name=label, exact=True, **options)
        return can.or_(inside.get_by_role("button", name=label, exact=True, **options))

    def fill(self, answers: Mapping[str, Any]) -> None:
        """Fill the fields of these names as their kinds want it."""
        for name, value in answers.items():
            found = self.page.locator(f"main [name={name}]")
            assert found.count(), f"{self.name} sees no field {name} at {self.page.url}: {self.sees()}"
            self._fill(found, self.page.evaluate(KIND, name), value)

    def _fill(self, found: Locator, kind: str, value: Any) -> None:
        if value is False:
            found.uncheck()
        elif kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                chosen = found if one is True else found.and_(self.page.locator(f'[value="{one}"]'))
                chosen.check()
        elif kind == "select-one":
            found.select_option(label=value) if isinstance(value, str) else found.select_option(value=str(value))
        else:
            found.fill(value.isoformat() if isinstance(value, date) else str(value))

    def send(self, label: str = "") -> None:
        """Press the button of the form that has this name, or its first one."""
        form = self.page.locator("main form")
        named = form.get_by_role("button", name=label, exact=True) if label else form.locator("button[type=submit]")
        named.first.click()
        self.page.wait_for_load_state("domcontentloaded")

    def take(self, path: str, label: str, **answers: Any) -> str:
        """Take one step of the page at `path`, with its form where it has one; returns the message about it."""
        self.open(path)
        self.press(label)
        whole = self.page.get_by_role("link", name="Cała karta na jednej stronie", exact=True)
        self.page.locator(".flashes .notice.success, main form[data-draft]").or_(whole).first.wait_for()
        if whole.count():
            whole.click()
            self.page.locator("main form[data-draft]").first.wait_for()
        if self.page.locator("main form[data-draft]").count():
            self.fill(answers)
            self.send()
        return self.told()

    def told(self) -> str:
        """The message of success above the page."""
        message = self.page.locator(".flashes .notice.success")
        message.wait_for()
        return message.inner_text()

    def sees(self) -> str:
        """The words of the page, those that are folded away too."""
        return self.page.locator("main").text_content() or ""

    def sees_of(self, path: str) -> str:
        self.open(path)
        return str(self.page.evaluate(WORDS))

    def id_of(self) -> int:
        """The last number in the address of the page, that of a proposal for example."""
        return int(re.findall(r"/(\d+)\b", self.page.url)[-1])
