"""Score cards: who may give one, when it counts, when the committee sees it, and what is never written."""

from collections.abc import Iterator
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from tests.workflow.selection.scoring import Committee
from tests.world import World
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady, Stale
from workflow.db.database import Database
from workflow.documents.blocks import Grid
from workflow.documents.minutes import _scores
from workflow.models import Edition, HistoryEntry, OutboxRow, Proposal, Score
from workflow.rules.topics import Topic
from workflow.selection.criteria import change_criterion, remove_criterion
from workflow.selection.member_queries import pending_cards
from workflow.selection.score_cards import GivenCard, save_card

CARDS = {"chair": (5, 3, 4), "committee1": (4, 4, 4), "committee2": (3, 5, 2)}


@pytest.fixture(scope="module")
def scored(shared_sqlite: Database) -> Committee:
    return Committee(World(shared_sqlite))


@pytest.fixture
def committee(scored: Committee) -> Iterator[Committee]:
    """The same committee for every test; what a test writes is taken back."""
    with scored.undone():
        yield scored


def hand_in_all(committee: Committee) -> None:
    for who, points in CARDS.items():
        committee.save(who, *points)


def test_cards_give_the_mean_median_and_spread_of_the_example(world: World) -> None:
    committee = Committee(world)
    hand_in_all(committee)
    scoring = committee.scoring()
    result = scoring.assess(scoring.projects[committee.project.id])
    assert (result.mean, result.median, result.spread) == (Fraction(23, 6), Fraction(4), Fraction(1))
    assert [(line.project.id, line.place) for line in scoring.ranking(None)] == [(committee.project.id, 1)]


def test_nothing_of_the_proposal_or_the_edition_is_written(committee: Committee) -> None:
    def everything() -> list[object]:
        with committee.world.writing() as tx:
            rows = [tx.execute(select(model.__table__)).all() for model in (Proposal, Edition)]
            return [
                *rows,
                *(tx.execute(select(func.count()).select_from(m)).scalar() for m in (HistoryEntry, OutboxRow)),
            ]

    before = everything()
    hand_in_all(committee)
    assert everything() == before


def test_scores_open_when_the_last_awaited_card_is_in_and_then_stay_as_they_are(committee: Committee) -> None:
    committee.save("chair", 5, 3, 4)
    committee.save("committee1", 4, 4, 4)
    scoring = committee.scoring()
    assert not scoring.is_open(committee.line)
    assert [holder.person_id for holder in scoring.missing(committee.line)] == [committee.world["committee2"].id]
    assert committee.save("chair", 1, 1, 1, revision=1) == 2
    committee.save("committee2", 3, 5, 2)
    assert committee.line.opened_at == committee.world.at
    with pytest.raises(NotReady, match="are open"):
        committee.save("chair", 5, 5, 5, revision=2)
    assert committee.line.card_of(committee.world["chair"].id).points[committee.criteria[0]] == 1  # type: ignore[union-attr]


def test_the_chair_opens_scores_before_all_cards_are_in_and_nobody_else(committee: Committee) -> None:
    committee.save("committee1", 4, 4, 4)
    with pytest.raises(NotAllowed):
        committee.open("committee1")
    assert committee.open("chair") == 1
    with pytest.raises(NotReady, match="are open"):
        committee.save("committee2", 3, 5, 2)
    with pytest.raises(NotReady, match="still closed"):
        committee.open("chair")


def test_where_the_chair_opens_scores_the_last_card_does_not(committee: Committee) -> None:
    committee.edition = {**committee.edition, "settings": {"scores_open": "chair"}}
    hand_in_all(committee)
    assert not committee.scoring().is_open(committee.line)
    assert committee.save("chair", 1, 1, 1, revision=1) == 2
    assert committee.open("chair") == 1
    committee.edition = {**committee.edition, "settings": {}}


def test_with_fewer_cards_than_the_edition_asks_for_a_project_has_no_place(committee: Committee) -> None:
    committee.save("committee1", 4, 4, 4)
    committee.open("chair")
    (line,) = committee.scoring().ranking(None)
    assert (line.place, line.assessment.unranked) == (None, "too_few_cards")


def test_a_deputy_opens_scores(committee: Committee) -> None:
    committee.give_function("committee1", "deputy")
    committee.save("committee1", 4, 4, 4)
    assert committee.open("committee1") == 1


def test_without_a_card_there_is_nothing_to_open(committee: Committee) -> None:
    with pytest.raises(NotReady, match="No project has cards"):
        committee.open("chair")


def test_a_draft_may_be_incomplete_and_is_not_counted(committee: Committee) -> None:
    assert committee.save("chair", 5, hand_in=False) == 1
    assert committee.line.counted == ()
    assert committee.save("chair", 5, 2, hand_in=False, revision=1, comment="Zgody.") == 2
    card = committee.line.card_of(committee.world["chair"].id)
    assert card is not None
    assert (list(card.points.values()), card.comment, card.submitted_at) == ([5, 2], "Zgody.", None)


