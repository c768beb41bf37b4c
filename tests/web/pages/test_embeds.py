"""What other sites may show in a frame: two small pages, and nothing else."""

import html
import re

import pytest

from tests.web.pages.test_public_accounts import account, address_of
from tests.web.stage import Stage
from web.http.security import EMBEDDABLE, asked_by


def embedded(stage: Stage, part: str) -> str:
    ref = account(stage)
    return f"/projekty/{ref.id}/osadz" if part == "project" else f"{address_of(stage, ref)}/osadz"


@pytest.mark.parametrize("part", ["project", "edition"])
def test_a_small_page_may_be_framed_and_nothing_happens_on_it(stage: Stage, part: str) -> None:
    answer = stage.as_(None).get(embedded(stage, part))
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "form-action 'none'" in policy
    assert "script-src" not in policy
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert not re.search(r"<(script|form|input)", answer.text)
    assert "po terminie" in answer.text


def test_only_public_pages_without_a_sign_in_may_be_framed(stage: Stage) -> None:
    assert {asked_by(stage.app, endpoint) for endpoint in EMBEDDABLE} == {"anyone"}
    ref = stage.world.proposal_in("selected")
    for path in ("/", f"/projekty/{ref.id}", f"{address_of(stage, ref)}/bilans", "/login"):
        headers = stage.as_(None).get(path).headers
        assert headers["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path


@pytest.mark.parametrize("part", ["project", "edition"])
def test_the_page_offers_what_to_copy_in_order_to_show_it_elsewhere(stage: Stage, part: str) -> None:
    path = embedded(stage, part)
    page = stage.page(None, path.replace("/osadz", "" if part == "project" else "/bilans"))
    (snippet,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert html.unescape(snippet).startswith('<iframe src="http')
    assert f'{path}"' in html.unescape(snippet)


def test_a_project_that_is_not_public_has_no_page_to_frame(stage: Stage) -> None:
    assert stage.as_("staff").get(f"/projekty/{stage.world.proposal_in('presented').id}/osadz").status_code == 404
