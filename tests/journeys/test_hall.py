"""The measured hall in short: twenty phones check in, follow, vote within two seconds; the ballots are counted again."""

import pytest

from bench.hall import measure

pytestmark = pytest.mark.slow


def test_a_hall_of_twenty_phones_loses_and_doubles_no_vote() -> None:
    measured = measure(20, seconds=2.0, called=0.5)
    assert measured.failures == ()
    assert measured.line().startswith("phones 20 votes 20 lost 0 doubled 0 ")
    assert measured.equal
