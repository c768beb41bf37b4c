"""Where a person judges, a page says what is to be decided and shows the choices side by side and equal."""

import re

import pytest

from tests.web.shared_stage import shared_stage as shared_stage
from tests.web.stage import Stage
from tests.world import PEOPLE, STATES
from workflow.rules.registry import newest

LEAD = re.compile(r'<p class="lead-line">.*?</p>|<div class="lead-line">.*?</div>', re.DOTALL)
CHOICES = re.compile(r'<ul class="steps choices">.*?</ul>\s*(?=<|$)', re.DOTALL)
PRESSED = re.compile(r'<(?:a|button)[^>]*class="button (?:primary|danger)[^>]*>(?:<svg.*?</svg>)?([^<]+)<')
LABELS = {row.label.pl for row in newest("proposal").rows if row.verdict}


@pytest.mark.slow
@pytest.mark.parametrize("state", [state for state in STATES if newest("proposal").steps_from(state)])
def test_no_page_tells_anybody_to_take_a_step_that_decides(shared_stage: Stage, state: str) -> None:
    ref = shared_stage.world.proposal_in(state)
    for name in PEOPLE:
        for path in (f"/projekty/{ref.id}", "/praca"):
            answer = shared_stage.as_(name).get(path)
            if answer.status_code == 200:
                _holds(answer.text, (state, name, path))


def _holds(page: str, where: tuple[str, ...]) -> None:
    head = page.partition("<main")[2].partition("<h2")[0]
    for label in LABELS:
        assert f"{label}." not in head, where
        assert f"„{label}”" not in page, where
    assert LABELS.isdisjoint(PRESSED.findall(page)), where


def test_the_appeal_body_finds_both_answers_beside_each_other(shared_stage: Stage) -> None:
    ref = shared_stage.world.proposal_in("appealed")
    for path in (f"/projekty/{ref.id}", "/praca"):
        page = shared_stage.page("appeal_body", path)
        assert "Rozpatrz odwołanie." in page
        choices = page.partition('<ul class="steps choices">')[2].partition("</section>")[0]
        assert choices.index("uphold_selection_appeal") < choices.index("dismiss_appeal"), path


def test_the_page_of_the_verdict_says_what_the_appeal_body_resolved(shared_stage: Stage) -> None:
    ref = shared_stage.world.proposal_in("appealed")
    shared_stage.world.decide_appeal(ref, "dismiss")
    page = shared_stage.page("appeal_body", f"/projekty/{ref.id}/krok/dismiss_appeal")
    assert re.search(r"Uchwała 1/\d{4} zespołu odwoławczego", page)
    assert "Zarzuty zostały zbadane." in page
