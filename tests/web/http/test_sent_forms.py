import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import database_url as database_url
from tests.web.conftest import Browser
from tests.web.http.test_security import address
from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle import documents
from web.http.sent_forms import EXCEPTIONS, digests_of_request
from workflow.accounts.sent_forms import ANSWER_KEPT_FOR, KEPT_FOR, forget_old
from workflow.base.calendar import utc_now
from workflow.models import Comment, GroupTask, ProposalFile, Risk, SentForm, Suggestion
from workflow.models.base import Base
from workflow.rules.facts import Ref

TEMPLATES = Path(__file__).parents[3] / "web" / "templates"
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)
# Forms whose templates write the token themselves, since they carry no key.
WITHOUT_KEY = {"base.html": 2, "errors/503.html": 1, "preferences/unsubscribe.html": 1}
RISK = {"risk": "Podwykonawca odejdzie.", "likelihood": "2", "impact": "2", "response": "Drugi wykonawca."}
TALK = {"text": "Kto ma klucze?", "circle": "group"}


def count(stage: Stage, model: type[Base]) -> int:
    with stage.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(model)).scalar_one())


def twin(stage: Stage, browser: Browser) -> Browser:
    """A second window of the same browser: the cookies that it had when it sent its form."""
    other = Browser(stage.app)
    other.client._cookies = dict(browser.client._cookies)
    return other


def opened(stage: Stage, who: str, path: str, action: str = "") -> tuple[Browser, dict[str, str]]:
    browser = stage.as_(who)
    return browser, hidden(browser.get(path).text, action)


def forms(ref: Ref) -> dict[type[Base], tuple[str, str, dict[str, Any]]]:
    """What people make in their group: the page of the form, its address, and what they type."""
    path = f"/projekty/{ref.id}"
    due = (utc_now() + timedelta(days=9)).date().isoformat()
    suggested = {"text": "Nowy cel projektu.", "word": "Jaśniej."}
    return {
        Comment: (f"{path}/rozmowa", f"{path}/rozmowa", TALK),
        GroupTask: (f"{path}/grupa", f"{path}/grupa/zadania", {"text": "Zamówić salę", "due_on": due}),
        Suggestion: (f"{path}/rozmowa/propozycja/goals", f"{path}/rozmowa/propozycja/goals", suggested),
        ProposalFile: (f"{path}/pliki", f"{path}/pliki", {"file_kind": "letter"}),
    }  # fmt: skip


def test_what_is_sent_twice_at_once_is_made_once_and_both_windows_lead_to_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    for model, (page, path, typed) in forms(ref).items():
        browser, fields = opened(stage, "leader", page)

        def press(window: Browser, path: str = path, fields: dict[str, Any] = {**fields, **typed}) -> Any:  # noqa: B006
            file = {"file": (BytesIO(documents.PDF), "list.pdf")} if path.endswith("pliki") else {}
            return window.client.post(path, data={**fields, **file})

        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(press, [twin(stage, browser) for _ in range(3)]))
        assert [answer.status_code for answer in answers] == [303] * 3, (model, answers[0].text)
        assert len({answer.location for answer in answers}) == 1
        assert count(stage, model) == 1, model
        # Back, and send again.
        assert press(browser).status_code == 303
        assert count(stage, model) == 1, model


def test_the_second_press_says_what_the_first_said(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path = f"/projekty/{ref.id}/rozmowa"
    browser, fields = opened(stage, "leader", path)
    other = twin(stage, browser)
    for window in (browser, other):
        assert window.client.post(path, data={**fields, **TALK}).location == path
        assert "Dodano wpis" in window.get(path).text
    assert count(stage, Comment) == 1


def test_the_same_key_with_other_words_is_another_sending(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path = f"/projekty/{ref.id}/rozmowa"
    browser, fields = opened(stage, "leader", path)
    for text in ("Pierwszy.", "Drugi.", "Pierwszy."):
        assert browser.client.post(path, data={**fields, **TALK, "text": text}).status_code == 303
    assert count(stage, Comment) == 2


def risks_added(stage: Stage, ref: Ref) -> int:
    with stage.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(Risk).where(Risk.proposal_id == ref.id)).scalar_one())


def test_a_step_sent_again_after_going_back_is_not_taken_twice(stage: Stage) -> None:
    """The page that Back shows has the version that the first sending made; the browser gives it the first key again."""
    ref = stage.world.proposal_in("in_implementation")
    path = f"/projekty/{ref.id}/krok/note_risk"
    before = risks_added(stage, ref)
    browser, fields = opened(stage, "coordinator", path, path)
    first = browser.client.post(path, data={**fields, **RISK})
    assert first.status_code == 303, first.text
    shown = hidden(browser.get(path).text, path)
    assert shown["version"] != fields["version"]
    second = browser.client.post(path, data={**shown, **RISK, "form_key": fields["form_key"]})
    assert (second.status_code, second.location) == (303, first.location)
    assert risks_added(stage, ref) == before + 1
    # Typed anew it is another one.
    assert browser.client.post(path, data={**hidden(browser.get(path).text, path), **RISK}).status_code == 303
    assert risks_added(stage, ref) == before + 2


