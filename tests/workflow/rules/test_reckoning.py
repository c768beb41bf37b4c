"""The words of a counted majority say what was compared, by the kind of majority that the edition has set."""

import pytest

from workflow.rules.effects.meetings import described
from workflow.rules.reckoning import counted
from workflow.rules.vote import Figures, Majority, MajorityKind, VoteRules, resolve


@pytest.mark.parametrize(
    ("kind", "ayes", "noes", "abstain", "words"),
    [
        (MajorityKind.SIMPLE, 2, 1, 3, "2 for is more than 1 against."),
        (MajorityKind.SIMPLE, 2, 2, 0, "2 for is not more than 2 against."),
        (MajorityKind.ABSOLUTE, 2, 1, 3, "2 for is not more than half of 6 votes."),
        (MajorityKind.ABSOLUTE, 4, 1, 1, "4 for is more than half of 6 votes."),
        (MajorityKind.BODY, 4, 0, 0, "4 for is not more than half of 9 seats."),
        (MajorityKind.BODY, 5, 4, 0, "5 for is more than half of 9 seats."),
        (MajorityKind.QUALIFIED, 4, 2, 0, "4 for of 6 for and against is at least 2/3."),
        (MajorityKind.QUALIFIED, 5, 3, 1, "5 for of 8 for and against is less than 2/3."),
    ],
)
def test_the_words_name_what_the_votes_for_it_were_compared_with(
    kind: MajorityKind, ayes: int, noes: int, abstain: int, words: str
) -> None:
    cast = ayes + noes + abstain
    figures, rules = Figures(9, 0, cast, cast, ayes, noes, abstain), VoteRules(majority=Majority(kind), parity=None)
    majority, *_others = counted(described(figures, resolve(figures, rules)), rules)
    assert majority.text.say("en") == words
    assert majority.holds == ("not more" not in words and "less" not in words)


def test_a_tie_that_the_chair_decides_says_so() -> None:
    figures = Figures(9, 0, 6, 6, 3, 3, chair_voted_for=True)
    rules = VoteRules(majority=Majority(casting_vote=True), parity=None)
    majority, *_others = counted(described(figures, resolve(figures, rules)), rules)
    assert (majority.holds, "chair" in majority.text.say("en")) == (True, True)
