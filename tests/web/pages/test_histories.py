"""The history of a proposal: the latest of it on its page, the whole on a page of its own."""

import re
from datetime import timedelta

import pytest

from tests.web.stage import Stage
from workflow.proposals.timeline import course_of, entries_of
from workflow.rules.facts import Ref

OPINION = {"unit": "Wydział Inwestycji", "opinion": "positive", "justification": "Zasadny."}
DECIDED = "Zapisz rozstrzygnięcie komitetu"
EARLIER = re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture
def long(stage: Stage) -> Ref:
    """A proposal with some hundred entries, the latest ones told apart by their words."""
    world = stage.world
    ref = world.proposal_in("submitted")
    with world.writing():
        for number in range(100):
            world.take(ref, "merit_opinion", "staff", **OPINION | {"justification": f"Opinia nr {number}."})
    return ref


def told(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"Opinia nr (\d+)\.", page)]


def test_a_page_shows_the_latest_and_leads_to_the_whole(stage: Stage, long: Ref) -> None:
    page = stage.page("staff", f"/projekty/{long.id}")
    history = page[page.index('id="history"') :]
    assert told(history)[:6] == [99, 98, 97, 96, 95, 94]
    assert 93 not in told(history)
    assert f'href="/projekty/{long.id}/historia"' in history


def test_all_of_the_history_can_be_read_page_by_page(stage: Stage, long: Ref) -> None:
    address: str | None = f"/projekty/{long.id}/historia"
    seen, pages = [], 0
    while address:
        page = stage.page("staff", address)
        seen += told(page)
        pages += 1
        found = EARLIER.search(page)
        address = found[1].replace("&amp;", "&") if found else None
    assert seen == list(range(99, -1, -1))
    assert pages == 3


@pytest.mark.parametrize("before", ["", "x", "-3", "0", "1", "99999999999999999999"])
def test_a_page_of_the_history_that_does_not_exist_is_no_error(stage: Stage, long: Ref, before: str) -> None:
    assert stage.as_("staff").get(f"/projekty/{long.id}/historia?before={before}").status_code == 200


def test_who_may_not_read_the_papers_may_not_read_the_history(stage: Stage, long: Ref) -> None:
    assert stage.as_("visitor").get(f"/projekty/{long.id}/historia").status_code == 404
    assert stage.as_(None).get(f"/projekty/{long.id}/historia").status_code == 404


def test_a_decision_under_embargo_is_in_no_history_of_the_project(stage: Stage) -> None:
    world = stage.world
    ref = world.proposal_in("presented")
    world.to_phase(world.edition_of(ref), "selection")
    before = stage.entries(ref)
    world.decide(ref, "select")
    assert stage.entries(ref) == before


def test_the_way_of_a_proposal_is_told_whole_however_long_its_history(stage: Stage, long: Ref) -> None:
    with stage.db.reading() as tx:
        course, entries = course_of(tx, long), entries_of(tx, long, limit=1000)
    first = {(one.source, one.target): one.at for one in entries}
    last = {(one.source, one.target): one.version for one in reversed(entries)}
    assert {(passed.source, passed.target): passed.first_at for passed in course.transitions} == first
    assert {(passed.source, passed.target): passed.last_version for passed in course.transitions} == last
    assert max(first.values()) - min(first.values()) > timedelta(0)
