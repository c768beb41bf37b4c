"""The packet of sheets: for the bodies and the office, and for nobody else."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.web.stage import Stage


@pytest.fixture
def address(stage: Stage) -> str:
    edition = stage.world.edition_of(stage.world.proposal_in("presented"))
    return f"/edycje/{stage.world.facts(edition)['key']}/pakiet.pdf"


@pytest.mark.parametrize("who", ["staff", "chair", "committee1", "secretary", "appeal_body"])
def test_the_bodies_get_all_sheets_as_one_pdf(stage: Stage, address: str, who: str) -> None:
    answer = stage.as_(who).client.get(address)
    assert answer.mimetype == "application/pdf"
    assert "1. " in PdfReader(BytesIO(answer.data)).outline[1]["/Title"]


@pytest.mark.parametrize("who", ["leader", "participant", "partner", "visitor", None])
def test_nobody_else_gets_it(stage: Stage, address: str, who: str | None) -> None:
    answer = stage.as_(who).client.get(address)
    assert answer.status_code in (303, 403)
    assert answer.mimetype == "text/html"
