from hypothesis import given
from hypothesis import strategies as st

from workflow.base.collation import fold, sort_key

POLISH = st.text(alphabet="aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż AĄŁŻ")


def test_polish_names_sort_as_a_polish_dictionary_does() -> None:
    right = [
        "Gąbin",
        "Las",
        "Ląd",
        "Lublin",
        "Łąck",
        "Łosice",
        "Słubice",
        "Staroźreby",
        "Wyszogród",
        "Zebra",
        "Źródło",
        "Żłobek",
    ]
    assert sorted(set(right), key=sort_key) == right


def test_quotes_and_dashes_do_not_count_in_sorting() -> None:
    assert sort_key('„PARASOL" - całodobowy dom') == sort_key("PARASOL całodobowy dom")


def test_search_finds_words_without_their_marks() -> None:
    assert "zlobkow na terenie" in fold("Żłobek – utworzenie żłobków na terenie powiatu łosickiego")


@given(POLISH)
def test_folding_is_plain_and_stable(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert fold(folded) == folded


@given(POLISH, POLISH)
def test_a_word_that_continues_another_comes_after_it(first: str, second: str) -> None:
    assert sort_key(first.strip()) <= sort_key(first.strip() + "a" + second)
