"""A list of people in the browser: sent in, mapped, looked through, accepted, loaded by a job; all of it or nothing."""

import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select, update

from tasks.jobs import RUNNERS
from tests.web.conftest import Browser
from tests.web.stage import Stage, hidden
from workflow.base.calendar import utc_now
from workflow.models import Affiliation, Job, Organisation, ParticipantList, Person, RoleGrant
from workflow.operations.jobs.rows import LEASE
from workflow.operations.jobs.running import Bench, run_next
from workflow.participant_lists.uploads import FOLDER, sweep_lists
from workflow.rules.facts import Ref

PATH = "/edycje/wioska/osoby/import"
LIST = "Lista uczestników;;;\nImię i nazwisko;E-mail;Organizacja;Typ\nŁucja Żak;Lucja@example.org;OSP Łąck;stowarzyszenie\nJan Gil;;Sklep Gil;firma\n"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition(key="wioska")


@pytest.fixture
def staff(stage: Stage, edition: Ref) -> Browser:
    assert edition.id
    browser = stage.as_("staff")
    browser.get(PATH)
    return browser


def send(browser: Browser, content: bytes, name: str = "lista.csv") -> Any:
    parts = [f'--cut\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.token}\r\n',
             f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n']  # fmt: skip
    body = "".join(parts).encode() + content + b"\r\n--cut--\r\n"
    return browser.client.post(PATH, data=body, content_type="multipart/form-data; boundary=cut")


def run_jobs(stage: Stage, clock: Any = utc_now) -> None:
    """A worker does what waits."""
    settings = stage.app.extensions["partnerstwo"].settings
    bench = Bench(stage.db, settings, RUNNERS, "worker", clock, threading.Event())
    while run_next(bench):
        pass


def accept(browser: Browser, address: str) -> Any:
    page = browser.get(address).text
    return browser.post(f"{address}/zaladuj", hidden(page, f"{address}/zaladuj"))


def names(stage: Stage) -> list[tuple[str, str | None]]:
    with stage.db.reading() as tx:
        query = select(Person.name, Person.email).where(Person.name.in_(["Łucja Żak", "Jan Gil"])).order_by(Person.name)
        return [(row[0], row[1]) for row in tx.execute(query)]


def files(stage: Stage) -> list[Path]:
    return list((stage.app.extensions["partnerstwo"].settings.data / FOLDER).glob("*"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1250", "utf-16"])
def test_a_list_is_looked_through_and_then_loaded(stage: Stage, staff: Browser, encoding: str) -> None:
    address = send(staff, LIST.encode(encoding)).headers["Location"]
    page = staff.get(address).text

    assert "Łucja Żak" in page
    assert names(stage) == []
    assert accept(staff, address).status_code == 303
    assert names(stage) == []
    run_jobs(stage)
    assert names(stage) == [("Jan Gil", None), ("Łucja Żak", "lucja@example.org")]
    with stage.db.reading() as tx:
        query = select(Organisation.name, Organisation.kind).join(Affiliation).order_by(Organisation.name)
        assert [tuple(row) for row in tx.execute(query)] == [("OSP Łąck", "association"), ("Sklep Gil", "company")]
        job = tx.execute(select(Job.id, Job.state)).one()
    assert job.state == "done"
    assert files(stage) == []
    result = staff.get(staff.get(f"{PATH}/zadanie/{job.id}").headers["Location"] + "/wynik.csv")
    assert result.headers["Cache-Control"] == "no-store"
    assert "Łucja Żak;lucja@example.org;" in result.data.decode("utf-8-sig")


def test_the_same_list_again_changes_nothing_and_names_the_differences(stage: Stage, staff: Browser) -> None:
    accept(staff, send(staff, LIST.encode()).headers["Location"])
    run_jobs(stage)
    other = LIST.replace("Łucja Żak", "Łucja Żak-Nowak")
    page = staff.get(send(staff, other.encode()).headers["Location"]).text

    assert "„Łucja Żak” ≠ „Łucja Żak-Nowak”" in page
    accept(staff, send(staff, other.encode()).headers["Location"])
    run_jobs(stage)
    assert names(stage) == [("Jan Gil", None), ("Łucja Żak", "lucja@example.org")]


def test_columns_without_headings_are_mapped_on_the_screen(stage: Stage, staff: Browser) -> None:
    address = send(staff, "x;Łucja Żak;OSP\nx;Jan Gil;OSP\n".encode()).headers["Location"]
    chosen = {"heading": "0", "column-1": "name", "column-2": "organisation", "column-0": "kosmos"}

    assert staff.post(address, chosen).status_code == 303
    accept(staff, address)
    run_jobs(stage)
    assert [name for name, _email in names(stage)] == ["Jan Gil", "Łucja Żak"]


def test_another_sheet_is_chosen(stage: Stage, staff: Browser) -> None:
    book, out = Workbook(), BytesIO()
    book.active.append(["Spis"])
    sheet = book.create_sheet("Osoby")
    sheet.append(["Imię i nazwisko"])
    sheet.append(["Jan Gil"])
    book.save(out)
    address = send(staff, out.getvalue(), "x.xlsx").headers["Location"]
    staff.post(address, {"sheet": "1"})

    assert "Jan Gil" in staff.get(address).text


def test_a_list_with_problems_cannot_be_loaded_and_every_problem_is_in_the_file(stage: Stage, staff: Browser) -> None:
    rows = "".join(f"Osoba {number};nie-adres;król\n" for number in range(150))
    address = send(staff, f"Imię i nazwisko;E-mail;Rola\n{rows}".encode()).headers["Location"]
    answer = staff.post(f"{address}/zaladuj", {"digest": "x"})
    problems = staff.get(f"{address}/wynik.csv").data.decode("utf-8-sig").splitlines()

    assert answer.status_code == 409
    assert len(problems) == 301
    with stage.db.reading() as tx:
        assert tx.execute(select(func.count()).select_from(Job)).scalar_one() == 0


def test_what_changed_after_the_acceptance_is_not_loaded(stage: Stage, staff: Browser) -> None:
    address = send(staff, LIST.encode()).headers["Location"]
    accept(staff, address)
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == stage.world["leader"].id).values(email="lucja@example.org"))
    run_jobs(stage)

    assert [name for name, _email in names(stage)] == []
    with stage.db.reading() as tx:
        assert tx.execute(select(Job.state)).scalar_one() == "failed"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"PK\x03\x04x", 422),
        (b"\x00\x01\x02", 422),
        (b"Jan\n" * 7_000_000, 413),
        (b"Jan\n" * 5_400_000, 422),
    ],
    ids=["empty", "broken", "no list", "28 MB", "above the limit"],
)
def test_what_is_no_list_is_refused_with_a_sentence_and_not_kept(
    stage: Stage, staff: Browser, content: bytes, status: int
) -> None:
    answer = send(staff, content)

    assert answer.status_code == status
    assert "error-summary" in answer.text or "error-text" in answer.text
    assert files(stage) == []


