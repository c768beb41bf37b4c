"""Mergers: both leaders agree, the people come along and go back, nothing written is ever lost, no circles."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.workflow.at_once import at_once, take
from tests.world import World
from workflow.base.errors import NotReady, Refusal
from workflow.comments.actions import add_comment
from workflow.db.database import Database
from workflow.models import Comment, GroupMember, HistoryContent, HistoryEntry, Person, Proposal, SheetVersion
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow


def group(world: World, ref: Ref) -> set[str]:
    m = GroupMember
    query = select(Person.name, m.name).outerjoin(Person, Person.id == m.person_id)
    with world.writing() as tx:
        rows = tx.execute(query.where(m.proposal_id == ref.id, m.left_at.is_(None))).all()
        count = tx.execute(select(Proposal.member_count).where(Proposal.id == ref.id)).scalar_one()
    assert count == len(rows)
    return {(row[0] or row[1]).lower() for row in rows}


def third(world: World, ref: Ref) -> Ref:
    """One more proposal of the same edition, led by participant."""
    made = world.idea(world.edition_of(ref), who="participant", title="Ogród społeczny")
    for name in ("Anna z karty", "Piotr z karty"):
        world.take(made, "add_member", "participant", name=name)
    world.take(made, "form_group", "animator")
    return made


def merge(world: World, ref: Ref, target: Ref, leaders: Mapping[Ref, str]) -> None:
    world.take(ref, "agree_to_merge", leaders[ref], target=target.id)
    world.take(target, "agree_to_merge", leaders[target], target=ref.id)
    world.take(ref, "merge_into", "animator", target=target.id)


def part(world: World, ref: Ref, leader: str) -> None:
    world.take(ref, "ask_to_unmerge", leader, reason="Różne cele.")
    world.take(ref, "unmerge", "staff")


def test_members_come_along_and_go_back_and_keep_their_own_group(world: World) -> None:
    one = world.proposal_in("group_work")
    two = world.sibling(one)
    world.take(one, "add_member", "leader", name="Maria z karty", place="view")
    before = group(world, one), group(world, two)
    merge(world, one, two, {one: "leader", two: "leader2"})
    assert group(world, two) == before[0] | before[1]
    assert group(world, one) == before[0]
    world.take(two, "edit_sheet", "member", goals="Wspólne cele.")
    part(world, one, "leader2")
    assert (group(world, one), group(world, two)) == before
    assert world.state(one) == "group_work"
    assert world.facts(two)["sheet"]["goals"] == "Wspólne cele."


def test_joint_project_knows_of_both_in_its_history(world: World) -> None:
    one = world.proposal_in("group_work")
    two = world.sibling(one)
    merge(world, one, two, {one: "leader", two: "leader2"})
    part(world, one, "leader")
    h = HistoryEntry
    with world.writing() as tx:
        steps = tx.execute(select(h.step, h.actor_id).where(h.subject_id == two.id, h.subject_kind == "proposal")
                           .order_by(h.id.desc()).limit(2)).all()  # fmt: skip
    assert [tuple(row) for row in steps] == [("let_go", None), ("take_in", None)]


def test_agreement_to_merge_is_used_up_by_separating(world: World) -> None:
    one = world.proposal_in("group_work")
    two = world.sibling(one)
    merge(world, one, two, {one: "leader", two: "leader2"})
    part(world, one, "leader")
    world.take(one, "agree_to_merge", "leader", target=two.id)
    with pytest.raises(NotReady):
        world.take(one, "merge_into", "staff", target=two.id)


def test_guest_who_leads_the_joint_project_stays_when_the_others_go(world: World) -> None:
    one = world.proposal_in("group_work")
    two = world.sibling(one)
    merge(world, one, two, {one: "leader", two: "leader2"})
    world.take(two, "name_leader", "leader2", person=world["member"].id)
    world.take(two, "accept_lead", "member")
    part(world, one, "leader")
    assert "member" in group(world, one)
    assert "member" in group(world, two)
    assert "leader" not in group(world, two)


def test_whoever_left_the_joint_project_is_still_in_the_own_group(world: World) -> None:
    one = world.proposal_in("group_work")
    two = world.sibling(one)
    merge(world, one, two, {one: "leader", two: "leader2"})
    world.take(two, "leave_group", "member")
    part(world, one, "leader")
    assert "member" in group(world, one)


def test_chain_comes_apart_from_its_end_only(world: World) -> None:
    one = world.proposal_in("group_work")
    two, three = world.sibling(one), third(world, one)
    leaders = {one: "leader", two: "leader2", three: "participant"}
    before = {ref: group(world, ref) for ref in (one, two, three)}
    merge(world, one, two, leaders)
    merge(world, two, three, leaders)
    assert group(world, three) == before[one] | before[two] | before[three]
    world.take(one, "ask_to_unmerge", "leader", reason="Różne cele.")
    with pytest.raises(NotReady) as told:
        world.take(one, "unmerge", "staff")
    assert [lack.code for lack in told.value.missing] == ["target_merged"]
    part(world, two, "leader2")
    world.take(one, "unmerge", "staff")
    assert {ref: group(world, ref) for ref in (one, two, three)} == before


def test_circle_is_refused(world: World) -> None:
    one = world.proposal_in("group_work")
    two, three = world.sibling(one), third(world, one)
    leaders = {one: "leader", two: "leader2", three: "participant"}
    merge(world, one, two, leaders)
    merge(world, two, three, leaders)
    for ref in (one, two, three):
        with pytest.raises(Refusal):
            world.take(three, "merge_into", "staff", target=ref.id)


@pytest.mark.slow
def test_of_two_mergers_into_each_other_at_once_one_happens(postgres_url: str) -> None:
    database = Database(postgres_url)
    world = World(database)
    for _turn in range(5):
        one = world.proposal_in("group_work")
        two = world.sibling(one)
        world.agree(one, two)
        told = at_once([take(world, one, "merge_into", "staff", answers={"target": two.id}),
                        take(world, two, "merge_into", "staff2", answers={"target": one.id})])  # fmt: skip
        assert sorted(isinstance(answer, Refusal) for answer in told) == [False, True], told
        assert sorted((world.state(one), world.state(two))) == ["group_work", "merged"]
    database.close()


@pytest.mark.slow
def test_many_who_merge_into_one_at_once_all_arrive(postgres_url: str) -> None:
    database = Database(postgres_url)
    world = World(database)
    one = world.proposal_in("group_work")
    two, three = world.sibling(one), third(world, one)
    for ref, leader in ((two, "leader2"), (three, "participant")):
        world.take(ref, "agree_to_merge", leader, target=one.id)
        world.take(one, "agree_to_merge", "leader", target=ref.id)
    everybody = group(world, one) | group(world, two) | group(world, three)
    told = at_once([take(world, ref, "merge_into", "staff", answers={"target": one.id}) for ref in (two, three)])
    assert not [answer for answer in told if isinstance(answer, Refusal)]
    assert group(world, one) == everybody
    database.close()


# --- nothing written is lost -----------------------------------------------------------------------------

LEADERS = ("leader", "leader2", "participant")
DEEDS = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 2), st.text("ąbc ", min_size=1, max_size=8).filter(str.strip)),
    st.tuples(st.just("add"), st.integers(0, 2), st.text("xyz", min_size=1, max_size=4)),
    st.tuples(st.just("merge"), st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from([("merge", one, two) for one in range(3) for two in range(3) if one != two]),
    st.tuples(st.just("part"), st.just(0), st.integers(0, 2)),
    st.tuples(st.just("comment"), st.integers(0, 2), st.text("ęłż", min_size=1, max_size=6)),
    st.tuples(st.just("version"), st.integers(0, 2), st.just(0)),
)


def deepcopy_of(kept: "Kept") -> "Kept":
    """The same expectations, to be changed by one example."""
    found = copy(kept)
    for name in ("goals", "own", "entries", "into", "versions", "said"):
        setattr(found, name, dict(getattr(kept, name)))
    return found


class Kept:
    """What three proposals must hold whatever happens, written down apart from them."""

    def __init__(self, world: World) -> None:
        self.world = world
        first = world.proposal_in("group_work")
        self.refs = (first, world.sibling(first), third(world, first))
        self.goals: dict[Ref, str | None] = dict.fromkeys(self.refs)
        self.own = {ref: group(world, ref) for ref in self.refs}
        self.entries = {ref: self.history(ref) for ref in self.refs}
        self.into: dict[Ref, Ref] = {}
        self.said: dict[Ref, tuple[str, ...]] = dict.fromkeys(self.refs, ())
        # The goals in each version that was kept, oldest first.
        self.versions: dict[Ref, tuple[str | None, ...]] = dict.fromkeys(self.refs, ())

    def do(self, deed: str, number: int, more: Any) -> None:
        ref, leader = self.refs[number], LEADERS[number]
        try:
            getattr(self, f"_{deed}")(ref, leader, more)
        except Refusal:
            return

    def _edit(self, ref: Ref, leader: str, words: str) -> None:
        self.world.take(ref, "edit_sheet", leader, goals=words)
        self.goals[ref] = words.strip()

    def _add(self, ref: Ref, leader: str, name: str) -> None:
        name = f"{name} z karty {len(self.own[ref])}"
        self.world.take(ref, "add_member", leader, name=name)
        # Whoever is added to a joint project belongs to it alone.
        self.own[ref] = self.own[ref] | {name.lower()}

    def _comment(self, ref: Ref, leader: str, words: str) -> None:
        with self.world.writing() as tx:
            add_comment(tx, ref, text=words, actor=self.world[leader], at=self.world.at)
        self.said[ref] = (*self.said[ref], words)

    def comments(self, ref: Ref) -> tuple[str, ...]:
        with self.world.writing() as tx:
            return tuple(
                tx.execute(select(Comment.text).where(Comment.proposal_id == ref.id).order_by(Comment.id)).scalars()
            )

    def _merge(self, ref: Ref, leader: str, other: int) -> None:
        target = self.refs[other]
        merge(self.world, ref, target, dict(zip(self.refs, LEADERS, strict=True)))
        self.into[ref] = target
        # What is merged keeps its text as a version too.
        self.versions[ref] = (*self.versions[ref], self.goals[ref])

    def _part(self, ref: Ref, _leader: str, turn: int) -> None:
        """One of those that are merged, where there is one."""
        if self.into:
            ref = list(self.into)[turn % len(self.into)]
        part(self.world, ref, LEADERS[self.refs.index(ref)])
        del self.into[ref]

    def _version(self, ref: Ref, leader: str, _more: int) -> None:
        self.world.take(ref, "keep_version", leader)
        self.versions[ref] = (*self.versions[ref], self.goals[ref])

    def text(self, ref: Ref) -> dict[str, Any]:
        with self.world.writing() as tx:
            found: dict[str, Any] = tx.execute(select(Proposal.sheet).where(Proposal.id == ref.id)).scalar_one()
            return found

    def kept_versions(self, ref: Ref) -> tuple[str | None, ...]:
        v = SheetVersion
        with self.world.writing() as tx:
            rows = tx.execute(select(v.content).where(v.proposal_id == ref.id).order_by(v.number)).scalars()
            return tuple(content["sheet"].get("goals") for content in rows)

    def everybody(self, ref: Ref) -> set[str]:
        """Who works on a proposal: its own people, and those of all that were merged into it."""
        guests = [self.everybody(one) for one, target in self.into.items() if target == ref]
        return self.own[ref].union(*guests)

    def history(self, ref: Ref) -> list[tuple[Any, ...]]:
        h, c = HistoryEntry, HistoryContent
        with self.world.writing() as tx:
            query = select(h.version, h.hash, h.step, c.data).outerjoin(c, c.history_id == h.id)
            rows = tx.execute(query.where(h.subject_kind == "proposal", h.subject_id == ref.id).order_by(h.version))
            return [(row.version, row.hash, row.step, str(row.data)) for row in rows]

    def check(self) -> None:
        for ref in self.refs:
            assert self.text(ref).get("goals") == self.goals[ref]
            assert group(self.world, ref) == self.everybody(ref)
            assert (self.world.state(ref) == "merged") == (ref in self.into)
            assert self.kept_versions(ref) == self.versions[ref]
            assert self.comments(ref) == self.said[ref]
            now = self.history(ref)
            assert now[: len(self.entries[ref])] == self.entries[ref]
            assert [entry[0] for entry in now] == list(range(1, len(now) + 1))
            self.entries[ref] = now


@pytest.fixture(scope="module")
def stage(sqlite_master: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Three proposals on one database; whatever is done to them is taken back after each example."""
    path = tmp_path_factory.mktemp("mergers") / "partnerstwo.sqlite3"
    path.write_bytes(sqlite_master)
    database = Database(f"sqlite:///{path}")
    yield Kept(World(database))
    database.close()


@contextmanager
def rolled_back(world: World) -> Iterator[None]:
    at = world.at
    with world.database.engine.connect() as tx:
        tx.info["writes"] = True
        transaction = tx.begin()
        try:
            with world.within(tx):
                yield
        finally:
            transaction.rollback()
            tx.info["writes"] = False
            world.at = at


@settings(max_examples=80)
@given(deeds=st.lists(DEEDS, max_size=16))
def test_no_order_of_edits_comments_versions_mergers_and_separations_loses_anything(
    stage: Kept, deeds: list[tuple[str, int, Any]]
) -> None:
    kept = deepcopy_of(stage)
    with rolled_back(kept.world):
        for deed in deeds:
            kept.do(*deed)
            if deed[0] in {"merge", "part"}:
                kept.check()
        kept.check()
