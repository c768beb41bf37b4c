"""Advice and an example for every section of the sheet."""

import pytest

from workflow.rules.sheet_guidance import GUIDANCE
from workflow.rules.sheet_sections import NAMES


def test_every_section_has_advice_and_an_example() -> None:
    assert list(GUIDANCE) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_advice_comes_in_short_sentences_and_an_example_says_something_of_its_own(name: str) -> None:
    guide = GUIDANCE[name]
    advice, example = (text.say("pl") for text in (guide.advice, guide.example))
    assert advice != guide.advice.text, "it is said in Polish"
    assert max(len(sentence.split()) for sentence in advice.split(".")) <= 20
    assert example not in advice
