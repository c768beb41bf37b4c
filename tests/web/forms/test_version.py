"""Every form that carries a version: one that does not say it is refused with a sentence, and nothing typed is lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.web.shared_stage import shared_stage
from tests.web.stage import Stage
from web import pages as web_pages
from web.http.versions import version_in
from workflow.models import HistoryEntry

__all__ = ["shared_stage"]

WRONG = [None, "", "-1", "abc", "1e9", "1.0", " 1", "+1", "01", "\uff11", "\u0663", "9" * 12, "None"]
SENTENCE = "Nie wiadomo, którą wersję strony było widać."
# What is typed into the forms of each route, and has to come back; nothing where people only tick and press.
TYPED = {
    "/krok/<name>": "note", "/cofnij": "reason", "/karta/<name>": "summary", "/czesci-karty": "sections-0-label",
    "/zgloszenie/weryfikacja": "points-0-remark", "/pieniadze": "note", "/wersje": "label",
    "/lista/przydziel": "", "/ustawienia": "note",
    "/powiadomienia/<topic>/<language>": "note", "/powiadomienia/<topic>/<language>/przywroc": "",
}  # fmt: skip
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input[^>]*type="(?:hidden|checkbox)"[^>]*name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>')
VERSION = re.compile(r"version(-\d+)?")


@dataclass(frozen=True)
class Sent:
    """A form of a page as a browser would send it, and the end of the route that takes it."""

    who: str
    route: str
    action: str
    fields: dict[str, str]

    def with_version(self, version: str | None) -> dict[str, str]:
        """The fields with another version in the place of the one that stood on the page; None leaves it out."""
        changed: dict[str, str] = {}
        for name, value in self.fields.items():
            if name == "proposal" and ":" in value:
                changed[name] = value.partition(":")[0] + ("" if version is None else f":{version}")
            elif not VERSION.fullmatch(name):
                changed[name] = value
            elif version is not None:
                changed[name] = version
        typed = TYPED[self.route]
        decided = {name.replace("version", "outcome"): "select" for name in self.fields if name.startswith("version-")}
        return changed | decided | ({typed: "Zażółć gęślą jaźń"} if typed else {})


@pytest.fixture(scope="module")
def forms(shared_stage: Stage) -> list[Sent]:
    """One form for each route, found on the pages of a small world."""
    found: dict[str, Sent] = {}
    for who, path in pages(shared_stage):
        for sent in forms_of(shared_stage, who, path):
            found.setdefault(sent.route, sent)
    return list(found.values())


def pages(stage: Stage) -> Iterator[tuple[str, str]]:
    """The pages of the work whose forms say what they were opened on, each for somebody who may send them."""
    world = stage.world
    ref = world.proposal_in("submitted")
    key = world.facts(ref).edition["key"]
    written = world.idea(world.edition_of(ref))
    world.take(written, "edit_sheet", "leader", summary="Świetlica.")
    for path in ("/karta/summary", "/wersje"):
        yield "leader", f"/projekty/{written.id}{path}"
    yield "staff", f"/projekty/{world.proposal_in('returned').id}/cofnij"
    for path in ("/krok/return_for_completion", "/zgloszenie/weryfikacja", ""):
        yield "staff", f"/projekty/{ref.id}{path}"
    yield "coordinator", f"/projekty/{world.proposal_in('in_implementation').id}/pieniadze"
    yield "staff", f"/edycje/{key}/czesci-karty"
    yield "staff", f"/edycje/{key}/ustawienia"
    yield "staff", f"/edycje/{key}/lista"
    world.take(world.edition_of(ref), "change_letter_text", "staff", letter_topic="proposal.admitted",
               letter_language="pl", letter_subject="Zapraszamy", letter_happened="Nowy tekst.")  # fmt: skip
    for path in ("", "/przywroc"):
        yield "staff", f"/edycje/{key}/powiadomienia/proposal.admitted/pl{path}"


def forms_of(stage: Stage, who: str, path: str) -> Iterator[Sent]:
    """The forms of a page that carry a version."""
    answer = stage.as_(who).get(path, follow_redirects=True)
    assert answer.status_code == 200, (who, path, answer.status_code)
    for action, inside in FORM.findall(answer.text):
        fields = {name: unescape(value) for name, value in FIELD.findall(inside)}
        if any(VERSION.fullmatch(name) or (name == "proposal" and ":" in value) for name, value in fields.items()):
            address = unescape(action)
            yield Sent(who, route_of(stage, address), address, fields)


def route_of(stage: Stage, address: str) -> str:
    """The end of the route that takes a form, after the subject that it is about."""
    rule, _values = stage.app.url_map.bind("localhost").match(address.partition("?")[0], "POST", return_rule=True)
    return re.sub(r"^/\w+/<[^>]+>", "", rule.rule)


def entries(stage: Stage) -> int:
    """How many history entries there are in all."""
    with stage.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(HistoryEntry)).scalar_one())


def test_every_route_that_takes_a_version_is_known(forms: list[Sent]) -> None:
    assert {sent.route for sent in forms} == set(TYPED)


def test_no_page_takes_a_step_but_through_forms_that_are_tried_here() -> None:
    """Whoever adds a page that does adds its form to `pages` above."""
    takes = re.compile(r"\b(sent_for|sent_with|StepCommand|machine\.take|machine\.undo)\(")
    web = Path(web_pages.__file__).parents[1]
    found = {path.stem for room in ("pages", "forms", "views") for path in (web / room).glob("*.py")
             if takes.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    # Ideas, milestones and what else begins has no version yet; meetings are tried in tests/web/pages/test_meetings.py.
    # The steps of a vote in the hall leave one state each, so that an old page takes none by mistake.
    assert found - {"ideas", "new_subjects", "edition_copies", "implementation", "meetings", "meeting_arrivals", "hall_desk"} == {
        "steps", "undo", "sheet", "sheet_sections", "settings", "edition_settings", "submission", "versions", "letter",
        "letter_texts", "project_money",
    }  # fmt: skip


@pytest.mark.parametrize("route", TYPED)
def test_a_form_that_does_not_say_its_version_is_refused_and_loses_nothing(
    shared_stage: Stage, forms: list[Sent], route: str
) -> None:
    sent = next(sent for sent in forms if sent.route == route)
    browser, before = shared_stage.as_(sent.who), entries(shared_stage)
    browser.get("/konto")
    for version in WRONG:
        answer = browser.post(sent.action, sent.with_version(version) | {"csrf_token": browser.token})
        assert (answer.status_code, version) == (422, version)
        assert SENTENCE in answer.text
        assert not TYPED[route] or "Zażółć gęślą jaźń" in answer.text
    assert entries(shared_stage) == before


@pytest.mark.parametrize("route", TYPED)
def test_the_version_of_the_page_is_taken(shared_stage: Stage, forms: list[Sent], route: str) -> None:
    sent = next(sent for sent in forms if sent.route == route)
    browser = shared_stage.as_(sent.who)
    browser.get("/konto")
    assert SENTENCE not in browser.post(sent.action, sent.fields | {"csrf_token": browser.token}).text


@pytest.mark.parametrize(("text", "version"), [("0", 0), ("7", 7), ("123456789", 123456789)])
def test_a_version_is_a_plain_whole_number(text: str, version: int) -> None:
    assert version_in(text) == version
