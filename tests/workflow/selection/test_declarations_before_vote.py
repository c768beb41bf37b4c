"""A vote about projects waits until everybody present has declared about them, and the selection until all have."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import insert

from tests.workflow.selection.test_meetings import MEMBERS, Session, codes
from tests.world import World
from workflow.base.errors import NoSuchStep, NotReady
from workflow.db.database import Database
from workflow.demo.seats import seat_members
from workflow.models import GroupMember
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Ref
from workflow.rules.impartiality import text_in
from workflow.selection.conflict_queries import declarations_of
from workflow.selection.conflicts import Answered, declare


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(Database(sqlite_url)) as database:
        yield World(database)


def impartial(world: World, ref: Ref, *names: str) -> None:
    edition = world.edition_of(ref)
    for name in names:
        with world.database.transaction() as tx:
            declare(tx, edition.id, {ref.id: Answered(Answer.IMPARTIAL)}, text_in("pl"), actor=world[name],
                    at=world.now)  # fmt: skip


def opened(session: Session, motion: int = 1) -> Ref:
    return session.open_vote(motion)


def test_a_vote_is_refused_with_the_names_of_those_who_have_not_declared(database: Database) -> None:
    session = Session(World(database), declarations_before_vote=True)
    session.begin()
    session.move()
    impartial(session.world, session.project, "chair", "committee2")
    poll = session.world.create("poll", "prepare_poll", "chair", edition=session.edition, meeting=session.meeting.id,
                                motion=1)  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        session.world.take(poll, "open", "chair")
    (unmet,) = refusal.value.missing
    assert (unmet.code, unmet.sentence.params["names"]) == ("declarations_lacking", "Committee1")
    impartial(session.world, session.project, "committee1")
    session.world.take(poll, "open", "chair")


def test_the_setting_lets_a_vote_begin_without_declarations(world: World) -> None:
    session = Session(world, declarations_before_vote=False)
    session.begin()
    session.move()
    opened(session)


def test_whoever_is_recused_or_absent_owes_nothing(world: World) -> None:
    session = Session(world, declarations_before_vote=True, quorum_share="1/3")
    world.declare_conflict(session.project, "committee1", "Jestem w grupie.")
    session.begin("chair", "committee1", "committee2")
    session.move()
    impartial(world, session.project, "chair", "committee2")
    poll = world.create("poll", "prepare_poll", "chair", edition=session.edition, meeting=session.meeting.id, motion=1)
    with pytest.raises(NotReady) as refusal:
        world.take(poll, "open", "chair")
    assert codes(refusal.value) == {"no_quorum"}


def test_somebody_new_in_the_group_asks_for_the_declaration_again(world: World) -> None:
    session = Session(world, declarations_before_vote=True)
    impartial(world, session.project, *MEMBERS)
    joined = {"proposal_id": session.project.id, "name": "Nowy Człowiek", "role": "edit", "added_at": world.at}
    with world.database.transaction() as tx:
        tx.execute(insert(GroupMember).values(**joined))
    session.begin()
    session.move()
    with pytest.raises(NotReady) as refusal:
        opened(session)
    assert "declarations_lacking" in codes(refusal.value)


def test_a_procedural_motion_waits_for_nobody(world: World) -> None:
    session = Session(world, declarations_before_vote=True)
    session.begin()
    world.take(session.meeting, "put_motion", "chair", motion_kind="procedural", wording="Przerwa.")
    opened(session)


def test_members_declare_about_an_announced_project_that_a_motion_takes_up(world: World) -> None:
    ref = world.proposal_in("selected")
    edition = world.edition_of(ref)
    with world.database.reading() as tx:
        assert not declarations_of(tx, edition.id, at=world.at).of(world["chair"].id)
    world.take(edition, "change_settings", "staff", declarations_before_vote=True)
    with pytest.raises(NotReady) as refusal:
        world.resolve("annul", ref)
    assert "declarations_lacking" in codes(refusal.value)


def test_the_selection_opens_once_everybody_in_the_committee_has_declared(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("presented", declarations_before_vote=True)
    edition = world.edition_of(ref)
    with world.database.transaction() as tx:
        seat_members(tx, edition.id, at=world.at)
    world.approve_report(world.summaries[edition], "staff")
    with pytest.raises(NotReady) as refusal:
        world.take(edition, "open_selection", "chair")
    (unmet,) = refusal.value.missing
    assert (unmet.code, unmet.sentence.params["names"]) == ("declarations_lacking", "Chair, Committee1, Committee2")
    impartial(world, ref, "chair", "committee1")
    world.declare_conflict(ref, "committee2", "Jestem w grupie.")
    world.take(edition, "open_selection", "chair")


def test_nobody_declares_for_a_whole_edition_any_more(world: World) -> None:
    edition = world.edition("summary")
    with pytest.raises(NoSuchStep):
        world.take(edition, "declare_interests", "chair")