def test_what_is_sent_again_after_something_else_happened_is_another_sending(stage: Stage) -> None:
    """As after a step was taken back: whoever sends its form again wants it to be done again."""
    ref = stage.world.proposal_in("in_implementation")
    path = f"/projekty/{ref.id}/krok/note_risk"
    browser, fields = opened(stage, "coordinator", path, path)
    before = risks_added(stage, ref)
    assert browser.client.post(path, data={**fields, **RISK}).status_code == 303
    stage.world.take(ref, "note_risk", "coordinator", **{**RISK, "risk": "Zima."})
    shown = hidden(browser.get(path).text, path)
    assert browser.client.post(path, data={**shown, **RISK, "form_key": fields["form_key"]}).status_code == 303
    assert risks_added(stage, ref) == before + 3


def test_another_page_and_another_person_are_other_sendings(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path = f"/projekty/{ref.id}/rozmowa"
    first, fields = opened(stage, "leader", path)
    assert first.client.post(path, data={**fields, **TALK}).status_code == 303
    assert first.client.post(path, data={**hidden(first.get(path).text), **TALK}).status_code == 303
    member, own = opened(stage, "member", path)
    assert member.client.post(path, data={**own, **TALK, "form_key": fields["form_key"]}).status_code == 303
    assert count(stage, Comment) == 3


def test_what_was_refused_may_be_sent_again(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path = f"/projekty/{ref.id}/rozmowa"
    browser, fields = opened(stage, "leader", path)
    for _ in range(2):
        answer = browser.client.post(path, data={**fields, **TALK, "text": ""})
        assert (answer.status_code, "Nowy komentarz" in answer.text or "error" in answer.text) == (422, True)
    assert count(stage, SentForm) == 0


def test_where_the_answer_was_lost_the_form_is_not_carried_out_again(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path = f"/projekty/{ref.id}/rozmowa"
    browser, fields = opened(stage, "leader", path)
    browser.client.post(path, data={**fields, **TALK})
    with stage.db.transaction() as tx:
        tx.execute(update(SentForm).values(answer=None, at=utc_now() - timedelta(minutes=1)))
    answer = browser.client.post(path, data={**fields, **TALK}, headers={"Referer": f"http://localhost{path}"})
    assert (answer.status_code, answer.location) == (303, path)
    assert "Niczego nie zrobiono dwa razy" in browser.get(path).text
    assert count(stage, Comment) == 1


def test_what_was_sent_is_forgotten_after_a_day_and_its_answer_after_an_hour(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    path, at = f"/projekty/{ref.id}/rozmowa", utc_now()
    browser, fields = opened(stage, "leader", path)
    browser.client.post(path, data={**fields, **TALK})
    with stage.db.transaction() as tx:
        assert "Kto ma" not in str(tx.execute(select(SentForm)).one())
        forget_old(tx, at=at + ANSWER_KEPT_FOR + timedelta(minutes=1))
        assert tx.execute(select(SentForm.answer)).scalar_one() is None
        forget_old(tx, at=at + KEPT_FOR + timedelta(minutes=1))
    assert count(stage, SentForm) == 0


def test_a_key_for_programs_is_made_once_and_shown_to_both_presses(stage: Stage) -> None:
    browser, fields = opened(stage, "leader", "/konto")
    shown = [browser.client.post("/konto/keys", data={**fields, "name": "arkusz"}).text for _ in range(2)]
    keys = [re.findall(r"<code[^>]*>([^<]{20,})</code>", page) for page in shown]
    assert keys[0]
    assert keys[0] == keys[1]


def test_every_form_of_every_template_carries_a_key() -> None:
    bare: dict[str, int] = {}
    for path in TEMPLATES.rglob("*.html"):
        for form in FORM.findall(path.read_text(encoding="utf-8")):
            if not re.search(r"csrf\(\)|form_key\(\)|step_form\.hidden\(|step_fields\(", form):
                name = str(path.relative_to(TEMPLATES))
                bare[name] = bare.get(name, 0) + 1
    assert bare == WITHOUT_KEY


def test_every_route_that_takes_a_form_is_carried_out_once_or_says_why_not(app: Flask) -> None:
    walked = set()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.startswith("api."):
            continue
        path = address(rule)
        with app.test_request_context(path, method="POST", data={"form_key": "a-key", "text": "x"}):
            is_once = bool(digests_of_request())
        assert is_once is (rule.endpoint not in EXCEPTIONS), (rule.endpoint, path)
        walked.add(rule.endpoint)
    assert set(EXCEPTIONS) <= walked, "an exception names a route that is gone"
    assert all(len(reason) >= 10 for reason in EXCEPTIONS.values())


@pytest.mark.parametrize("endpoint", ["secret_votes.cast", "hall_votes.cast", "secret_votes.exchange"])
def test_nothing_is_written_beside_a_secret_ballot(endpoint: str) -> None:
    assert "secret" in EXCEPTIONS[endpoint]
