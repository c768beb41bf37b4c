"""Sentences in two languages: what is put within quotes gets inner quotes of its own."""

import pytest

from workflow.base.i18n import _, inner_quotes, unbroken


@pytest.mark.parametrize(("typed", "shown"), [
    ("Klub „Pod dębem”", "Klub »Pod dębem«"),
    ('Klub "Pod dębem"', "Klub »Pod dębem«"),
    ("“Glina” i „Ogień”", "»Glina« i »Ogień«"),
    ("Klub bez cudzysłowu", "Klub bez cudzysłowu"),
    ('Rura 3/4" do studni', 'Rura 3/4" do studni'),
])  # fmt: skip
def test_quotes_within_quotes_are_inner_ones(typed: str, shown: str) -> None:
    sentence = _("“{title}” has no decision of the committee.", title=typed)
    assert sentence.say("pl") == f"„{shown}” nie ma rozstrzygnięcia komitetu."


def test_what_stands_without_quotes_around_keeps_its_own() -> None:
    sentence = _("{title}: {reason}", title="Klub „Pod dębem”", reason=_("The vote is not open. Nothing was changed."))
    assert sentence.say("pl").startswith("Klub „Pod dębem”: ")


def test_what_is_no_text_is_left_as_it_is() -> None:
    assert inner_quotes(7) == 7


@pytest.mark.parametrize(("written", "shown"), [
    ("Konferencja nr {number}", "Konferencja nr\u00a0{number}"),
    ("Uchwała nr %(number)s/%(year)s.", "Uchwała nr\u00a0%(number)s/%(year)s."),
    ("nr telefonu", "nr telefonu"),
    ("Wymiar {number}", "Wymiar {number}"),
])  # fmt: skip
def test_a_line_of_a_page_never_ends_before_the_number(written: str, shown: str) -> None:
    assert unbroken(written) == shown


def test_letters_and_documents_keep_the_plain_space() -> None:
    assert _("Report of conference no. {number}", number=5).say("pl") == "Sprawozdanie z konferencji nr 5"
    assert _("Conference {number}", number=5).say("pl") == "Konferencja nr\u00a05"
