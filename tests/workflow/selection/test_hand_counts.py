"""Votes by hands: two people type what they counted, equal counts are counted, sums that cannot be are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.workflow.selection.test_meetings import Session, codes
from tests.world import SECTORS, World
from workflow.base.errors import BadInput, NotFound, NotReady
from workflow.db.database import Database
from workflow.documents.minutes import vote_blocks
from workflow.engine.proceedings import known_counts, proceedings
from workflow.engine.result_reader import digests
from workflow.models import Elector
from workflow.rules.facts import Ref
from workflow.rules.hands import HandsCounted, agreed, by_choice, by_sector, does_not_add_up
from workflow.rules.session import Choice
from workflow.selection.ballots import cast, enter
from workflow.selection.hand_counts import type_hands

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


class Hands(Session):
    """A vote by hands that is open, of three members of three sectors."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.begin()
        self.move()
        self.poll = self.open_by_hands()

    def open_by_hands(self) -> Ref:
        poll = self.world.create("poll", "prepare_poll", "chair", edition=self.edition, meeting=self.meeting.id,
                                 motion=1, by_hands=True)  # fmt: skip
        self.world.take(poll, "open", "chair")
        return poll

    def type(self, who: str, *choices: str) -> None:
        """One hand of each sector, in the order of the sectors."""
        hands = dict.fromkeys(zip(SECTORS, choices, strict=True), 1)
        self.type_all(who, hands)

    def type_all(self, who: str, hands: dict[tuple[str, str], int]) -> None:
        with self.world.database.transaction() as tx:
            type_hands(tx, self.poll.id, hands, actor=self.world[who], at=self.world.at)

    def seen_by(self, who: str) -> list[int]:
        with self.world.database.reading() as tx:
            poll = proceedings(tx, self.meeting.id, reader_id=self.world[who].id).polls[1]
        return [count.person_id for count in poll.counts]


@pytest.fixture
def hands(database: Database) -> Hands:
    return Hands(World(database))


def refused(hands: Hands, step: str = "count", ref: Ref | None = None) -> set[str]:
    with pytest.raises(NotReady) as refusal:
        hands.world.take(ref or hands.poll, step, "chair")
    return codes(refusal.value)


def test_two_equal_counts_carry_a_motion_that_is_adopted_and_published(hands: Hands) -> None:
    hands.type("secretary", FOR, FOR, AGAINST)
    hands.type("committee1", FOR, FOR, AGAINST)
    hands.world.take(hands.poll, "count", "chair")
    result = hands.world.facts(hands.poll)["result"]
    assert (result["for"], result["against"], result["abstain"], result["present"]) == (2, 1, 0, 3)
    assert result["by_sector"] == dict.fromkeys(SECTORS, 1)
    hands.world.take(hands.meeting, "adopt", "chair", motion=1)
    assert hands.adopted() == [(1, hands.project.id, "select")]
    with hands.world.database.reading() as tx:
        # The result file gives the same figures, or its digest would be empty.
        assert len(digests(tx, hands.meeting.id)[1]) == 64


def test_the_minutes_name_who_counted_and_the_hands_of_each_sector(hands: Hands) -> None:
    for who in ("secretary", "committee1"):
        hands.type(who, FOR, AGAINST, AGAINST)
    hands.world.take(hands.poll, "count", "chair")
    hands.world.take(hands.meeting, "end", "chair")
    session = hands.world.facts(hands.meeting, "secretary").session
    assert session is not None
    assert session.minutes is not None
    motion = session.minutes.data["motions"][0]
    said = repr(list(vote_blocks(motion["figures"], motion["poll"], motion=1)))
    assert f"{hands.world['secretary'].name}, {hands.world['committee1'].name}" in said
    assert all(sector in said for sector in SECTORS)
    # A public extract names nobody.
    assert hands.world["secretary"].name not in repr(list(vote_blocks(motion["figures"], motion["poll"])))


def test_one_count_is_not_enough_and_one_person_does_not_count_twice(hands: Hands) -> None:
    """Hostile case 10: one clerk twice."""
    hands.type("secretary", FOR, FOR, FOR)
    hands.type("secretary", FOR, FOR, FOR)
    assert refused(hands) == {"hands_awaited"}


def test_counts_that_differ_decide_nothing_until_one_is_corrected(hands: Hands) -> None:
    hands.type("secretary", FOR, FOR, FOR)
    hands.type("committee1", FOR, FOR, AGAINST)
    assert refused(hands) == {"hands_differ"}
    hands.type("secretary", FOR, FOR, AGAINST)
    hands.world.take(hands.poll, "count", "chair")
    assert hands.outcome() == "carried"


def test_nobody_sees_the_count_of_the_other_before_both_are_in(hands: Hands) -> None:
    hands.type("secretary", FOR, FOR, FOR)
    own = hands.world["secretary"].id
    assert hands.seen_by("secretary") == [own]
    assert hands.seen_by("committee1") == hands.seen_by("chair") == []
    hands.type("committee1", FOR, FOR, AGAINST)
    both = [own, hands.world["committee1"].id]
    assert hands.seen_by("chair") == hands.seen_by("secretary") == hands.seen_by("committee1") == both


