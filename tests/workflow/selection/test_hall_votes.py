"""Ballots of a hall, draws and ties of an edition: imported by number, recorded once, nothing of the edition written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.growth import copies
from tests.workflow.selection.scoring import Committee
from tests.workflow.voting.test_pabulib import CUMULATIVE
from tests.world import World
from workflow.base.errors import BadInput, NotReady, Refusal
from workflow.db.database import Database
from workflow.models import (
    Decision,
    Edition,
    HallVote,
    HistoryEntry,
    OutboxRow,
    Proposal,
    Resolution,
    TieDraw,
)
from workflow.selection.hall_votes import ballots_of, exported, import_ballots
from workflow.selection.list_queries import Selection, selection_of
from workflow.selection.proposed_list import propose
from workflow.selection.tie_breaks import break_by_chair, break_by_draw, commit_draw, draw_of, recorded, ties_of
from workflow.voting.counting.draw import commitment, drawn_order
from workflow.voting.counting.election import Tie, TieKind
from workflow.voting.pabulib.election_file import MalformedFile
from workflow.voting.pabulib.reader import read

HALL = """META
key;value
description;Sala
num_projects;2
num_votes;4
budget;1000
vote_type;approval
PROJECTS
project_id;cost;name
1;12500;Świetlica
2;600;Klub
VOTES
voter_id;vote;age;sex;channel
9;1,2;44;F;paper
2;1;17;M;screen
3;1;8;F;screen
4;;50;M;paper
"""
TIE = Tie(TieKind.BOUNDARY, ("1", "2", "10"))


class Hall(Committee):
    """A committee of an edition with a presented project (no. 1) and another one (no. 2)."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        with world.writing() as tx:
            tx.execute(update(Edition).values(budget=2_000_000))
            copies(tx, self.project, 1)
            tx.execute(update(Proposal).where(Proposal.id != self.project.id).values(cost=50_000, number=2))

    @property
    def columns(self) -> dict[str, Any]:
        """The row of the edition."""
        with self.world.writing() as tx:
            return dict(tx.execute(select(Edition.__table__)).mappings().one())

    def imported(self, text: str = HALL) -> list[str]:
        with self.world.writing() as tx:
            warnings = import_ballots(tx, self.columns, text.encode(), actor=self.world["staff"], at=self.world.now)
        return [warning.say("en") for warning in warnings]

    def selection(self, who: str = "staff") -> Selection:
        with self.world.writing() as tx:
            return selection_of(tx, self.columns, reader_id=self.world[who].id, at=self.world.now)

    def change_settings(self, **settings: Any) -> None:
        with self.world.writing() as tx:
            tx.execute(update(Edition).values(settings=settings))

    def set_costs(self, *costs: int) -> None:
        with self.world.writing() as tx:
            for number, cost in enumerate(costs, start=1):
                tx.execute(update(Proposal).where(Proposal.number == number).values(cost=cost))

    def written(self) -> list[Any]:
        """Everything that an outsider could notice."""
        with self.world.writing() as tx:
            return [tx.execute(select(model.__table__)).all() for model in (Proposal, Edition, HistoryEntry, OutboxRow)]


@pytest.fixture(scope="module")
def there(shared_sqlite: Database) -> Hall:
    return Hall(World(shared_sqlite))


@pytest.fixture
def hall(there: Hall) -> Iterator[Hall]:
    with there.undone():
        yield there


def test_ballots_are_matched_by_number_and_keep_nothing_about_voters(world: World) -> None:
    hall = Hall(world)
    assert (
        hall.imported()
        == [
            "Project no. 2 costs 0,00 zł here and 500,00 zł in the file. The amount of the edition counts.",
            "The budget is 20 000,00 zł here and 1000,00 zł in the file. That of the edition counts.",
        ]
        or hall.imported()
    )
    with world.writing() as tx:
        content = tx.execute(select(HallVote.content)).scalar_one()
        found = ballots_of(tx, hall.edition_ref.id)
    assert found is not None
    assert found.ballots == ((), (("1", 1),), (("1", 1),), (("1", 1), ("2", 1)))
    assert all(word not in content for word in ("age", "sex", "channel", "paper", "screen"))


