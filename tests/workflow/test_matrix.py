"""Every state, every step and record, every kind of person: it moves, or it is refused for exactly the right reason."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from tests.workflow.matrix import (
    ACTORS,
    ANSWERS,
    CASES,
    HELD_BACK,
    NEVER_READY,
    PREPARATIONS,
    PUBLIC,
    Case,
    Ready,
    Row,
    holders,
    raw_rows,
)
from tests.world import World
from workflow import machine
from workflow.database import Database
from workflow.errors import NoSuchStep, NotAllowed, NotFound, NotReady, Refusal
from workflow.models import HistoryEntry, OutboxRow, Proposal
from workflow.times import warsaw_date

ROWS = raw_rows("local_partnership")
NAMES = tuple(dict.fromkeys(row.name for row in ROWS))
DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


class Stage:
    """One proposal in one case, in a transaction that is rolled back at the end."""

    def __init__(self, world: World, tx: Connection, case: Case) -> None:
        self.world, self.tx, self.case = world, tx, case
        self.ref = world.proposal_in(case.state, came_from=case.came_from, places_number=3)
        self.at = world.at
        # The last refusal, for the message of an assertion.
        self.refusal: Refusal | None = None

    def row(self, name: str) -> Row | None:
        """The row that fits this case, by the raw table."""
        for row in ROWS:
            fits = not row.came_from or self.case.came_from in row.came_from
            if row.name == name and self.case.state in row.sources and fits:
                return row
        return None

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is written within is taken back."""
        point, phases = self.tx.begin_nested(), dict(self.world.phases)
        try:
            yield
        finally:
            self.world.phases = phases
            if point.is_active:
                point.rollback()
            self.world.at = self.at

    def attempt(self, name: str, who: str, ready: Ready, *, on_paper: bool = False) -> str:
        """What happens: `moves`, or the name of the refusal."""
        at = self.world.at + timedelta(minutes=1)
        paper_on = warsaw_date(at) if on_paper else None
        try:
            moved = machine.take(
                self.tx, self.ref, name, actor=self.world[who], at=at, data=ready.data, paper_on=paper_on
            )
        except Refusal as refusal:
            self.refusal = refusal
            return type(refusal).__name__
        self.check(moved)
        return "moves"

    def check(self, moved: machine.Moved) -> None:
        """The state that the row names, one entry of history, one row of the outbox or none, all of them the same."""
        row = self.row(moved.step)
        assert row is not None
        entry = self.tx.execute(
            select(HistoryEntry).where(HistoryEntry.subject_kind == "proposal", HistoryEntry.subject_id == self.ref.id)
            .order_by(HistoryEntry.version.desc()).limit(1)
        ).one()  # fmt: skip
        state, version = self.tx.execute(
            select(Proposal.state, Proposal.version).where(Proposal.id == self.ref.id)
        ).one()
        target = row.target or self.case.state
        assert (entry.row, entry.from_state, entry.to_state) == (row.id, self.case.state, target)
        assert (state, version, entry.version, moved.target) == (target, moved.version, moved.version, target)
        topics = self.tx.execute(select(OutboxRow.topic).where(OutboxRow.history_id == entry.id)).scalars().all()
        assert topics == ([row.tells] if row.tells else [])

    def entries(self) -> int:
        """How long the record is."""
        return int(self.tx.execute(select(func.count()).select_from(HistoryEntry)).scalar_one())


def expected(stage: Stage, name: str, who: str, ready: Ready) -> str:
    """By the raw table alone: not there for a stranger, not for this person, not in this state, or it moves."""
    if who == "visitor" and stage.case.state not in PUBLIC:
        return NotFound.__name__
    meant = holders(stage.case, ready.meant)
    ever = {person for row in ROWS if row.name == name for word in row.who for person in meant[word]}
    if who not in ever:
        return NotAllowed.__name__
    row = stage.row(name)
    if row is None:
        # In this state there may be a row of this name that wants another past.
        other_past = any(one.name == name and stage.case.state in one.sources for one in ROWS)
        return NotReady.__name__ if other_past else NoSuchStep.__name__
    if not any(who in meant[word] for word in row.who):
        return NotAllowed.__name__
    return NotReady.__name__ if (stage.case.state, name) in NEVER_READY else "moves"


@pytest.fixture(params=DATABASES)
def opened(request: pytest.FixtureRequest) -> Iterator[Database]:
    database = Database(request.getfixturevalue(f"{'postgres' if request.param == 'postgresql' else 'sqlite'}_url"))
    yield database
    database.close()


@contextmanager
def staged(database: Database, case: Case) -> Iterator[Stage]:
    world = World(database)
    with database.engine.connect() as tx:
        tx.info["writes"] = True
        transaction = tx.begin()
        with world.within(tx):
            yield Stage(world, tx, case)
        transaction.rollback()
        tx.info["writes"] = False


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_step_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(opened, case) as stage:
        for name in NAMES:
            if stage.row(name) is None:
                refuse_everybody(stage, name)
                continue
            with stage.undone():
                ready = PREPARATIONS[name](stage.world, stage.ref) if name in PREPARATIONS else Ready()
                for who in ACTORS:
                    try_it(stage, name, who, ready)


def refuse_everybody(stage: Stage, name: str) -> None:
    before, ready = stage.entries(), Ready(ANSWERS.get(name, {}))
    for who in ACTORS:
        assert stage.attempt(name, who, ready) == expected(stage, name, who, ready), (name, who, str(stage.refusal))
    assert stage.entries() == before


def try_it(stage: Stage, name: str, who: str, ready: Ready) -> None:
    before, foreseen = stage.entries(), expected(stage, name, who, ready)
    at = stage.world.at
    with stage.undone() if foreseen == "moves" else nullcontext():
        assert stage.attempt(name, who, ready) == foreseen, (name, who, str(stage.refusal))
        assert stage.entries() == before + (foreseen == "moves")
    stage.world.at = at


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_waits_for_what_its_guards_ask(opened: Database, case: Case) -> None:
    with staged(opened, case) as stage:
        for name in HELD_BACK & {row.name for row in ROWS if case.state in row.sources}:
            row = stage.row(name)
            if row is None:
                continue
            with stage.undone():
                ready = PREPARATIONS[name](stage.world, stage.ref)
            before = stage.entries()
            meant = holders(case, ready.meant)
            for who in {person for word in row.who for person in meant[word]}:
                assert stage.attempt(name, who, ready) == NotReady.__name__, (name, who)
            assert stage.entries() == before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_office_enters_a_leaders_paper_where_the_table_takes_paper(opened: Database, case: Case) -> None:
    with staged(opened, case) as stage:
        for name in {row.name for row in ROWS if row.paper}:
            row = stage.row(name)
            foreseen = "moves" if row else NoSuchStep.__name__
            with stage.undone():
                ready = PREPARATIONS[name](stage.world, stage.ref) if row and name in PREPARATIONS else Ready()
                told = stage.attempt(name, "staff", ready, on_paper=True)
                # Ideas are recorded by the office itself, so it may ever take that step.
                ever = any("staff" in one.who for one in ROWS if one.name == name)
                assert told == foreseen or (row is None and not ever and told == NotAllowed.__name__), (name, told)
