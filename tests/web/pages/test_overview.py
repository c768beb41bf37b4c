"""The dashboard of an edition: every figure is the sum over the file of its own list."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Struct

from tests.web.stage import Stage
from tests.workflow.overview.generated import fill
from workflow.editions.queries import find_edition
from workflow.engine.machine import newest
from workflow.overview.achievements import achievements_of
from workflow.overview.board import board
from workflow.overview.dashboard import Dashboard, dashboard
from workflow.overview.figures import Figure, Measure, together
from workflow.overview.public_edition import public_projects, totals_of
from workflow.proposals.filters import Filters
from workflow.proposals.lists import Wanted
from workflow.rules.states import FUNDED

LIST, PORTFOLIO = "/edycje/cyfry/lista.csv", "/edycje/cyfry/portfel.csv"
COLUMN = {
    Measure.COST: "Koszt projektu", Measure.PLANNED: "Zaplanowano", Measure.COMMITTED: "Umowy",
    Measure.SPENT: "Wydano", Measure.DUE: "Kamienie milowe tego miesiąca", Measure.DONE: "w tym osiągnięte",
    Measure.LATE_MILESTONES: "Spóźnione kamienie milowe", Measure.REPORTS: "Złożone sprawozdania",
}  # fmt: skip
DASHBOARD = "/edycje/cyfry/pulpit"


def figures_of(value: Any) -> Iterator[Figure]:
    """Every figure inside of a value."""
    if isinstance(value, Figure):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from figures_of(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from figures_of(inner)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from figures_of(getattr(value, name))


def shown(stage: Stage, at: datetime | None = None) -> Dashboard:
    with stage.db.reading() as tx:
        edition = find_edition(tx, "cyfry", None)
        assert edition is not None
        return dashboard(tx, edition, at=at or stage.world.now)


def summed(stage: Stage, figure: Figure) -> int:
    """The sum of a figure over the rows of the file that its list is saved as."""
    file = PORTFOLIO if figure.measure.of_portfolio else LIST
    answer = stage.as_("staff").client.get(file, query_string=dict(figure.filters))
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    if figure.measure in (Measure.PROJECTS, Measure.LINES):
        return len(rows)
    cells = [Decimal(row[COLUMN[figure.measure]].replace(",", ".") or 0) for row in rows]
    return int(sum(cells) * (100 if figure.measure.is_money else 1))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_the_sum_over_the_file_of_its_list(stage: Stage, seed: int) -> None:
    edition = stage.world.edition("conferences", key="cyfry")
    with stage.db.transaction() as tx:
        fill(tx, edition, seed, at=stage.world.now)
    figures = list(figures_of(shown(stage)))
    assert len(figures) > 40
    assert sum(figure.value > 0 for figure in figures) > 20
    assert any(figure.value > 0 and figure.measure.of_portfolio for figure in figures)
    wrong = [(figure, total) for figure in figures if (total := summed(stage, figure)) != figure.value]
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_same_sum_is_the_same_on_every_page(stage: Stage, seed: int) -> None:
    edition, at = stage.world.edition("conferences", key="cyfry"), stage.world.now
    with stage.db.transaction() as tx:
        fill(tx, edition, seed, at=at)
    figures = shown(stage)
    with stage.db.reading() as tx:
        row = find_edition(tx, "cyfry", None)
        assert row is not None
        public = totals_of(public_projects(tx, row, None, at=at))
        front = achievements_of(tx, [edition.id])
    assert figures.money.selected.value == figures.under_way.planned.value == public.money == front.money > 0
    assert sum(figure.value for figure in figures.money.by_sector.values()) == public.money
    assert figures.under_way.spent.value == public.spent == front.spent
    assert figures.under_way.all.value == public.funded == front.funded
    # A project is late on the dashboard, in the portfolio, in a list and on the board by one and the same rule.
    funded = {"state": together(*FUNDED), "due": "late"}
    assert figures.under_way.late.value == summed(stage, Figure(0, funded))
    assert all(turn.late.value == summed(stage, turn.late) for turn in figures.turns)
    with stage.db.reading() as tx:
        wanted = Wanted(edition.id, None, Filters(at=at))
        assert board(tx, wanted, newest("proposal"), at=at).late == summed(stage, Figure(0, {"due": "late"}))


@pytest.mark.parametrize("seed", [1, 21])
def test_days_that_pass_while_an_edition_is_suspended_make_nothing_late(stage: Stage, seed: int) -> None:
    world, today = stage.world, stage.world.now
    edition = world.edition("summary", key="cyfry")
    with stage.db.transaction() as tx:
        fill(tx, edition, seed, at=world.at)
    before = shown(stage, world.at).under_way
    world.take(edition, "suspend", "staff", reason="Powódź.")
    after = shown(stage, today).under_way
    names = ("late", "late_milestones", "late_reports", "lights")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert after.late.value == summed(stage, Figure(0, {"state": together(*FUNDED), "due": "late"}))
    assert after.late.value == summed(stage, after.late)
    assert "Edycja jest wstrzymana. Spóźnienia liczymy na dzień" in stage.page("staff", DASHBOARD)
    with stage.db.reading() as tx:
        # Without the rule there would be more of them.
        counted = board(tx, Wanted(edition.id, None, Filters()), newest("proposal"), at=today).late
    assert counted > summed(stage, Figure(0, {"due": "late"}))


@pytest.mark.parametrize("seed", [4])
def test_the_page_shows_every_figure_with_the_address_of_its_list(stage: Stage, seed: int) -> None:
    edition = stage.world.edition("conferences", key="cyfry")
    with stage.db.transaction() as tx:
        fill(tx, edition, seed, at=stage.world.now)
    page = stage.page("chair", DASHBOARD)
    for figure in figures_of(shown(stage).phases):
        query = "&amp;".join(f"{name}={value}" for name, value in figure.filters.items())
        assert f'href="/edycje/cyfry/lista?{query}&amp;sort=title">{figure.value}</a>' in page
    assert stage.page("chair", "/edycje/cyfry/portfel")
    # Whoever began the programme comes to the figures from the own page.
    for path in (DASHBOARD, "/edycje/cyfry/portfel"):
        assert f'href="{path}"' in stage.page("initiator", "/praca")
        assert stage.page("initiator", path)
    report = stage.page("staff", f"{DASHBOARD}/sprawozdanie")
    # Its parts are folded on a phone, what stands before them is not.
    begins, *parts = report.partition('class="document"')[2].split('<details class="fold part" open data-phone-closed>')
    assert "<h2" not in begins
    assert len(parts) > 3
    assert all("<h2" in part for part in parts)


def test_others_than_office_chair_and_initiator_do_not_see_the_figures(stage: Stage) -> None:
    stage.world.edition("conferences", key="cyfry")
    for path in (DASHBOARD, f"{DASHBOARD}/sprawozdanie", f"{DASHBOARD}/sprawozdanie.pdf", "/edycje/cyfry/portfel",
                 "/edycje/cyfry/portfel.csv"):  # fmt: skip
        assert stage.as_("leader").get(path).status_code == 404
        assert stage.as_("coordinator").get(path).status_code == 404


def test_the_figures_take_a_fixed_number_of_statements(stage: Stage) -> None:
    edition = stage.world.edition("conferences", key="cyfry")
    with stage.db.transaction() as tx:
        fill(tx, edition, 5, at=stage.world.now)
    paths = (DASHBOARD, "/edycje/cyfry/portfel", f"{DASHBOARD}/sprawozdanie")
    few = [stage.count("staff", path) for path in paths]
    with stage.db.transaction() as tx:
        for seed in (6, 7, 8):
            fill(tx, edition, seed, at=stage.world.now)
    assert [stage.count("staff", path) for path in paths] == few
    assert max(few) <= 15