def test_a_card_is_handed_in_whole(committee: Committee) -> None:
    with pytest.raises(BadInput) as refused:
        committee.save("chair", 5, 3)
    assert list(refused.value.fields) == [f"points-{committee.criteria[2]}"]
    assert committee.states() == []


def test_a_card_that_was_handed_in_stays_complete(committee: Committee) -> None:
    committee.save("chair", 5, 3, 4)
    with pytest.raises(BadInput):
        committee.save("chair", 5, "", 4, hand_in=False, revision=1)
    assert committee.save("chair", 5, 2, 4, hand_in=False, revision=1) == 2
    assert committee.states() == ["submitted"]


def test_an_optional_criterion_that_is_left_out_has_no_weight(committee: Committee) -> None:
    committee.weigh(1)
    committee.criteria.append(committee.ask(weight=3, required=False))
    committee.save("chair", 4)
    scoring = committee.scoring()
    assert scoring.value(committee.line.counted[0]) == 4


@pytest.mark.parametrize("points", ["6", "-1", "2.5", "x", "٣", "10000000"])
def test_points_off_the_scale_are_refused_by_name(committee: Committee, points: str) -> None:
    """Hostile case 29, its first half."""
    with pytest.raises(BadInput) as refused:
        committee.save("chair", points, 3, 4, hand_in=False)
    assert list(refused.value.fields) == [f"points-{committee.criteria[0]}"]
    assert committee.states() == []


def test_points_lie_on_the_steps_of_the_scale(committee: Committee) -> None:
    committee.weigh()
    committee.criteria.append(committee.ask(scale_min=1, scale_max=9, step=4))
    with pytest.raises(BadInput):
        committee.save("chair", 4)
    committee.save("chair", 5)
    assert committee.states() == ["submitted"]


def test_a_conflict_confirmed_later_makes_the_card_void_and_leaves_it_out(committee: Committee) -> None:
    """Hostile case 29, its second half."""
    committee.save("chair", 5, 3, 4)
    committee.save("committee1", 1, 1, 1)
    committee.declare("committee1")
    assert committee.states() == ["submitted", "void"]
    assert len(committee.line.counted) == 1
    committee.save("committee2", 5, 3, 4)
    scoring = committee.scoring()
    assert scoring.is_open(committee.line)
    assert scoring.assess(committee.line).mean == Fraction(17, 4)


def test_whoever_is_recused_scores_nothing_and_knows_nothing_of_the_scores(committee: Committee) -> None:
    committee.declare("committee1")
    with pytest.raises(NotAllowed, match="conflict of interest"):
        committee.save("committee1", 5, 5, 5)
    committee.save("chair", 5, 3, 4)
    committee.save("committee2", 3, 5, 2)
    scoring, person = committee.scoring(), committee.world["committee1"].id
    assert scoring.is_open(committee.line)
    assert not scoring.shows_scores(committee.line, person)
    assert scoring.ranking(person) == ()
    assert scoring.to_do(person) == ()


@pytest.mark.parametrize("who", ["staff", "secretary", "leader", "appeal_body", "visitor"])
def test_nobody_scores_without_a_seat_of_the_committee(committee: Committee, who: str) -> None:
    with pytest.raises(NotAllowed, match="from a seat"):
        committee.save(who, 5, 5, 5)


def test_a_substitute_scores_until_the_holder_has(committee: Committee) -> None:
    committee.substitute("committee1", "participant")
    committee.save("participant", 2, 2, 2)
    with pytest.raises(NotReady, match="from your seat already"):
        committee.save("committee1", 5, 5, 5)
    committee.save("chair", 5, 3, 4)
    committee.save("committee2", 5, 3, 4)
    assert committee.scoring().is_open(committee.line)


def test_a_holder_goes_before_a_draft_of_the_substitute(committee: Committee) -> None:
    committee.substitute("committee1", "participant")
    committee.save("participant", 2, 2, 2, hand_in=False)
    committee.save("committee1", 5, 5, 5)
    with pytest.raises(NotReady, match="from your seat already"):
        committee.save("participant", 2, 2, 2, revision=1)


def test_nobody_stands_in_for_a_holder_who_is_recused(committee: Committee) -> None:
    committee.substitute("committee1", "participant")
    committee.declare("committee1")
    with pytest.raises(NotAllowed, match="holder of this seat is recused"):
        committee.save("participant", 2, 2, 2)


def test_a_page_that_is_older_than_the_card_is_refused(committee: Committee) -> None:
    committee.save("chair", 5, hand_in=False)
    with pytest.raises(Stale):
        committee.save("chair", 4, hand_in=False)
    with pytest.raises(Stale):
        committee.save("chair", 4, hand_in=False, revision=7)
    with committee.world.writing() as tx:
        assert tx.execute(select(Score.points)).scalars().all() == [5]


