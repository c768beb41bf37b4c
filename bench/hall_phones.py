"""Phones in a hall, as real HTTP clients with sessions of their own: they keep a pass, follow the presentation and the
vote, cast a ballot.

Everything is read from the pages that people get: tokens, the address of the version, the receipt.
"""

import random
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

PATIENCE = 30.0
# How often a visible page asks whether something has changed.
EVERY = 2.0
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LIVE = re.compile(r'data-live-url="([^"]+)" data-live-version="([^"]+)"')
FORM = re.compile(r'<form method="post" action="([^"]*)/(glos|wymiana)".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Client:
    """One browser: a connection that stays open, its cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, fields: Iterable[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:  # fmt: skip
        """Status and text; a redirect is followed."""
        given = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        body = None
        if fields is not None:
            body, given["Content-Type"] = urlencode([*fields]), "application/x-www-form-urlencoded"
        self._connection.request(method, path, body=body, headers=given)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self._keep(answer)
        if answer.status in {302, 303}:
            return self.ask("GET", urlsplit(answer.headers["Location"]).path)
        return answer.status, text

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _keep(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def get(self, path: str) -> str:
        """The page at an address; RuntimeError where it is none."""
        status, text = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return text

    def press(self, page: str, path: str, *fields: tuple[str, str]) -> tuple[int, str]:
        """Send a form with the token of a page that was opened before."""
        token = TOKEN.search(page)
        return self.ask("POST", path, [("csrf_token", token[1] if token else ""), *fields])


@dataclass
class Phone:
    """One person's phone: what it meant to vote, what it was told, how long votes took."""

    client: Client
    rng: random.Random
    choice: tuple[str, ...] = ()
    receipt: str = ""
    seconds: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    # What it saw of the presentation: how long each part took, and how many projects were called.
    parts: list[float] = field(default_factory=list)
    followed: int = 0
    failures: list[str] = field(default_factory=list)

    def keep_pass(self, path: str) -> None:
        """Open the address of the pass and keep it on this phone."""
        self.client.press(self.client.get(path), path)

    def attend(self, stage: str, path: str, keys: list[str], *, seconds: float, patience: float) -> None:
        """Follow the presentation until it offers the vote, then take part in that."""
        try:
            self._follow_stage(stage, path, until=time.monotonic() + patience)
        except (OSError, RuntimeError, KeyError, HTTPException) as error:
            self.failures.append(repr(error))
            return
        self.take_part(path, keys, seconds=seconds)

    def _follow_stage(self, stage: str, path: str, *, until: float) -> None:
        """Ask for the version every two seconds and fetch the part that changed; ends when it leads to the vote."""
        page = self.client.get(stage)
        time.sleep(self.rng.uniform(0, EVERY))
        while f'href="{path}"' not in page:
            live = LIVE.search(page)
            if live is None or time.monotonic() > until:
                raise RuntimeError("the page of the audience never led to the vote")
            status, _text = self.client.ask("GET", live[1], headers={"If-None-Match": f'"{live[2]}"'})
            if status == 200:
                began = time.perf_counter()
                status, page = self.client.ask("GET", stage, headers={"X-Fragment": "now"})
                self.parts.append(time.perf_counter() - began)
                self.followed += 1
            if status not in {200, 304}:
                raise RuntimeError(f"the presentation answered {status}")
            time.sleep(EVERY)

    def take_part(self, path: str, keys: list[str], *, seconds: float) -> None:
        """Follow the vote and cast a ballot at some moment of these seconds; one in ten exchanges it.

        A phone that asks every two seconds learns at any moment of these that the vote is open.
        """
        try:
            time.sleep(self.rng.uniform(0, min(EVERY, seconds / 2)))
            began = time.monotonic()
            page = self.client.get(path)
            live, form = LIVE.search(page), fields_of(page, "glos")
            self._follow(live, until=began + self.rng.uniform(0, seconds))
            page = self._send(page, f"{path}/glos", form, keys)
            if self.rng.random() < 0.1 and page:
                self._send(page, f"{path}/wymiana", fields_of(page, "wymiana"), keys)
            self._follow(live, until=began + seconds)
        except (OSError, RuntimeError, KeyError, HTTPException) as error:
            self.failures.append(repr(error))

    def _follow(self, live: "re.Match[str] | None", *, until: float) -> None:
        """Ask for the version every two seconds, as the script of the page does."""
        if live is None:
            raise RuntimeError("the page names no address of its version")
        version = live[2]
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(EVERY, left))
            if left > EVERY:
                began = time.perf_counter()
                status, text = self.client.ask("GET", live[1], headers={"If-None-Match": f'"{version}"'})
                self.polls.append(time.perf_counter() - began)
                if status not in {200, 304}:
                    raise RuntimeError(f"the version answered {status}")
                if status == 200:
                    version = text.split('"version":"')[1].split('"')[0]

    def _send(self, page: str, path: str, form: Mapping[str, str], keys: list[str]) -> str:
        """Send a ballot with one to three options; the page of its receipt, empty where it was refused."""
        choice = tuple(sorted(self.rng.sample(keys, self.rng.randint(1, 3))))
        fields = [pair for pair in form.items() if pair[0] != "csrf_token"]
        began = time.perf_counter()
        status, text = self.client.press(page, path, *fields, *(("option", key) for key in choice))
        self.seconds.append(time.perf_counter() - began)
        if status != 200:
            self.failures.append(f"a ballot was answered with {status}")
            return ""
        self.choice, self.receipt = choice, fields_of(text, "wymiana")["number"]
        return text


def fields_of(page: str, kind: str) -> dict[str, str]:
    """The hidden fields of the form that casts or exchanges a ballot."""
    for form in FORM.finditer(page):
        if form[2] == kind:
            return dict(HIDDEN.findall(form[0]))
    raise RuntimeError(f"the page has no form for {kind}")