def test_importing_writes_nothing_that_an_outsider_could_notice(hall: Hall) -> None:
    before = hall.written()
    hall.imported()
    with hall.world.writing() as tx:
        break_by_draw(tx, hall.edition_ref.id, TIE, "jabłko", actor=hall.world["chair"], at=hall.world.now)
    assert hall.written() == before


def test_new_ballots_take_the_place_of_those_before(hall: Hall) -> None:
    hall.change_settings(selection_rule="greedy")
    hall.imported()
    hall.imported(
        HALL.replace("num_votes;4", "num_votes;1").replace("2;1;17;M;screen\n3;1;8;F;screen\n4;;50;M;paper\n", "")
    )
    assert hall.selection().ballots.voters == 1  # type: ignore[union-attr]


def test_a_project_that_the_edition_does_not_have_is_refused_with_its_line(hall: Hall) -> None:
    with pytest.raises(MalformedFile) as refused:
        hall.imported(HALL.replace("2;600;Klub", "77;600;Klub").replace("9;1,2;", "9;1,77;"))
    assert refused.value.line == 11
    assert "77" in refused.value.say("en")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("META\n", "", 1),
        ("VOTES\n", "BALLOTS\n", 12),
        ("voter_id;vote;", "voter_id;choice;", 13),
        ("2;600;Klub", "1;600;Klub", 11),
        ("2;600;Klub", "2;-600;Klub", 11),
        ("2;600;Klub", "2;600.001;Klub", 11),
        ("2;600;Klub", "2;600;Klub;1", 11),
        ("9;1,2;", "9;1,1;", 14),
        ("9;1,2;", "9;1,3;", 14),
        ("9;1,2;", "2;1,2;", 15),
        ("num_votes;4", "num_votes;5", 5),
        ("num_projects;2", "num_projects;3", 4),
        ("vote_type;approval", "vote_type;cumulative", 14),
    ],
)
def test_27_each_trap_of_a_file_is_refused_with_its_line_and_changes_nothing(
    hall: Hall, old: str, new: str, line: int
) -> None:
    assert old in HALL
    hall.imported()
    before = hall.selection().ballots
    with pytest.raises(MalformedFile) as refused:
        hall.imported(HALL.replace(old, new, 1))
    assert refused.value.line == line
    assert hall.selection().ballots == before


def test_ballots_are_not_replaced_once_a_tie_on_them_was_broken(hall: Hall) -> None:
    hall.imported()
    with hall.world.writing() as tx:
        break_by_chair(tx, hall.edition_ref.id, TIE, ("2", "1", "10"), words="Tańszy.", motion=None,
                       actor=hall.world["chair"], at=hall.world.now)  # fmt: skip
    with pytest.raises(NotReady):
        hall.imported()


def test_the_export_has_titles_costs_and_budget_of_the_edition_and_reads_back(hall: Hall) -> None:
    facts = hall.columns
    with hall.world.writing() as tx:
        assert exported(tx, facts) is None
    hall.imported()
    with hall.world.writing() as tx:
        text = exported(tx, facts) or ""
    file = read(text.encode())
    assert file.budget == 2_000_000
    assert file.projects[0].cost == 1_250_000
    assert file.projects[0].name == hall.world.facts(hall.project)["title"]
    assert len(file.ballots) == 4
    assert not any(word in text for word in ("age", "sex", "channel"))
    assert read(text.replace("\n", "\r\n").encode()) == file


def test_points_of_a_hall_keep_their_limit(hall: Hall) -> None:
    hall.imported(CUMULATIVE.replace("A;400", "1;400").replace("B;600", "2;600").replace("A,B;3,2", "1,2;3,2")
                  .replace("2;B;4", "2;2;4"))  # fmt: skip
    with hall.world.writing() as tx:
        text = exported(tx, hall.columns) or ""
    assert "max_sum_points;5" in text
    assert read(text.encode()).profile.votes == {"1": 1, "2": 2}


# --- which ballots a list is drawn up from --------------------------------------------------------------------------


def test_the_rule_of_the_edition_says_what_is_counted(hall: Hall) -> None:
    hall.imported()
    assert not hall.selection().is_of_hall, "an average is one of score cards"
    hall.change_settings(selection_rule="approval")
    selection = hall.selection()
    assert selection.is_of_hall
    assert propose(selection.election, selection.ballots, selection.rule).selected == ("1", "2")


