"""One subject in one state, in a transaction that is rolled back: every step is tried on it by every kind of person."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, String, bindparam, func, select

from tests.workflow.engine.matrix import ACTORS, Case, Meant, Preparation, Ready, Row
from tests.workflow.engine.previewed import assert_foretold
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NoSuchStep, NotAllowed, NotFound, NotReady, Refusal
from workflow.db.database import Database
from workflow.db.statements import Query
from workflow.engine import facts_reader, machine
from workflow.engine.command import StepCommand
from workflow.engine.preview import Preview
from workflow.models import HistoryEntry, OutboxRow
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.facts import Ref

# Some of these are asked after each attempt.
_H = HistoryEntry
_MINE = _H.subject_kind == bindparam("kind", None, String), _H.subject_id == bindparam("id", None, BigInteger)
LENGTH = Query(select(func.count()).select_from(_H).where(*_MINE))
NEWEST = Query(
    select(_H.id, _H.row, _H.from_state, _H.to_state, _H.version).where(*_MINE).order_by(_H.version.desc()).limit(1)
)
TOPICS = Query(select(OutboxRow.topic).where(OutboxRow.history_id == bindparam("entry", None, BigInteger)))


@cache
def subject_of(model: Any) -> Query:
    """State and version of a subject of this kind."""
    return Query(select(model.state, model.version).where(model.id == bindparam("id", None, BigInteger)))


@dataclass(frozen=True)
class Play:
    """What is known of one raw table: its rows, whom their words mean, what each step needs."""

    rows: tuple[Row, ...]
    holders: Callable[[Case, Meant], Mapping[str, frozenset[str]]]
    is_public: Callable[[Case], bool]
    preparations: Mapping[str, Preparation]
    enter: Callable[[World, Case], Ref]
    cases: tuple[Case, ...]
    never_ready: Collection[tuple[str, str]] = ()
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # For whom the subject does not exist, where it is not public.
    strangers: Callable[[Case], Collection[str]] = lambda _case: ("visitor",)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.name for row in self.rows))

    def row(self, name: str, case: Case) -> Row | None:
        """The row of a step that fits a case."""
        for row in self.rows:
            if (
                row.name == name
                and case.state in row.sources
                and (not row.came_from or case.came_from in row.came_from)
            ):
                return row
        return None

    def first_moves(self) -> Mapping[Case, tuple[str, ...]]:
        """The steps by the first case in which they may be taken: each row of the table once."""
        first: dict[str, tuple[Case, str]] = {}
        for case in self.cases:
            for name in self.names:
                row = self.row(name, case)
                if row and (case.state, name) not in self.never_ready:
                    first.setdefault(row.id, (case, name))
        never = [row.id for row in self.rows if row.sources and row.id not in first]
        assert not never, f"never taken: {never}"
        return {case: tuple(name for at, name in first.values() if at == case) for case, _name in first.values()}


class Stage:
    """The subject, the clock and the transaction."""

    def __init__(self, play: Play, world: World, tx: Connection, case: Case, ref: Ref) -> None:
        self.play, self.world, self.tx, self.case, self.ref = play, world, tx, case, ref
        self.at = world.at
        # The last refusal, for the message of an assertion.
        self.refusal: Refusal | None = None
        self.here = {"kind": ref.kind, "id": ref.id}

    def row(self, name: str) -> Row | None:
        """The row that fits this case, by the raw table."""
        return self.play.row(name, self.case)

    def ready(self, name: str) -> Ready:
        """Prepare the subject for a step."""
        prepare = self.play.preparations.get(name)
        return prepare(self.world, self.ref) if prepare else Ready()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is written within is taken back."""
        point, phases = self.tx.begin_nested(), dict(self.world.phases)
        try:
            yield
        finally:
            self.world.phases = phases
            self.world.at = self.at
            if point.is_active:
                point.rollback()

    def attempt(self, name: str, who: str, ready: Ready, *, on_paper: bool = False) -> str:
        """What happens: `moves`, or the name of the refusal."""
        at = self.world.at + timedelta(minutes=1)
        paper_on = warsaw_date(at) if on_paper else None
        try:
            moved = machine.take(
                self.tx,
                StepCommand(self.ref, name, actor=self.world[who], at=at, answers=ready.data, paper_on=paper_on),
            )
        except Refusal as refusal:
            self.refusal = refusal
            return type(refusal).__name__
        self.check(moved)
        return "moves"

    def preview(self, name: str, who: str, ready: Ready) -> Preview:
        """What the attempt would do, asked before it is made."""
        at = self.world.at + timedelta(minutes=1)
        command = StepCommand(self.ref, name, actor=self.world[who], at=at, answers=ready.data)
        return machine.preview(self.tx, [command], recipients=recipients_of)

    def check(self, moved: machine.Moved) -> None:
        """The state that the row names, one entry of history, one row of the outbox or none, all of them the same."""
        row, model = self.row(moved.step), facts_reader.KINDS[self.ref.kind]
        assert row is not None
        entry = NEWEST.first(self.tx, self.here)
        state, version = subject_of(model).first(self.tx, self.here)
        target = {None: self.case.state, "@previous": self.case.came_from}.get(row.target, row.target)
        assert (entry.row, entry.from_state, entry.to_state) == (row.id, self.case.state, target)
        assert (state, version, entry.version, moved.target) == (target, moved.version, moved.version, target)
        topics = [topic for (topic,) in TOPICS.all(self.tx, {"entry": entry.id})]
        assert topics == ([row.tells] if row.tells else [])

    def entries(self) -> int:
        """How long the record of the subject is."""
        return int(LENGTH.first(self.tx, self.here)[0])

    # --- what has to happen ------------------------------------------------------------------------------

    def expected(self, name: str, who: str, ready: Ready) -> str:
        """By the raw table alone: not there for a stranger, not for this person, not in this state, or it moves."""
        if who in self.play.strangers(self.case) and not self.play.is_public(self.case):
            return NotFound.__name__
        meant = self.play.holders(self.case, ready.meant)
        rows = [row for row in self.play.rows if row.name == name]
        if not any(who in meant[word] for row in rows for word in row.who):
            return NotAllowed.__name__
        row = self.row(name)
        if row is None:
            # In this state there may be a row of this name that wants another past.
            return (NotReady if any(self.case.state in one.sources for one in rows) else NoSuchStep).__name__
        if not any(who in meant[word] for word in row.who):
            return NotAllowed.__name__
        waits = (self.case.state, name) in self.play.never_ready or who in ready.waits
        return NotReady.__name__ if waits else "moves"

    def try_everything(self) -> None:
        """Every step and record of the table, by everybody."""
        for name in self.play.names:
            if self.row(name) is None:
                self._try(name, Ready(dict(self.play.answers.get(name, {}))), ACTORS)
                continue
            with self.undone():
                self._try(name, self.ready(name), ACTORS)

    def try_steps(self, names: Collection[str]) -> None:
        """These steps alone, by one person for each outcome."""
        for name in names:
            with self.undone():
                ready = self.ready(name)
                self._try(name, ready, {self.expected(name, who, ready): who for who in ACTORS}.values())

    def _try(self, name: str, ready: Ready, people: Collection[str]) -> None:
        before, at = self.entries(), self.world.at
        foreseen = {who: self.expected(name, who, ready) for who in people}
        # One person for each outcome, where the step exists.
        previewed = {told: who for who, told in foreseen.items()}.values() if self.row(name) else ()
        for who in people:
            moves = foreseen[who] == "moves"
            with self.undone() if moves else nullcontext():
                foretold = self.preview(name, who, ready) if who in previewed else None
                assert self.attempt(name, who, ready) == foreseen[who], (name, who, str(self.refusal))
                assert not moves or self.entries() == before + 1
                if foretold:
                    assert_foretold(self.tx, foretold, before, self.refusal)
            self.world.at = at
        # Whoever was refused has written nothing.
        assert self.entries() == before


@contextmanager
def staged(play: Play, database: Database, case: Case) -> Iterator[Stage]:
    """A world of its own with one subject in a case; nothing that is done to it is kept."""
    world = World(database)
    ref = play.enter(world, case)
    with database.engine.connect() as tx:
        tx.info["writes"] = True
        transaction = tx.begin()
        with world.within(tx):
            yield Stage(play, world, tx, case, ref)
        transaction.rollback()
        tx.info["writes"] = False
