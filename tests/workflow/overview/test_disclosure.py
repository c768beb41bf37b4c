"""Counts of people say nothing about few of them, neither by themselves nor by their difference to the total."""

import random

import pytest

from workflow.overview.disclosure import MINIMUM, Counts, without_small_cells, without_their_totals


def test_a_count_below_five_is_withheld_with_another_one_that_would_give_it_away() -> None:
    shown = without_small_cells({"rolnicy": 3, "urzędy": 40, "szkoły": 12})
    assert shown.cells == {"rolnicy": None, "urzędy": 40, "szkoły": None}
    assert shown.total == 55


def test_nought_is_shown_and_gives_nothing_away() -> None:
    assert without_small_cells({"rolnicy": 0, "urzędy": 9}) == Counts({"rolnicy": 0, "urzędy": 9}, 9)


def test_where_nothing_else_can_be_withheld_the_total_is() -> None:
    assert without_small_cells({"rolnicy": 4}) == Counts({"rolnicy": None}, None)
    assert without_small_cells({"rolnicy": 2, "urzędy": 1}) == Counts({"rolnicy": None, "urzędy": None}, None)


def test_a_total_that_one_table_withholds_is_not_told_by_another_one() -> None:
    tables = without_their_totals({
        "sector": without_small_cells({"rolnicy": 4}), "age": without_small_cells({"dorośli": 4}),
        "whole": Counts({"a": 6}, 6),
    })  # fmt: skip
    assert all(table.total is None for table in tables.values())
    assert tables["whole"].cells == {"a": None}


@pytest.mark.parametrize("seed", range(200))
def test_whatever_the_counts_are_what_is_withheld_cannot_be_worked_out(seed: int) -> None:
    chance = random.Random(seed)
    counts = {
        str(place): chance.choice((0, chance.randrange(8), chance.randrange(60)))
        for place in range(chance.randrange(1, 7))
    }
    shown = without_small_cells(counts)
    assert all(count is None or count == counts[key] for key, count in shown.cells.items())
    assert all(count is None or count == 0 or count >= MINIMUM for count in shown.cells.values())
    hidden = [key for key, count in shown.cells.items() if count is None]
    if shown.total is not None:
        rest = shown.total - sum(count or 0 for count in shown.cells.values())
        assert rest == sum(counts[key] for key in hidden)
        assert not hidden or (rest >= MINIMUM and len(hidden) > 1)
