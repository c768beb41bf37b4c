"""The text of the declaration of impartiality: another wording is another version, and each is found by its digest."""

import pytest

from workflow.rules.impartiality import shown_text, text_in

DIGESTS = {
    "1/pl": "b87c3a11193281670cc1780a55bfec6a98097cca41e05d7da8113c929e089c9f",
    "1/en": "dd84349eea87e2530c8b6b4d3757a35276352a926368f0be246d1c20dd23d6af",
}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_words_of_a_version_never_change(language: str) -> None:
    text = text_in(language)
    assert DIGESTS[text.version] == text.digest, "give another wording another version, and add its digest here"


def test_a_text_is_found_by_its_digest_alone() -> None:
    assert shown_text(text_in("en").digest) == text_in("en")
    assert shown_text("0" * 64) is None
