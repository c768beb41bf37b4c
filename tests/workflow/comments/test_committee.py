"""What the committee says among itself about a project: read by itself alone, and noticed by nobody else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from tests.workflow.selection.scoring import Committee
from tests.world import World
from workflow.base.errors import BadInput, NotAllowed, NotFound
from workflow.comments import queries
from workflow.comments.actions import add_comment, answer_comment, withdraw_comment
from workflow.comments.visibility import Circle
from workflow.db.database import Database
from workflow.models import OutboxRow, Proposal

WORDS = "Koszt wydaje się zawyżony."


@pytest.fixture(scope="module")
def talking(shared_sqlite: Database) -> Committee:
    return Committee(World(shared_sqlite))


@pytest.fixture
def committee(talking: Committee) -> Iterator[Committee]:
    """The same committee for every test; what a test writes is taken back."""
    with talking.undone():
        yield talking


def say(committee: Committee, who: str, circle: str = Circle.COMMITTEE, **more: object) -> int:
    world = committee.world
    with world.writing() as tx:
        return add_comment(tx, committee.project, text=WORDS, circle=circle, actor=world[who], at=world.at, **more)  # type: ignore[arg-type]


def heard(committee: Committee, who: str) -> list[str]:
    """The words that somebody reads in the talk about the project."""
    world = committee.world
    with world.writing() as tx:
        facts = queries.read_committee(tx, world.facts(committee.project, who))
        return [row.text for row in queries.threads_of(tx, facts).threads]


def test_members_and_the_minute_taker_read_it_and_nobody_else(committee: Committee) -> None:
    say(committee, "committee1")
    for who in ("chair", "committee1", "committee2", "secretary"):
        assert heard(committee, who) == [WORDS], who
    for who in ("staff", "animator", "leader", "member", "appeal_body", "partner", "admin"):
        assert heard(committee, who) == [], who


def test_nobody_is_notified_and_the_project_does_not_change(committee: Committee) -> None:
    def everything() -> list[object]:
        with committee.world.writing() as tx:
            return [tx.execute(select(Proposal.__table__)).all(),
                    tx.execute(select(func.count()).select_from(OutboxRow)).scalar_one()]  # fmt: skip

    before = everything()
    number = say(committee, "committee1")
    with committee.world.writing() as tx:
        answer_comment(tx, committee.project, number, text="Też tak myślę.", actor=committee.world["chair"],
                       at=committee.world.at)  # fmt: skip
    assert everything() == before


def test_whoever_has_a_conflict_of_interest_neither_reads_nor_speaks(committee: Committee) -> None:
    say(committee, "committee1")
    committee.declare("committee2")
    assert heard(committee, "committee2") == []
    with pytest.raises(NotAllowed):
        say(committee, "committee2")


@pytest.mark.parametrize("who", ["staff", "leader", "member", "animator"])
def test_others_cannot_speak_in_the_circle_of_the_committee(committee: Committee, who: str) -> None:
    with pytest.raises(NotAllowed):
        say(committee, who)


@pytest.mark.parametrize("circle", [Circle.GROUP, Circle.OFFICE, Circle.ALL])
def test_members_speak_in_no_other_circle(committee: Committee, circle: str) -> None:
    with pytest.raises(NotAllowed):
        say(committee, "committee1", circle)


def test_the_office_cannot_remove_what_it_does_not_read(committee: Committee) -> None:
    number, world = say(committee, "committee1"), committee.world
    with world.writing() as tx, pytest.raises(NotFound):
        withdraw_comment(tx, committee.project, number, actor=world["staff"], at=world.at)


def test_nobody_is_mentioned_in_it(committee: Committee) -> None:
    with pytest.raises(BadInput) as refused:
        say(committee, "committee1", mentions=[committee.world["leader"].id])
    assert list(refused.value.fields) == ["mentions"]


def test_counts_of_open_talk_on_other_pages_leave_it_out(committee: Committee) -> None:
    say(committee, "committee1")
    world = committee.world
    with world.writing() as tx:
        assert queries.open_counts(tx, world.facts(committee.project, "chair")) == {}
