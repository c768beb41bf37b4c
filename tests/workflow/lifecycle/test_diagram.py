import re

import pytest

from tests.workflow.lifecycle.test_definition import NAMES, SMALL
from workflow.lifecycle.definition import Lifecycle, load
from workflow.lifecycle.diagram import mermaid
from workflow.rules.registry import tables


@pytest.fixture
def small() -> Lifecycle:
    return load(SMALL, NAMES)


def test_steps_that_lead_the_same_way_share_an_arrow(small: Lifecycle) -> None:
    assert "  idea --> rejected: Reject | Expire\n" in mermaid(small, "en")


def test_the_drawing_leaves_records_out(small: Lifecycle) -> None:
    assert "Check the form" not in mermaid(small, "en")


def test_the_drawing_speaks_the_language_asked_for(small: Lifecycle) -> None:
    assert 'state "W trakcie odwołania" as appealed\n' in mermaid(small, "pl")


@pytest.mark.parametrize("key", sorted(tables()))
def test_every_state_and_every_arrow_of_a_table_is_drawn(key: tuple[str, int]) -> None:
    table = tables()[key]
    drawn = mermaid(table, "en")
    ways = {
        (source, target)
        for step in table.steps for source in step.sources for target in table.targets(step, source)
    }  # fmt: skip

    assert re.findall(r'^ *state ".+" as (\w+)$', drawn, re.MULTILINE) == list(table.states)
    arrows = re.findall(r"^ *(\w+) --> (\w+): .+$", drawn, re.MULTILINE)
    assert len(arrows) == len(set(arrows))
    assert set(arrows) == ways
    assert f"[*] --> {table.initial}\n" in drawn


def test_labels_cannot_break_out_of_the_drawing(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("tables") / "small.toml"
    path.write_text(SMALL.read_text("utf-8").replace('en = "Rejected"', "en = '<b>\"&:;'"), "utf-8")

    assert 'state "#lt;b#gt;#quot;#amp;#colon;#semi;" as rejected' in mermaid(load(path), "en")
