"""What a letter says to whom: a date only where somebody is expected to act, and where published documents are."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from workflow.notifications.letter_page import html_of, plain_of
from workflow.notifications.letter_texts import shipped
from workflow.notifications.messages import LetterFacts, compose
from workflow.rules.facts import Ref
from workflow.rules.letter_text import LetterText
from workflow.rules.topics import Audience, Topic

AT, UNTIL = datetime(2026, 3, 9, 12, tzinfo=UTC), datetime(2026, 3, 27, 12, tzinfo=UTC)


def facts(topic: Topic, audience: Audience) -> LetterFacts:
    return LetterFacts(1, topic, Ref("proposal", 7), AT, title="Łąka", edition="Partnerstwo 2026",
                       edition_key="losice", audiences=frozenset({audience}), until=UNTIL, site="https://p.example")  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "audience", "has_date"),
    [
        (Topic.SUBMITTED, Audience.LEADER, False),
        (Topic.SUBMITTED, Audience.STAFF, True),
        (Topic.PRESENTED, Audience.LEADER, False),
        (Topic.RETURNED, Audience.LEADER, True),
        (Topic.MEMBER_ADDED, Audience.NAMED, False),
        (Topic.RESERVE_ENDING, Audience.LEADER, True),
    ],
)
def test_a_date_stands_only_where_somebody_is_expected_to_act(
    topic: Topic, audience: Audience, has_date: bool
) -> None:  # fmt: skip
    letter = compose(facts(topic, audience), shipped("pl")[topic], "pl")
    assert letter.expected
    assert bool(letter.until) is has_date


def test_a_term_that_has_passed_is_not_written_as_if_it_was_to_come() -> None:
    late = replace(facts(Topic.PARTNER_REMINDED, Audience.ORGANISATION), until=AT - timedelta(days=3))
    letter = compose(late, shipped("pl")[Topic.PARTNER_REMINDED], "pl")
    assert letter.until == "Termin minął: 6 marca 2026, godz. 13:00"


def test_the_digest_of_a_receipt_is_small_print_for_the_leader() -> None:
    of_leader, of_staff = (replace(facts(Topic.SUBMITTED, audience), receipt=("losice/7/1", "9f2b" * 16))
                           for audience in (Audience.LEADER, Audience.STAFF))  # fmt: skip
    letter, other = (compose(of, shipped("pl")[Topic.SUBMITTED], "pl") for of in (of_leader, of_staff))
    assert ("Numer potwierdzenia", "losice/7/1") in letter.details
    assert "9f2b" not in f"{letter.details}{other.details}{other.proof}"
    for written in (plain_of(letter, "https://p.example"), html_of(letter, "https://p.example")):
        assert f"Kod kontrolny treści (SHA-256): {'9f2b' * 16}" in written


def test_a_letter_leads_to_the_published_documents() -> None:
    text = LetterText("Wyniki", "Uchwała jest tu: {document}")
    letter = compose(facts(Topic.SELECTED, Audience.LEADER), text, "pl")
    assert letter.happened == "Uchwała jest tu: https://p.example/edycje/losice/wyniki"
