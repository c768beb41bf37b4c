from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from tests.workflow.lifecycle.test_definition import NAMES, SMALL
from workflow.lifecycle.definition import Lifecycle, load
from workflow.lifecycle.diagram import mermaid, svg
from workflow.lifecycle.diagram_layout import BOX_HEIGHT, BOX_WIDTH, arrows, lay_out, main_way
from workflow.rules.registry import tables

SVG = "{http://www.w3.org/2000/svg}"
ALL = sorted(tables())


@pytest.fixture
def small() -> Lifecycle:
    return load(SMALL, NAMES)


def test_steps_that_lead_the_same_way_share_an_arrow(small: Lifecycle) -> None:
    assert [step.name for step in arrows(small)["idea", "rejected"]] == ["reject", "expire"]
    assert 'state_idea -->|"Reject / Expire"| state_rejected' in mermaid(small, "en")


def test_the_drawing_leaves_records_out(small: Lifecycle) -> None:
    assert "Check the form" not in mermaid(small, "en")
    assert "Check the form" not in svg(small, "en")


def test_mermaid_speaks_the_language_asked_for(small: Lifecycle) -> None:
    assert 'state_appealed("W trakcie odwołania")' in mermaid(small, "pl")


def test_the_main_way_leads_to_the_first_final_state() -> None:
    table = tables()["local_partnership", 1]

    assert main_way(table, arrows(table)) == (
        "idea", "group_work", "submitted", "admitted", "presented", "selected", "in_implementation", "completed",
        "settled",
    )  # fmt: skip


@pytest.mark.parametrize("key", ALL)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_picture_is_well_formed_and_holds_every_state(key: tuple[str, int], language: str) -> None:
    table = tables()[key]
    root = ElementTree.fromstring(svg(table, language))
    drawn = [group.get("data-state") for group in root.iter(f"{SVG}g") if group.get("data-state")]

    assert drawn == list(table.states)
    assert len([one for one in root.iter(f"{SVG}g") if "lifecycle-arrow" in (one.get("class") or "")]) == len(
        arrows(table)
    )


@pytest.mark.parametrize("key", ALL)
def test_the_picture_fits_a_page_and_needs_no_inline_style(key: tuple[str, int]) -> None:
    picture = svg(tables()[key], "pl")

    assert float(ElementTree.fromstring(picture).get("width") or 0) <= 1200
    assert "style=" not in picture
    assert "<style" not in picture


@pytest.mark.parametrize("key", ALL)
def test_boxes_stand_apart_and_arrows_end_at_their_edge(key: tuple[str, int]) -> None:
    layout = lay_out(tables()[key])

    for (x1, y1), (x2, y2) in combinations(layout.boxes.values(), 2):
        assert abs(x1 - x2) >= BOX_WIDTH or abs(y1 - y2) >= BOX_HEIGHT
    for (_source, target), route in layout.routes.items():
        (x, y), (left, top) = route[-1], layout.boxes[target]
        assert x in (left, left + BOX_WIDTH) or y in (top, top + BOX_HEIGHT)


@pytest.mark.parametrize("key", ALL)
def test_no_arrow_runs_through_a_box(key: tuple[str, int]) -> None:
    layout = lay_out(tables()[key])

    for (source, target), route in layout.routes.items():
        for (x1, y1), (x2, y2) in pairwise(route):
            for state, (left, top) in layout.boxes.items():
                beside = max(x1, x2) <= left or min(x1, x2) >= left + BOX_WIDTH
                apart = max(y1, y2) <= top or min(y1, y2) >= top + BOX_HEIGHT
                assert state in (source, target) or beside or apart, (source, target, state)


def test_the_picture_says_where_you_are_in_words(small: Lifecycle) -> None:
    picture = svg(small, "pl", "appealed")
    root = ElementTree.fromstring(picture)

    assert "Jesteś tutaj: W trakcie odwołania." in (root.findtext(f"{SVG}desc") or "")
    assert "▼ jesteś tutaj" in picture
    assert picture.count("is-current") == 1
    assert "is-current" not in svg(small, "pl")


def test_the_text_alternative_tells_every_arrow(small: Lifecycle) -> None:
    words = ElementTree.fromstring(svg(small, "en")).findtext(f"{SVG}desc") or ""

    assert "From “Idea” to “Rejected”: Reject, Expire." in words
    assert words.count("From “") == len(arrows(small))


def test_labels_cannot_break_out_of_the_drawing(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("tables") / "small.toml"
    path.write_text(SMALL.read_text("utf-8").replace('en = "Rejected"', "en = '<b>\"&'"), "utf-8")
    table = load(path)

    assert "<b>" not in svg(table, "en")
    assert "#lt;b#gt;#quot;#amp;" in mermaid(table, "en")