def test_a_project_that_left_stays_on_the_ballots_and_is_not_selected(hall: Hall) -> None:
    """Hostile case 18, of the ballots of a hall."""
    hall.imported()
    hall.change_settings(selection_rule="greedy")
    with hall.world.writing() as tx:
        tx.execute(update(Proposal).where(Proposal.id == hall.project.id).values(state="withdrawn"))
    selection = hall.selection()
    assert selection.ballots.voters == 4  # type: ignore[union-attr]
    assert "1" not in propose(selection.election, selection.ballots, selection.rule).selected


def decide(hall: Hall, outcome: str) -> None:
    """An effective decision about the first project, as a resolution leaves it."""
    with hall.world.writing() as tx:
        here = {"edition_id": hall.edition_ref.id, "body": "committee", "year": 2026}
        tx.execute(insert(Resolution).values(**here, number=1, title="Wybór", adopted_on=date(2026, 11, 28)))
        tx.execute(insert(Decision).values(**here, resolution_number=1, proposal_id=hall.project.id, outcome=outcome))


@pytest.mark.parametrize(("outcome", "left"), [("select", 2_000_000 - 1_250_000), ("reject", 2_000_000)])
def test_what_is_decided_is_not_proposed_again_and_leaves_what_it_did_not_take(
    hall: Hall, outcome: str, left: int
) -> None:
    hall.imported()
    hall.change_settings(selection_rule="greedy")
    decide(hall, outcome)
    selection = hall.selection()
    assert selection.decided == {"1"}
    assert selection.election.budget == left
    assert propose(selection.election, selection.ballots, selection.rule).selected == ("2",)
    hall.change_settings(selection_rule="average")
    assert [*hall.selection().projects] == ["2"]


def test_a_decision_about_a_project_withdrawn_before_the_announcement_takes_neither_place_nor_money(hall: Hall) -> None:
    hall.imported()
    decide(hall, "select")
    hall.put_in("withdrawn")
    selection = hall.selection()
    assert selection.election.budget == 2_000_000
    assert selection.decided == set()


def test_scores_are_counted_once_they_are_open_and_never_for_a_recused_reader(hall: Hall) -> None:
    hall.save("chair", 5, 3, 4)
    assert hall.selection().unranked == {"1": "scores_closed", "2": "scores_closed"}
    hall.save("committee1", 4, 4, 4)
    hall.save("committee2", 3, 5, 2)
    selection = hall.selection()
    proposed = propose(selection.election, selection.ballots, selection.rule)
    assert proposed.selected == ("1",)
    hall.declare("committee1")
    selection = hall.selection("committee1")
    assert "1" not in selection.projects
    assert [project.number for project in selection.left_out] == [1]
    assert selection.ballots.means == {}  # type: ignore[union-attr]


# --- ties -----------------------------------------------------------------------------------------------------------


def commit(hall: Hall) -> None:
    with hall.world.writing() as tx:
        commit_draw(tx, hall.columns, actor=hall.world["chair"], at=hall.world.now)


def draw(hall: Hall, word: str = "jabłko", tie: Tie = TIE) -> None:
    with hall.world.writing() as tx:
        break_by_draw(tx, hall.edition_ref.id, tie, word, actor=hall.world["chair"], at=hall.world.now)


def seeds(hall: Hall) -> list[str]:
    with hall.world.writing() as tx:
        return list(tx.execute(select(TieDraw.seed)).scalars())


def test_a_seed_that_was_revealed_breaks_no_tie_of_cards_that_came_in_later(hall: Hall) -> None:
    commit(hall)
    draw(hall)
    draw(hall, tie=Tie(TieKind.RESERVE, ("3", "4")))
    hall.world.at = hall.world.now + timedelta(minutes=1)
    hall.save("chair", 5, 3, 4)
    with pytest.raises(NotReady, match="has been known since"):
        draw(hall, tie=Tie(TieKind.RESERVE, ("5", "6")))
    with hall.world.writing() as tx:
        assert len(ties_of(tx, hall.edition_ref.id)) == 2


