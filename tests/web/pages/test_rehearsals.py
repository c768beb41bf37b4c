"""Asking for a rehearsal, leaving the page, and reading what came of it."""

import threading
from datetime import timedelta

import pytest

from tasks.jobs import RUNNERS
from tests.conftest import database_url as database_url
from tests.web.stage import Stage, send
from workflow.base.calendar import utc_now, warsaw_date
from workflow.db.database import Database
from workflow.notifications.relay import relay_all
from workflow.operations.jobs.running import Bench, run_next
from workflow.rules.facts import Ref


@pytest.fixture
def written(stage: Stage) -> Ref:
    return stage.world.proposal_in("group_work")


def key_of(stage: Stage, ref: Ref) -> str:
    key: str = stage.world.facts(stage.world.edition_of(ref))["key"]
    return key


def work(stage: Stage) -> bool:
    settings = stage.app.extensions["partnerstwo"].settings
    database: Database = stage.db
    return run_next(Bench(database, settings, RUNNERS, "test", utc_now, threading.Event()))


def test_the_office_asks_for_a_rehearsal_and_reads_every_letter_of_a_day(stage: Stage, written: Ref) -> None:
    path = f"/edycje/{key_of(stage, written)}/proba"
    staff = stage.as_("staff")
    answer = send(staff, path, until="")
    assert answer.status_code == 303
    job = answer.location
    waiting = staff.get(job).text
    assert "Czeka na swoją kolej" in waiting
    assert 'data-live-url="/zmiany/' in waiting

    assert work(stage)
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    ready = staff.get(job).text
    assert "data-live-url" not in ready
    result = f"{path}/{job.rpartition('/')[2]}"
    assert f'href="{result}"' in ready
    days = staff.get(result)
    assert days.status_code == 200
    last = warsaw_date(stage.world.facts(stage.world.edition_of(written))["submission_deadline"]) + timedelta(days=1)
    assert f'href="{result}/{last.isoformat()}"' in days.text
    day = staff.get(f"{result}/{last.isoformat()}").text
    assert stage.world["leader"].name in day
    assert "Świetlica" in day
    assert "Gotowe: Próba edycji" in staff.get("/skrzynka").text
    assert job in staff.get("/zadania").text


def test_only_the_office_may_rehearse_and_nobody_reads_the_work_of_others(stage: Stage, written: Ref) -> None:
    path = f"/edycje/{key_of(stage, written)}/proba"
    job = send(stage.as_("staff"), path).location
    number = job.rpartition("/")[2]
    assert work(stage)
    for name in ("leader", "chair"):
        assert stage.as_(name).get(path).status_code == 403
        assert stage.as_(name).get(f"{path}/{number}").status_code == 403
        assert stage.as_(name).get(job).status_code == 404
        stopped = stage.as_(name)
        stopped.get("/zadania")
        assert stopped.post(f"{job}/zatrzymaj").status_code == 404
    assert stage.as_("staff").get(f"{path}/{number}/2020-01-01").status_code == 404
    assert stage.as_("staff").get(f"{path}/{number}/nie-ma").status_code == 404


def test_a_second_question_leads_to_the_rehearsal_that_waits(stage: Stage, written: Ref) -> None:
    path = f"/edycje/{key_of(stage, written)}/proba"
    assert send(stage.as_("staff"), path).location == send(stage.as_("staff"), path).location


def test_a_rehearsal_can_be_stopped(stage: Stage, written: Ref) -> None:
    staff = stage.as_("staff")
    job = send(staff, f"/edycje/{key_of(stage, written)}/proba").location
    staff.get(job)
    assert staff.post(f"{job}/zatrzymaj").status_code == 303
    assert "Zatrzymano" in staff.get(job).text
    assert not work(stage)


@pytest.mark.parametrize("until", ["2020-01-01", "jutro", "2026-13-45"])
def test_a_day_that_cannot_be_is_refused_beside_its_field(stage: Stage, written: Ref, until: str) -> None:
    answer = send(stage.as_("staff"), f"/edycje/{key_of(stage, written)}/proba", until=until)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
