"""A recused member never counts as a vote, and means for the quorum what the edition says: over generated committees."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflow.rules.effects.base import Change, EffectContext
from workflow.rules.effects.meetings import count_poll, freeze_electorate
from workflow.rules.electors import SessionElector
from workflow.rules.facts import ActorRights, Attempt, Facts, Ref
from workflow.rules.seats import SessionSeat
from workflow.rules.session import Choice, MotionItem, MotionKind, MotionOutcome, Outcome, Session, SessionMotion
from workflow.rules.states import PollState, ProposalState
from workflow.rules.vote import Recusal

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
SECTORS = ("gospodarka", "edukacja", "kultura")
# Who sits: sector, whether present, whether recused at the opening, whether a conflict comes up later, and the vote.
MEMBER = st.tuples(st.sampled_from(SECTORS), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(list(Choice)))
COMMITTEES = st.lists(MEMBER, min_size=1, max_size=15)


def session_of(committee: list[Any], *, late: bool) -> Session:
    """The session at the opening of a vote, or (`late`) at its count, when further conflicts have come up."""
    conflicts = {
        number: "Partner." for number, (_, _, early, later, _) in enumerate(committee, 1) if early or later & late
    }
    seats = tuple(
        SessionSeat(number, number, "member", sector, number, {number: f"Osoba {number}"},
                    present=number if present else None)
        for number, (sector, present, *_more) in enumerate(committee, 1)
    )  # fmt: skip
    item = MotionItem(7, Outcome.SELECT, None, "", 1, "Projekt", ProposalState.PRESENTED, 0, "", conflicts)
    motion = SessionMotion(1, MotionKind.DECIDE, "Wybrać.", MotionOutcome.OPEN, (item,), 1, PollState.OPEN)
    return Session(1, "committee", "in_session", seats=seats, motions=(motion,), poll_motion=1)


def taken(effect: Any, session: Session, own: dict[str, Any], edition: dict[str, Any]) -> Change:
    facts = Facts(
        ref=Ref("poll", 1), lifecycle="poll", lifecycle_version=1, state=PollState.OPEN, version=2, previous_state=None,
        due_at=None, head_hash="", recorded={}, own={"edition_id": 1, "by_hands": False, "secret": False, **own},
        edition=edition, rights=ActorRights(),
        session=session,
    )  # fmt: skip
    change = Change()
    effect(EffectContext(facts, Attempt(NOW, {}), "step", {}, 1, "Przewodnicząca"), change)
    return change


def played(committee: list[Any], recusal: Recusal) -> tuple[Change, Change]:
    """The opening and the count of a vote in which everybody votes who may, and some that may not try to."""
    edition = {"settings": {"recusal": recusal.value}, "rules_version": "1"}
    opened = taken(freeze_electorate, session_of(committee, late=False), {}, edition)
    electors = tuple(
        SessionElector(row["seat_id"], row["person_id"], row["sector"], row["recused"], committee[row["seat_id"] - 1][4])
        for name, row in opened.rows if name == "elector"
    )  # fmt: skip
    at_count = session_of(committee, late=True)
    session = Session(1, "committee", "in_session", seats=at_count.seats, motions=at_count.motions, poll_motion=1,
                      electors=electors)  # fmt: skip
    return opened, taken(count_poll, session, {"rules": opened.columns["rules"]}, edition)


@given(COMMITTEES, st.sampled_from(list(Recusal)))
def test_a_recused_member_never_counts_as_a_vote(committee: list[Any], recusal: Recusal) -> None:
    _opened, counted = played(committee, recusal)
    result = counted.columns["result"]
    voting = [choice for _, present, early, later, choice in committee if present and not early and not later]
    assert [result[name] for name in ("for", "against", "abstain")] == [
        voting.count(choice) for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)
    ]
    assert sum(result["by_sector"].values()) == len(voting)
    assert result["recused"] == sum(present and (early or later) for _, present, early, later, _ in committee)


@given(COMMITTEES, st.sampled_from(list(Recusal)))
def test_a_vote_cast_before_its_conflict_came_up_is_void(committee: list[Any], recusal: Recusal) -> None:
    """Hostile case 11: the row of the ballot stays and is marked, the elector is recused with the reason."""
    _opened, counted = played(committee, recusal)
    late = {
        number for number, (_, present, early, later, _) in enumerate(committee, 1) if present and later and not early
    }
    void = {key["seat_id"] for name, key, values in counted.updates if name == "ballot" and values == {"valid": False}}
    recused = {key["seat_id"] for name, key, values in counted.updates if name == "elector" and values["recused"]}
    assert void == recused == late


@given(COMMITTEES)
def test_leaving_staying_and_counting_as_present_differ_in_base_and_presence_alone(committee: list[Any]) -> None:
    results = {recusal: played(committee, recusal)[1].columns["result"] for recusal in Recusal}
    seats, present = len(committee), sum(present for _, present, *_more in committee)
    recused = sum(there and (early or later) for _, there, early, later, _ in committee)
    assert {recusal: (of["quorum"]["base"], of["quorum"]["present"]) for recusal, of in results.items()} == {
        Recusal.LEAVE: (seats - recused, present - recused),
        Recusal.STAY: (seats, present - recused),
        Recusal.PRESENT: (seats, present),
    }
    assert len({(of["for"], of["against"], of["abstain"], of["majority"]) for of in results.values()}) == 1


@given(COMMITTEES, st.sampled_from(list(Recusal)))
def test_without_three_who_are_not_recused_nothing_is_carried(committee: list[Any], recusal: Recusal) -> None:
    """Hostile case 17: with everybody recused, or all but two, there is no quorum in any mode."""
    opened, counted = played(committee, recusal)
    outcome = next(values["outcome"] for name, _key, values in counted.updates if name == "motion")
    able = sum(there and not early and not later for _, there, early, later, _ in committee)
    if able < opened.columns["rules"]["quorum_floor"]:
        assert outcome == MotionOutcome.LOST
    if outcome == MotionOutcome.CARRIED:
        result = counted.columns["result"]
        assert result["for"] > result["against"]
        assert Fraction(result["quorum"]["present"], result["quorum"]["base"]) >= Fraction(1, 2)
