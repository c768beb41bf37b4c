"""Under embargo nobody outside notices anything: every route answers outsiders byte by byte as before.

Routes are enumerated, so a new one is tried at once; one that names something unknown here fails until it is named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import product
from zipfile import ZipFile, is_zipfile

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.shared_stage import shared_stage as shared_stage
from tests.web.stage import Stage
from tests.workflow.selection.scoring import Committee
from tests.world import PEOPLE
from workflow.accounts.tokens import create_token
from workflow.models import Decision, Edition, Poll, Seat
from workflow.rules.facts import Ref
from workflow.rules.roles import READS_PRIVATE
from workflow.selection import announcement

# Everybody whose role shows nothing of the committee's work: one of each, nobody, the leader and a member of the group.
OUTSIDERS = tuple(dict.fromkeys([None, "leader", "member", "visitor", "admin", *(
    {roles: name for name, (roles, _sector) in PEOPLE.items() if not READS_PRIVATE & set(roles)}.values()
)]))  # fmt: skip
# The committee meets, votes and writes its minutes meanwhile; numbers of what is not there yet are those that come.
NUMBERED = {"document_id": (1,), "meeting_id": (1,), "poll_id": (1,), "hall_poll_id": (1,), "number": (1,),
            "criterion_id": (1,), "job_id": (1,), "slot_id": (1,), "list_id": (1,), "other_id": (1,), "milestone_id": (1,),
            "change_request_id": (1,)}  # fmt: skip
# What the last part of an address is called, by endpoint: a name that means nothing there answers alike to everybody.
PUBLISHED = ("uchwala-1-{year}", "lista-rankingowa", "protokol-1")
NAMES = {"steps.ask": ("select", "withdraw", "announce_results"), "sheet.edit": ("goals",),
         "publications.document": PUBLISHED, "publications.file": PUBLISHED,
         "attendance.printed": ("lista-obecnosci",), "api.show_lifecycle": ("local_partnership",)}  # fmt: skip
WORDS = {"section": ("goals",),
         "token": ("nie-ma-takiego",), "form": ("pdf", "html"), "day": ("2026-12-01",), "filename": ("app.css",),
         "topic": ("proposal.admitted", "proposal.selected"), "language": ("pl",), "kind": ("csv",), "ending": ("csv", "xlsx"), "what": ("nowy-kamien",),
         "batch_id": (1,), "letter_id": (1,), "webhook_id": (1,)}  # fmt: skip
ASKED = {
    "lista": ("?sort=-recent", "?q=Razem", "?state=presented", "?state=selected"),
    "/api/v1/proposals": ("?limit=1",),
}
# Random in every answer: what protects a form, what names a request, and the numbers of a fault.
RANDOM = (
    re.compile(r'(name="(?:csrf_token|form_key|key)" value=")[^"]*'), re.compile(r'("request_id": ?")[^"]*'),
    re.compile(r'(<meta name="csrf[^"]*" content=")[^"]*'), re.compile(r'(data-token=")[^"]*'),
    # The minute at which figures were counted.
    re.compile(r"([Ss]tan na .{0,80}?godz\. )\d\d:\d\d"),
    # When somebody's own session was last used, which a walk of more than five minutes notes anew.
    re.compile(r'(data-label="Ostatnia aktywność"><div dir="auto">)[^<]*'),
)  # fmt: skip
# The moment at which a draft was printed stands in it.
CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?::\d{2})?")
HEADERS = ("ETag", "Last-Modified", "Content-Type", "Location", "Content-Disposition", "Link", "Cache-Control")
# What a process tells of itself, to whom no edition is known.
OWN = frozenset({"/metrics", "/healthz", "/readyz", "/status"})


class Room:
    """The committee of one edition, and everything that it does in secret."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        self.committee = Committee(self.world)
        self.project, self.edition = self.committee.project, self.committee.edition_ref
        self.other = self.world.proposal_in("submitted")
        self.world.to_phase(self.edition, "selection")
        with stage.db.transaction() as tx:
            tx.execute(update(Edition).where(Edition.id == self.edition.id).values(
                settings={"two_people_announce": True, "min_cards": 2, "declarations_before_vote": False}))  # fmt: skip
            self.seat = tx.execute(select(Seat.id).limit(1)).scalar_one()
            self.key = tx.execute(select(Edition.key).where(Edition.id == self.edition.id)).scalar_one()
            self.tokens = {name: create_token(tx, self.world[name].id or 0, name="test", at=self.world.now)
                           for name in OUTSIDERS if name}  # fmt: skip

        self.browsers = {name: stage.as_(name) for name in OUTSIDERS}

    def work(self) -> None:
        """Cards, a conflict, a meeting with its vote and resolution, minutes, and the request to announce."""
        for member in ("chair", "committee1", "committee2"):
            self.committee.save(member, 5, 3, 4)
        self.world.declare_conflict(self.other, "committee1", "Mój brat jest w grupie.")
        self.world.adopt({self.project: "select"})
        actor, at = self.world["chair"], self.world.now + timedelta(minutes=1)
        with self.stage.db.transaction() as tx:
            seen = announcement.plan(tx, self.edition.id, actor=actor, at=at)
            announcement.request(tx, self.edition.id, seen.digest, actor=actor, at=at)

    def addresses(self, rule: Rule) -> Iterator[str]:
        """Addresses of a route, with everything that it names put in."""
        known = {"edition_key": (self.key,), "proposal_id": (self.project.id, self.other.id), "seat_id": (self.seat,), "organisation_id": (1,), "other_id": (2,),
                 "conference_id": (self.world.summaries[self.edition].id,), "agreement_id": (1,),
                 "agreement_partner_id": (1,),
                 "person_id": (self.world["leader"].id, self.world["committee1"].id), **NUMBERED, **WORDS,
                 "name": [name.format(year=self.world.now.year) for name in NAMES.get(rule.endpoint, ())]}  # fmt: skip
        named = sorted(rule.arguments - (rule.defaults or {}).keys())
        assert set(named) <= known.keys(), f"{rule.rule}: say what its values are"
        assert "name" not in named or known["name"], f"{rule.rule}: say which names are asked for"
        for values in product(*(known[name] for name in named)):
            path = rule.rule
            for name, value in zip(named, values, strict=True):
                path = re.sub(rf"<(?:[\w:]+:)?{name}>", str(value), path)
            yield path
            yield from (f"{path}{query}" for part, queries in ASKED.items() if path.endswith(part) for query in queries)

    def answers(self, name: str | None) -> dict[str, tuple[object, ...]]:
        """What one outsider gets from every route."""
        browser, found = self.browsers[name], {}
        key = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        for rule in routes(self.stage.app):
            for path in self.addresses(rule):
                program = path.startswith("/api/")
                client = self.stage.app.test_client() if program else browser.client
                with client.get(path, headers=key if program else {}) as answer:
                    found[path] = plain(answer)
        return found