def test_only_presented_projects_are_scored(committee: Committee) -> None:
    committee.put_in("selected")
    with pytest.raises(NotReady, match="wait for the committee"):
        committee.save("chair", 5, 3, 4)
    committee.put_in("admitted")
    with pytest.raises(NotFound):
        committee.save("chair", 5, 3, 4)


def test_a_project_of_another_edition_is_not_there(committee: Committee) -> None:
    elsewhere = {**committee.edition, "id": committee.edition["id"] + 1}
    with committee.world.writing() as tx, pytest.raises(NotFound):
        save_card(tx, elsewhere, committee.project.id, GivenCard(), hand_in=False, actor=committee.world["chair"],
                  at=committee.world.at)  # fmt: skip


def test_without_criteria_nothing_is_scored(committee: Committee) -> None:
    committee.weigh()
    with pytest.raises(NotReady, match="criteria"):
        committee.save("chair", hand_in=False)


def test_criteria_change_until_the_first_card_is_handed_in(committee: Committee) -> None:
    world, asked = committee.world, {"name_pl": "Inaczej", "weight": 5, "scale_min": 0, "scale_max": 3, "step": 1,
                                     "required": True, "minimum": 2}  # fmt: skip
    committee.save("chair", 5, 3, 4, hand_in=False)

    def change() -> None:
        with world.writing() as tx:
            change_criterion(tx, committee.edition_ref.id, committee.criteria[0], asked, actor=world["staff"],
                             at=world.at)  # fmt: skip

    change()
    card = committee.line.card_of(world["chair"].id)
    assert card is not None
    assert committee.criteria[0] not in card.points
    committee.save("chair", 3, 3, 4, revision=1)
    with pytest.raises(NotReady, match="stay as they are"):
        change()
    with world.writing() as tx, pytest.raises(NotReady):
        remove_criterion(tx, committee.edition_ref.id, committee.criteria[0])
    with pytest.raises(NotReady):
        committee.ask()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weight": 0}, "weight"),
        ({"scale_max": 0}, "scale_max"),
        ({"step": 2}, "step"),
        ({"step": 0}, "step"),
        ({"scale_max": 100}, "step"),
        ({"required": False, "minimum": 3}, "minimum"),
        ({"minimum": 6}, "minimum"),
    ],
)
def test_a_criterion_that_does_not_fit_is_refused_by_field(
    committee: Committee, given: dict[str, int], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        committee.ask(**given)
    assert list(refused.value.fields) == [field]


def test_a_required_criterion_below_its_minimum_leaves_the_project_without_a_place(committee: Committee) -> None:
    committee.weigh(1)
    committee.criteria.append(committee.ask(minimum=4))
    for who in CARDS:
        committee.save(who, 5, 3)
    (line,) = committee.scoring().ranking(None)
    assert (line.place, line.assessment.criterion) == (None, str(committee.criteria[1]))


def test_a_project_that_was_decided_about_is_not_scored_any_more(committee: Committee) -> None:
    world, person = committee.world, committee.world["committee1"].id or 0
    with world.writing() as tx:
        assert [item.count for item in pending_cards(tx, person, (), at=world.at)] == [1]
    world.adopt({committee.project: "select"})
    scoring = committee.scoring()
    assert scoring.to_do(person) == ()
    assert scoring.missing_by_person(None) == {}
    with world.writing() as tx:
        assert pending_cards(tx, person, (), at=world.at) == ()
    with pytest.raises(NotReady, match="wait for the committee"):
        committee.save("committee1", 5, 3, 4)


def test_minutes_that_hold_scores_already_keep_them() -> None:
    said = {"project": 7, "title": "Targ", "cards": 3, "mean": "23/6", "median": "4", "spread": "1"}
    grid = next(block for block in _scores([said]) if isinstance(block, Grid))
    assert list(grid.rows) == [("7. Targ", "3", "3,83", "4,00", "1,00")]


def test_who_may_read_scores_is_told_that_a_card_counts_no_more(committee: Committee) -> None:
    def told() -> set[int]:
        with committee.world.writing() as tx:
            query = select(OutboxRow.payload).where(OutboxRow.topic == Topic.SCORES_CHANGED)
            return {payload["person"] for payload in tx.execute(query).scalars()}

    for who, points in CARDS.items():
        committee.save(who, *points)
    assert committee.line.left_out == 0
    committee.declare("committee2")
    assert told() == {committee.world["chair"].id, committee.world["committee1"].id}
    assert committee.line.left_out == 1
    committee.declare("committee1")
    assert committee.line.left_out == 2


def test_nobody_is_told_of_a_card_whose_scores_were_never_open(committee: Committee) -> None:
    committee.save("committee2", 3, 5, 2)
    committee.declare("committee2")
    with committee.world.writing() as tx:
        assert not tx.execute(select(OutboxRow.id).where(OutboxRow.topic == Topic.SCORES_CHANGED)).all()
