"""The result of a vote as a file: for insiders once it is counted, for everybody once it is announced, else nothing."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from tests.web.pages.test_meetings import MEMBERS, Room
from tests.web.stage import Stage
from web.pages.result_files import VERIFIER
from workflow.base.calendar import utc_now
from workflow.documents.minutes import spaced
from workflow.voting.results.verification import verify_result


class Counted(Room):
    """A meeting with one counted vote."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.begin()
        self.put()
        self.poll = self.open()
        self.vote(self.poll, **dict.fromkeys(MEMBERS, "for"))
        self.page = f"/glosowania/{self.poll}/wynik"

    def count(self) -> None:
        assert self.press("chair", f"/glosowania/{self.poll}/krok/count").status_code == 303

    def announce(self) -> None:
        world = self.stage.world
        # What was pressed in a browser happened by the clock of the machine.
        world.at = utc_now()
        world.take(self.meeting, "adopt", "chair", motion=1)
        world.take(self.meeting, "end", "chair")
        world.to_phase(self.edition, "selection")
        world.take(self.project, "select", "chair")


@pytest.fixture
def counted(stage: Stage) -> Counted:
    return Counted(stage)


OUTSIDERS = (None, "leader", "participant", "partner", "visitor")


def test_before_the_count_there_is_no_file_for_anybody(counted: Counted) -> None:
    for who in (None, "leader", "chair", "staff"):
        for path in (counted.page, f"{counted.page}.json"):
            assert counted.stage.as_(who).get(path).status_code == 404, (who, path)


def test_outsiders_get_for_a_secret_result_what_they_get_for_an_unknown_one(counted: Counted) -> None:
    counted.count()
    for who, name in product(OUTSIDERS, ("wynik", "wynik.json")):
        browser = counted.stage.as_(who)
        secret, unknown = browser.get(f"/glosowania/{counted.poll}/{name}"), browser.get(f"/glosowania/987654/{name}")
        assert secret.status_code == unknown.status_code == 404
        own = re.compile(
            rf'(/|%2F)glosowania(/|%2F)({counted.poll}|987654)(/|%2F)|name="(?:csrf_token|form_key)" value="[^"]+"'
        )
        assert own.sub("", secret.text) == own.sub("", unknown.text)


def test_insiders_download_a_file_that_both_programs_accept(counted: Counted, tmp_path: Path) -> None:
    counted.count()
    browser = counted.stage.as_("committee1")
    answer = browser.get(f"{counted.page}.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "no-store" in answer.headers["Cache-Control"]
    verify_result(answer.data)
    program = browser.get("/verify_result.py")
    (tmp_path / "wynik.json").write_bytes(answer.data)
    (tmp_path / "verify_result.py").write_bytes(program.data)
    command = [sys.executable, "-I", "-S", "verify_result.py", "wynik.json"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0


def test_everybody_has_the_same_bytes_and_digest_after_the_announcement(counted: Counted) -> None:
    counted.count()
    counted.announce()
    data = {counted.stage.as_(who).get(f"{counted.page}.json").data for who in (*OUTSIDERS, "chair", "staff")}
    assert len(data) == 1
    (file,) = data
    digest = sha256(file).hexdigest()
    assert json.loads(file)["decision"]["resolution"].startswith("1/")
    for path in (counted.page, counted.path):
        assert digest in counted.stage.page("chair", path), path
    counted.stage.world.take(counted.meeting, "generate_minutes", "chair")
    assert spaced(digest) in counted.stage.page("chair", f"{counted.path}/protokol")
    page = counted.stage.page(None, counted.page)
    assert digest in page
    assert f"{counted.page}.json" in page
    assert counted.path not in page


def test_the_digest_of_the_count_stays_beside_that_of_the_file_with_the_resolution(
    counted: Counted, tmp_path: Path
) -> None:
    counted.count()
    address, browser = f"{counted.page}.json", counted.stage.as_("committee1")
    first = browser.get(address).data
    page = counted.stage.page("committee1", counted.page)
    assert sha256(first).hexdigest() in page
    assert "Ten sam kod kontrolny jest w protokole" not in page
    counted.announce()
    files = (browser.get(f"{address}?bez-uchwaly=1").data, browser.get(address).data)
    assert files[0] == first != files[1]
    page = counted.stage.page("committee1", counted.page)
    for number, file in enumerate(files):
        assert sha256(file).hexdigest() in page
        verify_result(file)
        path = tmp_path / f"{number}.json"
        path.write_bytes(file)
        assert subprocess.run([sys.executable, "-I", VERIFIER, path], check=False).returncode == 0


def test_the_page_of_a_secret_result_says_that_it_is_private(counted: Counted) -> None:
    counted.count()
    page = counted.stage.page("staff", counted.page)
    assert "Niejawne do ogłoszenia." in page
    assert counted.page in counted.stage.page("committee1", counted.path)