def test_a_third_person_does_not_count(hands: Hands) -> None:
    hands.type("secretary", FOR, FOR, FOR)
    hands.type("committee1", FOR, FOR, AGAINST)
    with pytest.raises(NotReady) as refusal:
        hands.type("staff", FOR, FOR, FOR)
    assert codes(refusal.value) == {"two_counted"}


def test_who_is_recused_does_not_count_hands(hands: Hands) -> None:
    recused = update(Elector).where(Elector.person_id == hands.world["committee1"].id).values(recused=True)
    with hands.world.database.transaction() as tx:
        tx.execute(recused)
    with pytest.raises(NotReady) as refusal:
        hands.type("committee1", FOR, FOR, FOR)
    assert codes(refusal.value) == {"recused"}


def test_equal_counts_are_not_changed_any_more(hands: Hands) -> None:
    hands.type("secretary", FOR, FOR, FOR)
    hands.type("committee1", FOR, FOR, FOR)
    with pytest.raises(NotReady) as refusal:
        hands.type("secretary", FOR, FOR, AGAINST)
    assert codes(refusal.value) == {"hands_agree"}


def test_more_hands_than_members_of_a_sector_are_refused_with_the_figures(hands: Hands) -> None:
    """Hostile case 10: a count that does not add up."""
    with pytest.raises(BadInput) as refusal:
        hands.type_all("secretary", {(SECTORS[0], FOR): 1, (SECTORS[0], ABSTAIN): 1})
    sentence = refusal.value.fields["hands"]
    assert sentence.params == {"sector": SECTORS[0], "raised": 2, "present": 1}
    assert hands.seen_by("secretary") == []


def test_a_sector_that_nobody_votes_for_raises_no_hand(hands: Hands) -> None:
    with pytest.raises(BadInput):
        hands.type_all("secretary", {("kosmos", FOR): 1})


def test_figures_typed_after_the_count_are_refused(hands: Hands) -> None:
    """Hostile case 10: typed after the count."""
    hands.type("secretary", FOR, FOR, FOR)
    hands.type("committee1", FOR, FOR, FOR)
    hands.world.take(hands.poll, "count", "chair")
    with pytest.raises(NotReady) as refusal:
        hands.type("secretary", FOR, FOR, FOR)
    assert codes(refusal.value) == {"vote_closed"}


def test_nobody_votes_by_name_in_a_vote_by_hands_and_no_hands_are_typed_for_one_by_name(hands: Hands) -> None:
    world = hands.world
    with world.database.transaction() as tx, pytest.raises(NotReady):
        cast(tx, hands.poll.id, FOR, actor=world["committee1"], at=world.at)
    with world.database.transaction() as tx, pytest.raises(NotReady):
        enter(tx, hands.poll.id, hands.seats["committee1"], FOR, actor=world["chair"], at=world.at)
    world.take(hands.poll, "annul", "chair", reason="Głosujemy imiennie.")
    by_name = hands.open_vote()
    with world.database.transaction() as tx, pytest.raises(NotFound):
        type_hands(tx, by_name.id, {}, actor=world["chair"], at=world.at)


def test_a_conflict_that_comes_up_while_hands_are_counted_annuls_the_vote(hands: Hands) -> None:
    """Hostile case 11: one hand cannot be taken out of a sum."""
    hands.type("secretary", FOR, FOR, FOR)
    hands.type("committee1", FOR, FOR, FOR)
    hands.world.declare_conflict(hands.project, "committee2", "Prowadzę tę organizację.")
    assert "late_conflict" in refused(hands)
    hands.world.take(hands.poll, "annul", "chair", reason="Konflikt interesów.")
    assert hands.outcome() == "open"


counts = st.dictionaries(st.tuples(st.sampled_from(SECTORS), st.sampled_from(list(Choice))), st.integers(0, 6))


@given(counts, st.dictionaries(st.sampled_from(SECTORS), st.integers(0, 9)))
def test_hands_are_refused_exactly_where_a_sector_has_more_than_it_has_members(
    hands: dict[tuple[str, str], int], present: dict[str, int]
) -> None:
    too_many = {sector for sector, raised in by_sector(hands).items() if raised > present.get(sector, 0)}
    problem = does_not_add_up(hands, present)
    assert (problem is None) == (not too_many)
    if problem:
        assert problem.params["sector"] in too_many


@given(counts)
def test_sums_by_sector_and_by_choice_are_the_same(hands: dict[tuple[str, str], int]) -> None:
    assert sum(by_sector(hands).values()) == sum(by_choice(hands).values()) == sum(hands.values())


@given(counts, counts)
def test_only_two_equal_counts_agree(first: dict[tuple[str, str], int], second: dict[tuple[str, str], int]) -> None:
    both = [HandsCounted(1, "A", first), HandsCounted(2, "B", second)]
    assert agreed(both) == (first if first == second else None)
    assert agreed(both[:1]) is agreed([]) is None
    assert known_counts(both[:1], 2) == ()
