"""Live pages: who gets the version of a subject, what it costs, and that the page and its part are the same text."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from tests.web.stage import Stage
from web.app import create_app
from web.http import identity
from workflow.base.calendar import utc_now
from workflow.models import Job


@pytest.fixture
def job(stage: Stage) -> int:
    with stage.db.transaction() as tx:
        row = {"kind": "rehearsal", "title": "Próba", "owner_id": stage.world["staff"].id, "created_at": utc_now()}
        job_id: int = tx.execute(insert(Job).values(row).returning(Job.id)).scalar_one()
    return job_id


def advance(stage: Stage, job: int, done: int) -> None:
    with stage.db.transaction() as tx:
        tx.execute(update(Job).where(Job.id == job).values(state="running", done=done, total=9))


def mark_of(page: str) -> tuple[str, str]:
    found = re.search(r'data-live-url="([^"]+)" data-live-version="([^"]+)"', page)
    assert found, page
    return found[1], found[2]


def test_a_version_is_told_once_and_then_answered_304_until_it_changes(stage: Stage, job: int) -> None:
    url, version = mark_of(stage.page("staff", f"/zadania/{job}"))
    visitor = stage.as_(None).client
    first = visitor.get(url)
    assert first.json == {"version": version}
    etag = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get(url, headers=etag).status_code == 304
    assert visitor.get(url, headers={"If-None-Match": f'"{version}"'}).status_code == 304

    advance(stage, job, 3)
    changed = visitor.get(url, headers=etag)
    assert changed.status_code == 200
    assert changed.json != {"version": version}


def test_a_version_costs_one_statement_whoever_asks(stage: Stage, job: int) -> None:
    url, _ = mark_of(stage.page("staff", f"/zadania/{job}"))
    for reader in ("staff", None):
        browser = stage.as_(reader)
        with stage.statements() as asked:
            assert browser.client.get(url).status_code == 200
        assert len(asked) == 1, asked


def test_a_part_is_rendered_alone_and_as_on_its_page(stage: Stage, job: int) -> None:
    advance(stage, job, 3)
    browser = stage.as_("staff")
    whole = browser.get(f"/zadania/{job}").text
    part = browser.get(f"/zadania/{job}", headers={"X-Fragment": "progress"}).text
    assert "<main" not in part
    section = re.compile(r"<section.*?</section>", re.DOTALL)

    def text(page: str) -> str:
        found = section.search(page)
        assert found
        return re.sub(r'name="(?:csrf_token|form_key)" value="[^"]+"', "", found[0])

    assert text(part) == text(whole)


def test_the_part_of_a_page_is_refused_to_whoever_may_not_see_the_page(stage: Stage, job: int) -> None:
    browser = stage.as_("leader")
    assert browser.get(f"/zadania/{job}", headers={"X-Fragment": "progress"}).status_code == 404


@pytest.mark.parametrize("token", ["", "x", "WyJqb2IiLDEsIjIwMjYtMTEtMjkiXQ.AAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_an_address_that_is_not_signed_by_us_leads_nowhere(stage: Stage, job: int, token: str) -> None:
    assert stage.as_("staff").get(f"/zmiany/{token}").status_code == 404


def test_an_address_ends_after_the_next_day(stage: Stage, job: int, monkeypatch: pytest.MonkeyPatch) -> None:
    url, _ = mark_of(stage.page("staff", f"/zadania/{job}"))
    now = utc_now()
    for days, status in ((1, 200), (2, 404)):
        monkeypatch.setattr(identity, "at", lambda days=days: now + timedelta(days=days))
        assert stage.as_(None).get(url).status_code == status


def test_another_process_with_the_same_secret_answers_the_address(stage: Stage, job: int) -> None:
    url, version = mark_of(stage.page("staff", f"/zadania/{job}"))
    other = create_app(stage.app.extensions["partnerstwo"].settings)
    assert other.test_client().get(url).json == {"version": version}
    other.extensions["partnerstwo"].database.close()
