"""The board by phase."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.web.many import add_many
from tests.web.stage import Stage
from workflow.base.i18n import format_date, format_number
from workflow.models import Proposal
from workflow.rules.facts import Ref

BOARD = "/edycje/tablica/tablica"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    """An edition with a few ideas."""
    found = stage.world.edition("conferences", key="tablica")
    for title in ("Łódka", "Lato w mieście", "Żłobek", "Zamek", "Ćwiczenia"):
        stage.world.idea(found, title=title)
    return found


def test_the_board_takes_a_fixed_number_of_statements(stage: Stage, edition: Ref) -> None:
    first = stage.count("staff", BOARD)
    with stage.db.transaction() as tx:
        add_many(tx, edition, 300, lifecycle_version=4)
    assert stage.count("staff", BOARD) == first <= 8


def test_each_column_counts_its_projects_and_shows_the_first_of_them(stage: Stage, edition: Ref) -> None:
    for number in range(5):
        stage.world.idea(edition, title=f"Ławka {number}")
    page = stage.page("staff", BOARD)
    assert f"{format_number(10, 'pl')} projektów" in page
    assert page.count('<li class="bcard') == 8
    assert "Pokaż wszystkie: Przygotowanie (10)" in page


def test_a_card_says_who_is_awaited_until_when_and_how_long_it_has_been_so(stage: Stage, edition: Ref) -> None:
    ref = stage.world.idea(edition, title="Remiza")
    stage.world.lead(ref, "submitted")
    page = stage.page("staff", f"{BOARD}?state=submitted")
    card = page[page.index('<li class="bcard') : page.index("</li>", page.index('<li class="bcard'))]
    assert ' me"' in card
    assert "Remiza" in card
    assert "biuro programu" in card
    assert re.search(r"[01] (dni|dzień)", card)


def test_a_project_counted_as_late_shows_its_date_also_after_its_end(stage: Stage) -> None:
    world = stage.world
    ref = world.proposal_in("cancelled")
    board, over = f"/edycje/{world.facts(world.edition_of(ref))['key']}/tablica", world.now - timedelta(days=3)
    with world.writing() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(due_at=over))
    page = stage.page("staff", board)
    assert re.search(r'Termin minął, też zaniechane i wycofane <span class="num">1<', page)
    card = page[page.index('<li class="bcard over') :].partition("</li>")[0]
    assert format_date(over, "pl") in card
    assert format_date(over, "pl") not in stage.page(None, board)
    # The selected ones alone are counted in the figures, under their own name.
    figures = stage.page("staff", board.replace("tablica", "pulpit"))
    assert re.search(r"Wybrane projekty po terminie</dt><dd[^>]*><a [^>]*>0<", figures)


def test_whoever_has_been_longest_in_a_state_comes_first(stage: Stage, edition: Ref) -> None:
    first = stage.world.idea(edition, title="Zzz najstarszy")
    stage.world.lead(first, "group_work")
    later = stage.world.idea(edition, title="Aaa nowszy")
    stage.world.now += timedelta(days=3)
    stage.world.lead(later, "group_work")
    page = stage.page("staff", f"{BOARD}?state=group_work")
    assert page.index("Zzz najstarszy") < page.index("Aaa nowszy")


def test_filters_of_the_list_narrow_the_board_and_lead_to_the_same_list(stage: Stage, edition: Ref) -> None:
    for number in range(12):
        ref = stage.world.idea(edition, title=f"Most {number}")
        stage.world.take(ref, "edit_sheet", "leader", summary="Nad rzeką.") if number > 10 else None
    page = stage.page("staff", f"{BOARD}?q=most")
    assert "12 projektów" in page
    assert "/edycje/tablica/lista?q=most&amp;phase=origin&amp;sort=title" in page or "q=most" in page


@pytest.mark.usefixtures("edition")
def test_visitors_find_on_the_board_only_what_is_public(stage: Stage) -> None:
    page = stage.page(None, BOARD)
    assert "Żłobek" not in page
    assert "biuro programu" not in page
