"""What several projects in a state are called."""

import pytest

from workflow.rules.registry import newest
from workflow.rules.state_counts import of_many


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_state_has_a_name_for_several_projects_in_the_order_of_the_table(language: str) -> None:
    names = of_many(language)
    assert list(names) == list(newest("proposal").states)
    assert len(set(names.values())) == len(names)


def test_names_of_several_do_not_speak_of_one() -> None:
    names = of_many("pl")
    assert (names["submitted"], names["withdrawn"]) == ("Zgłoszone", "Wycofane")
    one = {state.label.pl for state in newest("proposal").states.values() if state.label.pl.endswith("y")}
    assert not one & set(names.values())
