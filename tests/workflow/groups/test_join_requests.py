"""Requests to join and tasks in a group: who asks, who answers, who takes on what."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.errors import BadInput, NoSuchStep, NotAllowed, NotFound
from workflow.base.settings import load_settings
from workflow.groups import invitations, join_requests, tasks
from workflow.groups.pending import pending_items
from workflow.models import GroupTask, JoinRequest, OutboxRow
from workflow.rules.facts import Ref


def ask(world: World, ref: Ref, who: str = "participant", word: str = "Umiem szyć.") -> int:
    with world.writing() as tx:
        return join_requests.ask_to_join(tx, ref, word=word, actor=world[who], at=world.at)


def answer(world: World, ref: Ref, number: int, who: str, *, welcome: bool = True, **more: str) -> None:
    with world.writing() as tx:
        given = {"word": "Zapraszamy.", "place": "edit", **more}
        join_requests.answer(tx, ref, number, welcome=welcome, actor=world[who], at=world.at, **given)


def in_group(world: World, ref: Ref, who: str) -> str:
    return world.facts(ref, who).rights.group_role


@pytest.mark.parametrize("who", ["leader", "member", "animator"])
def test_leader_deputy_and_animator_take_somebody_in(world: World, ref: Ref, who: str) -> None:
    world.take(ref, "name_deputy", "leader", person=world["member"].id)
    answer(world, ref, ask(world, ref), who, place="comment")
    assert in_group(world, ref, "participant") == "comment"


@pytest.mark.parametrize("who", ["member2", "staff", "committee1", "participant"])
def test_others_do_not_answer(world: World, ref: Ref, who: str) -> None:
    number = ask(world, ref)
    with pytest.raises(NotAllowed):
        answer(world, ref, number, who)
    assert not in_group(world, ref, "participant")


def test_refusal_is_told_with_its_word_kept(world: World, ref: Ref) -> None:
    number = ask(world, ref)
    answer(world, ref, number, "leader", welcome=False, word="Grupa jest już pełna.")
    with world.writing() as tx:
        row = tx.execute(select(JoinRequest.outcome, JoinRequest.answer).where(JoinRequest.id == number)).one()
        told = tx.execute(select(OutboxRow.payload).where(OutboxRow.topic == "proposal.join_answered")).scalar_one()
    assert tuple(row) == ("refused", "Grupa jest już pełna.")
    assert told == {"person": world["participant"].id}
    assert not in_group(world, ref, "participant")


def test_of_two_answers_the_first_counts(world: World, ref: Ref) -> None:
    number = ask(world, ref)
    answer(world, ref, number, "animator", welcome=False)
    with pytest.raises(NotFound):
        answer(world, ref, number, "leader")
    ask(world, ref)


@pytest.mark.parametrize(("who", "refusal"), [("member", BadInput), ("committee1", NotAllowed), ("visitor", NotFound)])
def test_only_participants_outside_the_group_ask(world: World, ref: Ref, who: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        ask(world, ref, who)


def test_request_is_made_once_and_can_be_taken_back(world: World, ref: Ref) -> None:
    number = ask(world, ref)
    with pytest.raises(BadInput):
        ask(world, ref)
    with world.writing() as tx, pytest.raises(NotFound):
        join_requests.take_back(tx, ref, number, actor=world["leader2"], at=world.at)
    with world.writing() as tx:
        join_requests.take_back(tx, ref, number, actor=world["participant"], at=world.at)
    with pytest.raises(NotFound):
        answer(world, ref, number, "leader")


def test_long_word_is_refused_and_nobody_asks_a_group_that_has_handed_in(world: World, ref: Ref) -> None:
    with pytest.raises(BadInput):
        ask(world, ref, word="x" * 2001)
    world.submit(ref)
    with pytest.raises(NoSuchStep):
        ask(world, ref)


# --- tasks -----------------------------------------------------------------------------------------------


def add_task(world: World, ref: Ref, who: str, whose: str, **more: Any) -> int:
    with world.writing() as tx:
        given = {"text": "Zebrać oferty", "due_on": "2026-12-01", **more}
        return tasks.add_task(tx, ref, person=world[whose].id, actor=world[who], at=world.at, **given)


def test_leader_gives_tasks_and_members_take_them_on_for_themselves(world: World, ref: Ref) -> None:
    add_task(world, ref, "leader", "member")
    add_task(world, ref, "member", "member")
    for who, whose in (("member", "member2"), ("participant", "participant"), ("staff", "member")):
        with pytest.raises(NotAllowed):
            add_task(world, ref, who, whose)
    with pytest.raises(BadInput):
        add_task(world, ref, "leader", "participant")
    with pytest.raises(BadInput):
        add_task(world, ref, "leader", "member", text="")


def test_task_is_finished_reopened_and_dropped_by_whose_it_is_or_by_the_leader(world: World, ref: Ref) -> None:
    number = add_task(world, ref, "leader", "member")

    def finish(who: str, *, done: bool) -> None:
        with world.writing() as tx:
            tasks.finish_task(tx, ref, number, done=done, actor=world[who], at=world.at)

    with pytest.raises(NotAllowed):
        finish("member2", done=True)
    finish("member", done=True)
    finish("leader", done=False)
    with world.writing() as tx:
        row = tx.execute(select(GroupTask.done_at, GroupTask.due_on).where(GroupTask.id == number)).one()
        tasks.drop_task(tx, ref, number, actor=world["member"])
    assert tuple(row) == (None, date(2026, 12, 1))
    with pytest.raises(NotFound):
        finish("leader", done=True)


def test_what_waits_in_groups_is_found_for_each_person(world: World, ref: Ref) -> None:
    add_task(world, ref, "leader", "member")
    ask(world, ref)
    with world.writing() as tx:
        invitations.invite(tx, load_settings(), ref, email="leader2@example.org", place="edit", actor=world["leader"],
                           at=world.at)  # fmt: skip

        def kinds(who: str) -> list[str]:
            return [one.kind for one in pending_items(tx, world[who].id or 0, at=world.at)]

        found = {who: kinds(who) for who in ("leader", "leader2", "member", "participant", "animator")}
    assert found == {
        "leader": ["request"], "leader2": ["invitation"], "member": ["task"], "participant": [], "animator": [],
    }  # fmt: skip
    world.take(ref, "assign_animator", "staff", person=world["animator"].id)
    with world.writing() as tx:
        assert [one.kind for one in pending_items(tx, world["animator"].id or 0, at=world.at)] == ["request"]
