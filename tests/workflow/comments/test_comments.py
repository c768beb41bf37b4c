from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.world import World
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady
from workflow.comments import actions as talk
from workflow.comments import queries, suggestions
from workflow.comments.visibility import EDITABLE, OTHERS, WITHDRAWABLE, Circle
from workflow.engine import machine
from workflow.models import Comment, HistoryEntry, OutboxRow, Suggestion
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.sheet_sections import section_digest, values_of

pytestmark = pytest.mark.slow

GROUP, OFFICE, ALL = Circle.GROUP, Circle.OFFICE, Circle.ALL
# What each kind of reader reads; whoever is not here reads nothing.
READS = {
    "leader": {GROUP, OFFICE, ALL},
    "member": {GROUP, OFFICE, ALL},
    "staff": {OFFICE, ALL},
    "animator": {OFFICE, ALL},
    **{who: {ALL} for who in ("participant", "leader2", "may_lead", "coordinator", "committee1", "chair", "secretary",
                              "appeal_body", "partner", "admin")},
    "visitor": set(),
}  # fmt: skip
WRITES = {
    "leader": {GROUP, OFFICE, ALL},
    "member": {GROUP, OFFICE, ALL},
    "staff": {OFFICE, ALL},
    "animator": {OFFICE, ALL},
}


def do(world: World, work: Callable[..., Any], ref: Ref, *arguments: Any, who: str = "leader", **more: Any) -> Any:
    with world.database.transaction() as tx:
        return work(tx, ref, *arguments, actor=world[who], at=more.pop("at", world.now), **more)


def say(world: World, ref: Ref, text: str = "Kto ma klucze?", who: str = "leader", **more: Any) -> int:
    return int(do(world, talk.add_comment, ref, who=who, text=text, **more))


def read(world: World, ref: Ref, who: str, **more: Any) -> queries.ThreadPage:
    with world.database.reading() as tx:
        facts = machine.facts_of(tx, [ref], actor=world[who])[ref]
        return queries.threads_of(tx, facts, **more)


def facts_for(world: World, ref: Ref, who: str) -> Facts:
    with world.database.reading() as tx:
        return machine.facts_of(tx, [ref], actor=world[who])[ref]


def outbox(world: World, topic: str) -> list[Any]:
    with world.database.reading() as tx:
        return list(tx.execute(select(OutboxRow.key, OutboxRow.payload).where(OutboxRow.topic == topic)).all())


@pytest.mark.parametrize("who", READS)
def test_everybody_reads_exactly_what_is_meant_for_them(world: World, ref: Ref, who: str) -> None:
    for circle in OTHERS:
        number = say(world, ref, f"Dla {circle}", circle=circle)
        do(world, talk.answer_comment, ref, number, text=f"Odpowiedź {circle}", who="member")
        do(world, suggestions.suggest, ref, section="goals", text=f"Cel {circle}", base="", who="member")
    do(world, suggestions.suggest, ref, section="goals", text="Cel biura", base="", who="staff")
    found = read(world, ref, who)
    assert {row.circle for row in found.threads} == READS[who]
    assert {answer.circle for row in found.threads for answer in row.answers} == READS[who]
    with world.database.reading() as tx:
        facts = machine.facts_of(tx, [ref], actor=world[who])[ref]
        assert sum(queries.open_counts(tx, facts).values()) == len(READS[who])
        assert {row.circle for row in queries.suggestions_of(tx, facts)} == READS[who] - {ALL}


@pytest.mark.parametrize("who", READS)
def test_everybody_speaks_only_where_they_may(world: World, ref: Ref, who: str) -> None:
    for circle in Circle:
        if circle in WRITES.get(who, set()):
            assert say(world, ref, who=who, circle=circle)
        else:
            with pytest.raises(NotAllowed if READS[who] else NotFound):
                say(world, ref, who=who, circle=circle)