def test_no_seed_is_recorded_by_hand_once_a_tie_may_be_known(hall: Hall) -> None:
    hall.imported()
    (seed,) = seeds(hall)
    with pytest.raises(NotReady, match="known already"):
        commit(hall)
    hall.imported()
    assert seeds(hall) == [seed], "the ballots bring the seed before anybody has seen them, and no second one"


def test_the_scores_of_the_last_card_are_opened_with_a_seed_that_was_there_before(hall: Hall) -> None:
    hall.save("chair", 5, 3, 4)
    hall.save("committee1", 4, 4, 4)
    assert seeds(hall) == []
    hall.save("committee2", 3, 5, 2)
    assert len(seeds(hall)) == 1
    with pytest.raises(NotReady, match="known already"):
        commit(hall)


def test_a_meeting_that_is_convened_brings_the_seed_and_a_second_one_keeps_it(hall: Hall) -> None:
    world = hall.world
    for _meeting in range(2):
        meeting = world.create("meeting", "prepare_meeting", "chair", edition=hall.edition_ref, body="committee",
                               form="room", day=world.at.date() + timedelta(days=30), hour="10:00")  # fmt: skip
        world.take(meeting, "add_agenda_item", "chair", item="Wybór projektów")
        world.take(meeting, "convene", "chair")
    assert len(seeds(hall)) == 1


def test_a_draw_follows_from_the_committed_seed_and_the_word(hall: Hall) -> None:
    commit(hall)
    with hall.world.writing() as tx:
        before = draw_of(tx, hall.edition_ref.id)
    assert before is not None
    assert (before.seed, before.drawn_at) == ("", None), "nobody reads the seed before the draw"
    draw(hall)
    with hall.world.writing() as tx:
        after, (tie,) = draw_of(tx, hall.edition_ref.id), ties_of(tx, hall.edition_ref.id)
    assert after is not None
    assert after.commitment == before.commitment == commitment(after.seed, str(hall.edition_ref))
    assert tie.order == drawn_order(after.seed, "jabłko", TIE.members).keys
    assert recorded([tie]).sort(TIE.members) == [*tie.order]


def test_there_is_one_seed_and_one_word_for_an_edition(hall: Hall) -> None:
    commit(hall)
    with pytest.raises(NotReady):
        commit(hall)
    draw(hall)
    draw(hall, "inne słowo", replace(TIE, members=("3", "4")))
    with hall.world.writing() as tx:
        assert tx.execute(select(TieDraw.word)).scalar_one() == "jabłko"
    with pytest.raises(NotReady):
        draw(hall)


def test_a_draw_without_a_commitment_or_without_a_word_is_refused(hall: Hall) -> None:
    with pytest.raises(NotReady):
        draw(hall)
    commit(hall)
    with pytest.raises(BadInput):
        draw(hall, "  ")


@pytest.mark.parametrize(
    ("order", "words", "motion"),
    [
        (("1", "2"), "Tańszy.", None),
        (("1", "2", "2"), "Tańszy.", None),
        (("1", "2", "10", "3"), "Tańszy.", None),
        (("1", "2", "10"), " ", None),
        (("1", "2", "10"), "Tańszy.", (999, 1)),
    ],
)
def test_the_chair_gives_each_project_once_and_says_why(hall: Hall, order: Any, words: str, motion: Any) -> None:
    with pytest.raises(Refusal), hall.world.writing() as tx:
        break_by_chair(tx, hall.edition_ref.id, TIE, order, words=words, motion=motion, actor=hall.world["chair"],
                       at=hall.world.now)  # fmt: skip
    with hall.world.writing() as tx:
        assert ties_of(tx, hall.edition_ref.id) == ()


def test_an_order_of_the_chair_is_kept_with_its_reason(hall: Hall) -> None:
    with hall.world.writing() as tx:
        break_by_chair(tx, hall.edition_ref.id, TIE, ("10", "2", "1"), words="Tańszy.", motion=None,
                       actor=hall.world["chair"], at=hall.world.now)  # fmt: skip
        (tie,) = ties_of(tx, hall.edition_ref.id)
    assert (tie.order, tie.broken_by, tie.words) == (("10", "2", "1"), "chair", "Tańszy.")
    with pytest.raises(NotReady):
        draw_after(hall)


def draw_after(hall: Hall) -> None:
    commit(hall)
    draw(hall)
