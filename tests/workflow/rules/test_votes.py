"""A lost vote decides nothing: the typed figures are held against the committee that the database knows."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from tests.world import SECTORS, VOTE, World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.models import Proposal, RoleGrant, Seat
from workflow.rules.bodies import Capacity
from workflow.rules.choices import OUTCOMES
from workflow.rules.facts import Ref
from workflow.rules.guards.votes import Vote, majority, parity, quorum, sectors_have_seats
from workflow.selection.seats import add_holder, fill_seat

# The committee of the tests: three people, one of each of these sectors.
ECONOMY, EDUCATION, CULTURE = SECTORS
FIGURES = {name: VOTE[name] for name in ("members", "present", "votes_for", "votes_against", "votes_abstain")}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    database = Database(sqlite_url)
    yield World(database)
    database.close()


@pytest.fixture
def ref(world: World) -> Ref:
    """A presented project in an edition whose selection is open."""
    ref = world.proposal_in("presented")
    world.to_phase(world.edition_of(ref), "selection")
    return ref


def problems(world: World, ref: Ref, step: str, who: str, **data: Any) -> set[str]:
    with pytest.raises(NotReady) as refusal:
        world.take(ref, step, who, **data)
    return {problem.code for problem in refusal.value.missing}


def record(world: World, ref: Ref, outcome: str = "select", **figures: Any) -> set[str]:
    """The codes for which a decision with these figures is refused; None leaves a figure out."""
    data = {name: value for name, value in {**VOTE, **figures}.items() if value is not None}
    return problems(world, ref, "decide", "secretary", outcome=outcome, adopted_on=warsaw_date(world.at), **data)


LOST = {"votes_for": 1, "votes_against": 2}
INVENTED = {
    **dict.fromkeys(FIGURES), "members": 1, "present": 1, "votes_by_sector": {"a": 1, "b": 1, "c": 1},
}  # fmt: skip


NOT_RECORDED: list[tuple[dict[str, Any], set[str]]] = [
    (LOST, {"no_majority"}),
    ({"votes_for": 0, "votes_against": 3}, {"no_majority"}),
    ({"votes_for": 1, "votes_against": 1, "votes_abstain": 1}, {"no_majority"}),
    ({"votes_for": 0, "votes_abstain": 3}, {"no_majority"}),
    (INVENTED, {"members_differ", "no_quorum"}),
    (INVENTED | {"members": 3, "present": 3}, {"sector_seats"}),
    ({"members": 5, "present": 3}, {"members_differ"}),
    ({"present": 1, "votes_for": 1, "votes_by_sector": {ECONOMY: 1}}, {"no_quorum", "sector_above_limit"}),
    ({"present": 4}, {"too_many_present"}),
    ({"votes_for": 4}, {"too_many_votes"}),
    ({"votes_by_sector": {ECONOMY: 1, EDUCATION: 1}}, {"votes_differ", "sector_above_limit"}),
    ({"votes_by_sector": {ECONOMY: 1, ECONOMY.upper(): 1, EDUCATION: 1}}, {"sector_seats", "sector_above_limit"}),
    ({"votes_by_sector": {ECONOMY: 1, EDUCATION: 1, "sport": 1}}, {"sector_seats"}),
]


def test_figures_that_do_not_fit_the_committee_or_lose_the_vote_are_not_recorded(world: World, ref: Ref) -> None:
    for figures, codes in NOT_RECORDED:
        assert record(world, ref, **figures) == codes, figures
    assert not world.facts(ref).entry("decide")


def test_a_decision_of_any_outcome_needs_more_votes_for_it_than_against(world: World, ref: Ref) -> None:
    for outcome in OUTCOMES:
        assert record(world, ref, outcome, position=1, **LOST) == {"no_majority"}, outcome


NOT_ANNOUNCED: list[tuple[dict[str, Any], set[str]]] = [
    (LOST, {"no_majority"}),
    (INVENTED, {"no_quorum", "no_votes", "votes_differ"}),
    ({"votes_for": None, "votes_against": None, "votes_abstain": None}, {"no_votes"}),
    ({"members": None}, {"no_attendance"}),
    ({"votes_by_sector": None}, {"no_sector_votes"}),
]


@pytest.mark.parametrize("step", OUTCOMES)
def test_a_decision_recorded_before_the_rule_is_not_announced(world: World, ref: Ref, step: str) -> None:
    for figures, codes in NOT_ANNOUNCED:
        entry = {name: value for name, value in {**VOTE, **figures}.items() if value is not None}
        recorded = {"decide": {"outcome": step, "position": 1, **entry}}
        with world.writing() as tx:
            tx.execute(update(Proposal).where(Proposal.id == ref.id).values(recorded=recorded))
        assert problems(world, ref, step, "chair") == codes, figures
    assert world.facts(ref).state == "presented"


def test_figures_left_out_can_be_recorded_and_are_asked_for_before_the_announcement(world: World, ref: Ref) -> None:
    data = {"outcome": "select", "resolution": "1/2026", "adopted_on": warsaw_date(world.at), "justification": "Dobry."}
    world.take(ref, "decide", "secretary", **data)
    assert problems(world, ref, "select", "chair") == {"no_attendance", "no_votes", "no_sector_votes"}


def test_two_for_and_one_against_of_three_sectors_select(world: World, ref: Ref) -> None:
    figures = {**VOTE, "votes_for": 2, "votes_against": 1}
    world.take(ref, "decide", "secretary", outcome="select", adopted_on=warsaw_date(world.at), **figures)
    world.take(ref, "select", "chair")
    assert world.facts(ref).state == "selected"


def test_a_member_appointed_after_the_vote_counts_for_the_quorum_of_the_announcement(world: World, ref: Ref) -> None:
    two = {"present": 2, "votes_for": 2, "votes_by_sector": {ECONOMY: 1, EDUCATION: 1}}
    entry = {"outcome": "select", **VOTE, **two}
    edition = world.edition_of(ref).id
    with world.writing() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(recorded={"decide": entry}))
        for name in ("member", "member2"):
            values = {"person_id": world[name].id, "edition_id": edition, "role": "committee_member"}
            tx.execute(insert(RoleGrant).values(**values, sector=CULTURE, granted_at=world.at))
    assert "no_quorum" in problems(world, ref, "select", "chair")


def test_a_substitute_has_no_seat_of_his_own(world: World, ref: Ref) -> None:
    edition, day = world.edition_of(ref), warsaw_date(world.at)
    term = {"from_on": day, "to_on": None}
    seat = {"body": "committee", "function": "member", "organisation": "", "appointed_by": "7/2026", **term}
    with world.writing() as tx:
        for sector, holder in ((ECONOMY, "partner"), (CULTURE, "coordinator")):
            given = {**seat, "sector": sector, "person": world[holder].id}
            fill_seat(tx, edition.id, given, actor=world["staff"], at=world.at)
        substitute = {"person": world["participant"].id, "capacity": Capacity.SUBSTITUTE, **term}
        seat_id = tx.execute(select(Seat.id).order_by(Seat.id.desc()).limit(1)).scalar_one()
        add_holder(tx, edition.id, seat_id, substitute, actor=world["staff"], at=world.at)
    assert record(world, ref, members=7) == {"members_differ", "no_quorum"}
    world.take(ref, "decide", "secretary", outcome="select", adopted_on=day, **{**VOTE, "members": 5})


# The examples of committees with nine and more seats, without a database.


def vote(**figures: Any) -> Vote:
    return Vote.of(figures)


NINE = {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize(
    ("seats", "present", "half", "more"),
    [(9, 4, False, False), (9, 5, True, True), (8, 4, True, False), (21, 10, False, False), (21, 11, True, True)],
)
def test_quorum_is_the_share_of_seats_that_the_edition_sets(seats: int, present: int, half: bool, more: bool) -> None:
    cast, strict = vote(members=seats, present=present), {"settings": {"quorum_strict": True}}
    assert (quorum(cast, {"a": seats}, edition={}) is None) == half
    assert (quorum(cast, {"a": seats}, edition=strict) is None) == more


@pytest.mark.parametrize(
    ("by_sector", "kept"),
    [((3, 1, 1), False), ((2, 2, 1), True), ((2, 2, 0), False), ((3, 3, 3), True), ((49, 48, 3), True)],
)
def test_no_sector_casts_more_than_49_percent(by_sector: tuple[int, int, int], kept: bool) -> None:
    counts = dict(zip("abc", by_sector, strict=True))
    cast = vote(votes_by_sector=counts)
    assert (parity(cast, NINE, edition={}) is None) == kept
    assert parity(cast, NINE, edition={"settings": {"parity": None}}) is None


COUNTS = st.integers(0, 30)


@given(COUNTS, COUNTS, COUNTS)
def test_a_vote_is_carried_exactly_when_more_are_for_than_against(ayes: int, noes: int, blank: int) -> None:
    cast = vote(votes_for=ayes, votes_against=noes, votes_abstain=blank)
    assert (majority(cast, NINE) is None) == (ayes > noes)


SECTOR = st.sampled_from(["a", "A", " a ", "b", "c", "d"])


@given(st.dictionaries(SECTOR, st.integers(0, 5)))
def test_no_spelling_of_a_sector_gives_it_more_votes_than_seats(counts: dict[str, int]) -> None:
    by_name: dict[str, int] = {}
    for name, count in counts.items():
        by_name[name.strip().lower()] = by_name.get(name.strip().lower(), 0) + count
    fits = all(count <= NINE.get(name, 0) for name, count in by_name.items())
    assert (sectors_have_seats(vote(votes_by_sector=counts), NINE) is None) == fits