@pytest.mark.parametrize("who", ["staff", "participant", "visitor"])
def test_what_somebody_does_not_read_cannot_be_touched_either(world: World, ref: Ref, who: str) -> None:
    number = say(world, ref)
    suggested = do(world, suggestions.suggest, ref, section="goals", text="Inny cel", base="", who="member")
    for work, more in (
        (talk.answer_comment, {"text": "Ja"}), (talk.edit_comment, {"text": "Ja"}), (talk.withdraw_comment, {}),
        (talk.resolve_comment, {"resolved": True}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            do(world, work, ref, number, who=who, **more)
    with pytest.raises(NotFound):
        do(world, suggestions.accept, ref, suggested, who=who, base="")


def test_a_comment_cannot_be_reached_through_another_proposal(world: World, ref: Ref) -> None:
    number, other = say(world, ref), world.proposal_in("group_work")
    with pytest.raises(NotFound):
        do(world, talk.answer_comment, other, number, text="Tu?")


def test_a_member_who_may_only_look_reads_and_keeps_silent(world: World, ref: Ref) -> None:
    with world.database.transaction() as tx:
        from sqlalchemy import update

        from workflow.models import GroupMember

        mine = GroupMember.proposal_id == ref.id, GroupMember.person_id == world["member"].id
        tx.execute(update(GroupMember).where(*mine).values(role="view"))
    say(world, ref)
    assert len(read(world, ref, "member").threads) == 1
    with pytest.raises(NotAllowed):
        say(world, ref, who="member")


def test_an_answer_stays_in_the_circle_of_its_comment_and_is_not_answered_again(world: World, ref: Ref) -> None:
    number = say(world, ref, circle=OFFICE, section="goals")
    answer = do(world, talk.answer_comment, ref, number, text="Biuro odpowiada.", who="staff")
    (thread,) = read(world, ref, "animator").threads
    assert [(one.id, one.circle, one.section) for one in thread.answers] == [(answer, OFFICE, "goals")]
    with pytest.raises(NotAllowed):
        do(world, talk.answer_comment, ref, answer, text="Jeszcze raz.")


def test_the_mentioned_are_told_one_by_one_and_only_where_they_can_read_it(world: World, ref: Ref) -> None:
    member, staff = world["member"].id, world["staff"].id
    say(world, ref, circle=OFFICE, mentions=[member, staff, world["leader"].id])
    assert sorted(row.payload["person"] for row in outbox(world, "proposal.mentioned")) == sorted([member, staff])
    for circle, people in ((GROUP, [staff]), (ALL, [world["committee1"].id]), (ALL, [10**9])):
        with pytest.raises(BadInput, match="would not see"):
            say(world, ref, circle=circle, mentions=people)
    (thread,) = read(world, ref, "member").threads
    assert [one.id for one in thread.mentions] == sorted([member, staff])


def test_what_one_person_says_in_a_quarter_of_an_hour_is_told_once(world: World, ref: Ref) -> None:
    start = world.now.replace(minute=0, second=0)
    for minutes, who in ((1, "leader"), (5, "leader"), (6, "member"), (16, "leader")):
        say(world, ref, who=who, at=start + timedelta(minutes=minutes))
    assert len(outbox(world, "proposal.commented")) == 3


def test_somebody_mentioned_again_and_again_gets_one_letter_in_a_quarter_of_an_hour(world: World, ref: Ref) -> None:
    start, member = world.now.replace(minute=0, second=0), world["member"].id
    for minutes in (1, 2, 3, 20):
        say(world, ref, mentions=[member], at=start + timedelta(minutes=minutes))
    assert len(outbox(world, "proposal.mentioned")) == 2


def test_own_words_are_put_right_for_a_quarter_of_an_hour_and_say_so(world: World, ref: Ref) -> None:
    number = say(world, ref)
    do(world, talk.edit_comment, ref, number, text="Kto ma klucze do sali?", at=world.now + EDITABLE)
    (thread,) = read(world, ref, "leader").threads
    assert (thread.text, thread.edited_at) == ("Kto ma klucze do sali?", world.now + EDITABLE)
    with pytest.raises(NotAllowed, match="15 minutes"):
        do(world, talk.edit_comment, ref, number, text="Za późno", at=world.now + EDITABLE + timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        do(world, talk.edit_comment, ref, number, text="Cudze", who="member")


def test_withdrawn_words_are_gone_and_leave_whose_they_were(world: World, ref: Ref) -> None:
    number = say(world, ref, "Prywatny telefon 600 100 200", who="member")
    do(world, talk.answer_comment, ref, number, text="Dzięki.")
    do(world, talk.withdraw_comment, ref, number, who="member")
    (thread,) = read(world, ref, "member").threads
    assert (thread.text, thread.removed_by and thread.removed_by.id) == ("", world["member"].id)
    assert [one.text for one in thread.answers] == ["Dzięki."]
    with world.database.reading() as tx:
        assert tx.execute(select(func.count()).where(Comment.text.like("%600%"))).scalar_one() == 0
    with pytest.raises(NotAllowed):
        do(world, talk.edit_comment, ref, number, text="Wraca", who="member")


def test_nobody_deletes_the_words_of_another_and_own_ones_only_for_a_day(world: World, ref: Ref) -> None:
    number = say(world, ref, who="member")
    with pytest.raises(NotAllowed, match="24 hours"):
        do(world, talk.withdraw_comment, ref, number)
    late = world.now + WITHDRAWABLE + timedelta(seconds=1)
    with pytest.raises(NotAllowed):
        do(world, talk.withdraw_comment, ref, number, who="member", at=late)
    official = say(world, ref, who="staff", circle="office")
    for who in ("leader", "staff"):
        with pytest.raises(NotAllowed, match="resolved"):
            do(world, talk.withdraw_comment, ref, official, who=who)
    do(world, talk.resolve_comment, ref, official, resolved=True)


def test_a_talk_is_closed_as_resolved_and_opened_again(world: World, ref: Ref) -> None:
    number = say(world, ref, who="member")
    do(world, talk.resolve_comment, ref, number, resolved=True)
    assert read(world, ref, "member", open_only=True).threads == ()
    do(world, talk.resolve_comment, ref, number, resolved=False, who="member")
    assert [row.resolved_at for row in read(world, ref, "member", open_only=True).threads] == [None]


def test_nobody_talks_about_what_is_merged_or_in_an_edition_that_is_over(world: World) -> None:
    merged = world.proposal_in("merged")
    with pytest.raises(NotAllowed):
        say(world, merged)
    assert read(world, merged, "leader").threads == ()


def test_what_was_said_before_a_merger_is_found_from_the_target(world: World, ref: Ref) -> None:
    say(world, ref, "Zostaje tutaj.")
    other = world.sibling(ref)
    world.agree(ref, other)
    world.take(ref, "merge_into", "staff", target=other.id)
    with world.database.reading() as tx:
        assert [number for number, _title in queries.merged_into(tx, other.id)] == [ref.id]
    assert [row.text for row in read(world, ref, "member").threads] == ["Zostaje tutaj."]


@pytest.mark.parametrize(("text", "reason"), [("", "needed"), ("a" * 4001, "too long"), ("a\x00", "cannot be stored")])
def test_words_that_cannot_be_kept_are_refused_with_the_reason(world: World, ref: Ref, text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        say(world, ref, text)


def test_a_long_talk_is_read_in_pages_that_neither_repeat_nor_lose_anything(world: World, ref: Ref) -> None:
    said = [say(world, ref, f"Wpis {number}") for number in range(queries.PAGE * 2 + 3)]
    found: list[int] = []
    before: int | None = None
    for _page in range(3):
        page = read(world, ref, "leader", before=before)
        found += [row.id for row in page.threads]
        before = page.before
    assert (found, before) == (said[::-1], None)


# --- suggestions -----------------------------------------------------------------------------------------


def digest(world: World, ref: Ref, section: str = "goals") -> str:
    return section_digest(section, values_of(facts_for(world, ref, "leader").own))


def suggested(world: World, ref: Ref, text: str = "Nowy cel.", who: str = "member", **more: Any) -> int:
    section = more.pop("section", "goals")
    base = more.pop("base", digest(world, ref, section))
    return int(do(world, suggestions.suggest, ref, section=section, text=text, base=base, who=who, **more))


def test_an_accepted_suggestion_is_the_leaders_edit_of_the_sheet(world: World, ref: Ref) -> None:
    number = suggested(world, ref, word="Jaśniej.")
    before = facts_for(world, ref, "leader").version
    do(world, suggestions.accept, ref, number, base=digest(world, ref), answer="Dziękuję.")
    after = facts_for(world, ref, "leader")
    assert (after["sheet"]["goals"], after.version) == ("Nowy cel.", before + 1)
    with world.database.reading() as tx:
        last = select(HistoryEntry.step, HistoryEntry.actor_id).order_by(HistoryEntry.id.desc()).limit(1)
        assert tuple(tx.execute(last).one()) == ("edit_sheet", world["leader"].id)
    assert [row.payload["person"] for row in outbox(world, "proposal.suggestion_answered")] == [world["member"].id]


def test_a_leader_who_suggests_is_told_nothing_about_it(world: World, ref: Ref) -> None:
    suggested(world, ref, who="leader")
    suggested(world, ref, who="member", text="Inny cel.")
    assert [row.payload["by"] for row in outbox(world, "proposal.change_suggested")] == [world["member"].id]


def test_places_can_be_suggested_one_a_line(world: World, ref: Ref) -> None:
    number = suggested(world, ref, "Gąbin\nŁąck", section="places")
    do(world, suggestions.accept, ref, number, base=digest(world, ref, "places"))
    assert facts_for(world, ref, "leader")["sheet"]["places"] == ["Gąbin", "Łąck"]


@pytest.mark.parametrize("who", ["member", "staff", "animator"])
def test_only_the_leader_answers_a_suggestion(world: World, ref: Ref, who: str) -> None:
    number = suggested(world, ref, who="staff")
    for work, more in ((suggestions.accept, {"base": ""}), (suggestions.decline, {"answer": "Nie."})):
        with pytest.raises(NotAllowed):
            do(world, work, ref, number, who=who, **more)


def test_a_text_that_was_saved_meanwhile_is_not_written_over_unseen(world: World, ref: Ref) -> None:
    seen, number = digest(world, ref), suggested(world, ref)
    world.take(ref, "edit_sheet", "member", goals="Cel członka grupy.")
    with pytest.raises(NotReady, match="saved this section meanwhile"):
        do(world, suggestions.accept, ref, number, base=seen)
    assert facts_for(world, ref, "leader")["sheet"]["goals"] == "Cel członka grupy."
    with world.database.reading() as tx:
        assert tx.execute(select(Suggestion.outcome)).scalar_one() == ""
    do(world, suggestions.accept, ref, number, base=digest(world, ref))
    assert facts_for(world, ref, "leader")["sheet"]["goals"] == "Nowy cel."


def test_a_suggestion_is_declined_with_a_word_and_answered_once(world: World, ref: Ref) -> None:
    number = suggested(world, ref)
    with pytest.raises(BadInput):
        do(world, suggestions.decline, ref, number, answer="")
    do(world, suggestions.decline, ref, number, answer="Za ogólne.")
    with pytest.raises(NotReady, match="already"):
        do(world, suggestions.accept, ref, number, base=digest(world, ref))


def test_only_its_author_withdraws_a_suggestion(world: World, ref: Ref) -> None:
    number = suggested(world, ref)
    with pytest.raises(NotAllowed):
        do(world, suggestions.withdraw, ref, number)
    do(world, suggestions.withdraw, ref, number, who="member")
    with pytest.raises(NotReady):
        do(world, suggestions.accept, ref, number, base=digest(world, ref))


@pytest.mark.parametrize(
    ("section", "text"), [("budget", "1000"), ("timetable", "Styczeń"), ("nothing", "x"), ("title", "")]
)
def test_what_is_no_text_cannot_be_suggested(world: World, ref: Ref, section: str, text: str) -> None:
    with pytest.raises(BadInput):
        suggested(world, ref, text, section=section, base="")


def test_the_text_of_the_sheet_itself_is_no_suggestion(world: World, ref: Ref) -> None:
    title = facts_for(world, ref, "leader")["title"]
    with pytest.raises(BadInput, match="already"):
        suggested(world, ref, title, section="title")


def test_after_handing_in_a_suggestion_waits_and_cannot_be_accepted(world: World, ref: Ref) -> None:
    number = suggested(world, ref)
    world.submit(ref)
    with pytest.raises(Exception, match="not possible"):
        do(world, suggestions.accept, ref, number, base=digest(world, ref))


def test_strangers_are_no_actors(world: World, ref: Ref) -> None:
    with pytest.raises(NotFound), world.database.transaction() as tx:
        talk.add_comment(tx, ref, text="Ja", actor=Actor(None), at=world.now)