def test_a_list_is_its_senders_alone(stage: Stage, staff: Browser) -> None:
    address = send(staff, LIST.encode()).headers["Location"]
    with stage.db.transaction() as tx:
        grant = {"person_id": stage.world["animator"].id, "edition_id": tx.execute(select(ParticipantList.edition_id)).scalar_one(),
                 "role": "staff", "granted_at": utc_now()}  # fmt: skip
        tx.execute(RoleGrant.__table__.insert().values(**grant))

    for path in (address, f"{address}/wynik.csv"):
        assert stage.as_("animator").get(path).status_code == 404
    assert stage.as_("leader").get(address).status_code == 403


def test_a_list_is_removed_after_a_day(stage: Stage, staff: Browser) -> None:
    address = send(staff, LIST.encode()).headers["Location"]
    data = stage.app.extensions["partnerstwo"].settings.data

    assert sweep_lists(stage.db, data, at=utc_now() + timedelta(hours=23)) == 0
    assert sweep_lists(stage.db, data, at=utc_now() + timedelta(hours=25)) == 1
    assert files(stage) == []
    assert "Łucja" not in staff.get(address).text


KILLED = """
import os, signal, sys, threading
from pathlib import Path
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.db.database import Database
from workflow.operations.jobs.running import Bench, run_next
from workflow.participant_lists import loading
from tasks.jobs import RUNNERS

# Everybody is written and nothing is committed.
loading._Loading._affiliations = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
settings = load_settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
run_next(Bench(Database(sys.argv[2]), settings, RUNNERS, "killed", utc_now, threading.Event()))
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_nobody_and_the_next_one_loads_all(stage: Stage, staff: Browser) -> None:
    address = send(staff, LIST.encode()).headers["Location"]
    accept(staff, address)
    settings = stage.app.extensions["partnerstwo"].settings
    killed = subprocess.run([sys.executable, "-c", KILLED, str(settings.data), settings.database_url], check=False)

    assert killed.returncode == -9
    assert names(stage) == []
    run_jobs(stage)
    assert names(stage) == []

    def later() -> datetime:
        return utc_now() + LEASE + timedelta(seconds=1)

    run_jobs(stage, later)
    assert [name for name, _email in names(stage)] == ["Jan Gil", "Łucja Żak"]


@pytest.mark.slow
def test_five_thousand_people_are_loaded_in_less_than_twenty_seconds(stage: Stage, staff: Browser) -> None:
    book, out = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    sheet.append(["Imię i nazwisko", "E-mail", "Organizacja", "Gmina", "Rola"])
    for number in range(5000):
        email = f"osoba{number}@example.org" if number % 10 else None
        sheet.append([f"Osoba {number} Żak", email, f"Firma {number % 700}", f"Gmina {number % 30}", "uczestnik"])
    book.save(out)
    address = send(staff, out.getvalue(), "osoby.xlsx").headers["Location"]
    accept(staff, address)
    begun = time.monotonic()
    run_jobs(stage)

    assert time.monotonic() - begun < 20
    with stage.db.reading() as tx:
        assert tx.execute(select(Job.state)).scalar_one() == "done"
        count = select(func.count()).where(Person.name.like("Osoba % Żak"))
        assert tx.execute(count).scalar_one() == 5000
