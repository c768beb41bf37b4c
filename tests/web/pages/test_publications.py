"""Published documents: a page that does not exist before the announcement, and everything about a document afterwards."""

import re
from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from tests.web.stage import Stage, answer_of
from tests.workflow.documents.sessions import ended
from tests.workflow.documents.test_minutes import approved
from tests.workflow.selection.test_meetings import Session
from tests.workflow.selection.test_publication import announce
from workflow.voting.results.verification import verify_result

OUTSIDERS = ["leader", "participant", "visitor", None]


class Hall:
    """An edition whose committee has decided, and its public addresses."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.session: Session = ended(stage.db, world=stage.world)
        self.edition = f"/edycje/{stage.world.facts(self.session.edition)['key']}"
        self.page = f"{self.edition}/wyniki"
        self.resolution = f"{self.page}/uchwala-1-{stage.world.at.year}"


@pytest.fixture
def hall(stage: Stage) -> Hall:
    return Hall(stage)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_before_the_announcement_there_is_nothing_and_no_address_answers_another_way(
    hall: Hall, who: str | None
) -> None:
    client = hall.stage.as_(who).client
    unknown = f"{hall.page}/nie-ma-takiej"
    for path in (hall.page, hall.resolution, f"{hall.resolution}.pdf", f"{hall.page}/lista-rankingowa"):
        assert answer_of(client, path) == answer_of(client, unknown)
        assert answer_of(client, path)[0] == 404
    assert hall.page not in client.get(hall.edition).text


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_secret_decision_and_its_minutes_change_nothing_that_an_outsider_gets(hall: Hall, who: str | None) -> None:
    client = hall.stage.as_(who).client
    paths = (hall.edition, hall.page, f"/projekty/{hall.session.project.id}", f"{hall.edition}/projekty")
    before = [answer_of(client, path) for path in paths]
    approved(hall.session)
    assert [answer_of(client, path) for path in paths] == before


@pytest.mark.parametrize("who", OUTSIDERS)
def test_afterwards_everybody_reads_resolution_votes_reasons_and_committee(hall: Hall, who: str | None) -> None:
    approved(hall.session)
    announce(hall.session)
    client = hall.stage.as_(who).client
    assert hall.page in client.get(hall.edition).text
    page = client.get(hall.page).text
    for part in (
        "Lista rankingowa",
        "Uchwała nr 1/",
        "Wyciąg z protokołu",
        "Komitet sterujący",
        "Committee2",
        "kultura",
        f"1. {hall.stage.world.facts(hall.session.project)['title']}: Wybrać do realizacji",
    ):
        assert part in page, part
    text = client.get(hall.resolution).text
    for part in ("Dobry projekt.", "Za: 2, przeciw: 1, wstrzymało się: 0.", "Wytworzył", "Odpowiada za treść",
                 "Opublikował", "Historia zmian"):  # fmt: skip
        assert part in text, part
    assert "nie ma" in client.get(f"{hall.page}/uchwala-2-2026").text.lower()


def test_the_files_hold_the_resolution_and_stay_the_same(hall: Hall) -> None:
    announce(hall.session)
    client = hall.stage.as_(None).client
    pdf = client.get(f"{hall.resolution}.pdf").data
    reader = PdfReader(BytesIO(pdf))
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    assert "Dobry projekt." in reader.pages[0].extract_text()
    assert client.get(f"{hall.resolution}-w1.pdf").data == pdf
    word = docx.Document(BytesIO(client.get(f"{hall.resolution}.docx").data))
    assert any("Treść uchwały" in one.text for one in word.paragraphs)
    assert client.get(f"{hall.resolution}.exe").status_code == 404


def test_afterwards_everybody_is_led_to_votes_that_can_be_counted_again(hall: Hall) -> None:
    approved(hall.session)
    announce(hall.session)
    client = hall.stage.as_(None).client
    addresses = re.findall(r'href="(/glosowania/\d+/wynik)"', client.get(hall.page).text)
    assert addresses
    for address in addresses:
        assert client.get(address).status_code == 200
        verify_result(client.get(f"{address}.json").data)
