import time
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.sheet.text_diff import MOST_PIECES, Kind, Piece, row_changes, text_pieces

WORDS = st.lists(
    st.sampled_from(["świetlica", "dla", "dzieci", " ", "  ", "\n", ".", "żółć", "–", "2026"]), max_size=40
)
TEXTS = st.text(max_size=200) | WORDS.map("".join)
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["partner", "promise"]), st.sampled_from(["a", "b", "c"]), min_size=1), max_size=8
)


def side(pieces: list[Piece], kind: Kind) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in (Kind.SAME, kind))


@given(TEXTS, TEXTS)
def test_the_pieces_put_together_are_both_texts_exactly(before: str, after: str) -> None:
    pieces = text_pieces(before, after)
    assert side(pieces, Kind.GONE) == before
    assert side(pieces, Kind.NEW) == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert text_pieces(text, text) == ([Piece(Kind.SAME, text)] if text else [])


@given(ROWS, ROWS)
def test_the_rows_put_together_are_both_lists_exactly(
    before: list[dict[str, str]], after: list[dict[str, str]]
) -> None:
    changes = row_changes(before, after)
    assert [one.before for one in changes if one.before is not None] == before
    assert [one.after for one in changes if one.after is not None] == after


def test_words_that_changed_side_by_side_read_as_one_change() -> None:
    assert text_pieces("Ala ma małego kota.", "Ala ma dużego psa.") == [
        Piece(Kind.SAME, "Ala ma "), Piece(Kind.GONE, "małego kota"), Piece(Kind.NEW, "dużego psa"), Piece(Kind.SAME, "."),
    ]  # fmt: skip


def test_two_long_paragraphs_are_compared_without_end_in_sight_being_lost() -> None:
    before, after = "a b " * 4000 + "a", "c d " * 4000 + "d"
    assert text_pieces(before, after) == [Piece(Kind.GONE, before), Piece(Kind.NEW, after)]


def test_what_is_too_much_word_by_word_is_compared_by_sentences() -> None:
    same = "To zostaje bez zmian, ala ma kota i psa. "
    before, after = same * 100 + "a b c d " * 2500, same * 100 + "e f g h " * 2500
    found = text_pieces(before, after)
    assert [piece.kind for piece in found] == [Kind.SAME, Kind.GONE, Kind.NEW]
    assert found[0].text == same * 100


def test_a_row_in_the_place_of_another_is_one_that_changed() -> None:
    before = [{"partner": "Gmina"}, {"partner": "OSP"}, {"partner": "Parafia"}]
    after = [{"partner": "Gmina"}, {"partner": "OSP Łąck"}, {"partner": "Parafia"}, {"partner": "KGW"}]
    assert [one.kind for one in row_changes(before, after)] == ["same", "changed", "same", "new"]


@pytest.mark.parametrize(
    "pieces", ["a\n", "a\n|b\n", "a|\n", "a|b| |,", "ala |ma |kota\n", "a |b ", "x|.|x|,", "🌉|💥", "a. |b! |c? "]
)
def test_the_longest_texts_of_short_repeating_pieces_are_compared_at_once(pieces: str) -> None:
    parts = pieces.split("|")
    before = "".join(islice(cycle(parts), 20_000 // len(parts[0])))[:20_000]
    after = "".join(islice(cycle(reversed(parts)), 20_000 // len(parts[0])))[7:20_000]
    begun = time.process_time()
    found = text_pieces(before, after)
    # Under 0.2 s on a quiet machine; a comparison of every pair of pieces takes minutes.
    assert time.process_time() - begun < 0.5
    assert len(found) <= MOST_PIECES
    assert side(found, Kind.GONE) == before
    assert side(found, Kind.NEW) == after