def routes(app: Flask) -> list[Rule]:
    """Every route that answers a GET, but for what a process tells of itself."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.rule not in OWN]
    return sorted(rules, key=lambda rule: rule.rule)


@dataclass(frozen=True, eq=False)
class Printed:
    """A file to print; it is read only where its bytes differ, since that takes as long as to make it."""

    data: bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Printed) and (self.data == other.data or self.text() == other.text())

    def text(self) -> list[str]:
        return [CLOCK.sub("", page.extract_text()) for page in PdfReader(BytesIO(self.data)).pages]


def plain(answer: TestResponse) -> tuple[object, ...]:
    """An answer without what is random in it."""
    headers = tuple(answer.headers.get(name) for name in HEADERS)
    if is_zipfile(BytesIO(answer.data)):
        with ZipFile(BytesIO(answer.data)) as archive:
            # The moment at which a file was made stands in its properties.
            parts = [(name, archive.read(name)) for name in archive.namelist() if name != "docProps/core.xml"]
        return answer.status_code, headers[2:], tuple(parts)
    if answer.mimetype == "application/pdf":
        return answer.status_code, headers[2:], Printed(answer.data)
    text = answer.data.decode("utf-8", "replace")
    for pattern in RANDOM:
        text = pattern.sub(r"\1", text)
    return answer.status_code, headers, text


@pytest.fixture(scope="module")
def before_and_after(shared_stage: Stage) -> dict[str | None, tuple[dict[str, tuple[object, ...]], ...]]:
    room = Room(shared_stage)
    before = {name: room.answers(name) for name in OUTSIDERS}
    again = room.answers("leader")
    assert [path for path in again if again[path] != before["leader"][path]] == [], "more is random than RANDOM says"
    room.work()
    with shared_stage.db.reading() as tx:
        assert tx.execute(select(Decision.outcome)).scalars().all() == ["select"]
        assert tx.execute(select(Poll.id)).scalars().all() == [1]
    return {name: (before[name], room.answers(name)) for name in OUTSIDERS}


@pytest.mark.slow
@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_route_shows_an_outsider_that_the_committee_has_decided(
    before_and_after: dict[str | None, tuple[dict[str, tuple[object, ...]], ...]], name: str | None
) -> None:
    """Hostile case 30: an outsider compares every answer before and after."""
    before, after = before_and_after[name]
    assert len(before) > 100
    assert [path for path in before if before[path] != after[path]] == []


@pytest.mark.slow
def test_the_sweep_reaches_what_it_says(
    before_and_after: dict[str | None, tuple[dict[str, tuple[object, ...]], ...]], shared_stage: Stage
) -> None:
    """Pages that are there for an outsider answer with a page, and what the committee has is there for its chair."""
    before, _after = before_and_after["leader"]
    answered = [path for path, (status, *_rest) in before.items() if status == 200]
    assert {"/praca", "/skrzynka", "/edycje"} <= set(answered)
    assert any(path.startswith("/api/v1/proposals/") for path in answered)
    assert any(path.endswith("/historia") for path in answered)
    for path in ("/posiedzenia/1", "/glosowania/1/wynik.json"):
        assert before[path][0] == 404, path
        assert shared_stage.as_("chair").get(path, follow_redirects=True).status_code == 200, path
    ref = Ref("meeting", 1)
    assert shared_stage.world.facts(ref, "chair").state == "minutes_approved"
