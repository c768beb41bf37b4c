"""What commands would do, decided and applied in order to a copy of the facts in memory; nothing is written.

The eighth command sees what the first seven took: states, columns, versions, places, money, positions. Texts of letters
are left to the notifications; who receives them is asked of a function that the caller gives.
"""

import hashlib
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from workflow.base.errors import NotFound, Refusal
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.engine.appeal_reader import with_electors
from workflow.engine.command import StepCommand
from workflow.engine.decision import decide
from workflow.engine.edition_totals import with_totals
from workflow.engine.follow_up import MOVE_MILESTONE, SHIFT_TERM, follow_up
from workflow.engine.history import canonical
from workflow.engine.membership import count_after
from workflow.engine.move import UNDO, Move, change_of, columns_of, move_of
from workflow.engine.particulars import with_particulars
from workflow.engine.references import with_references
from workflow.engine.session_reader import with_decisions
from workflow.engine.timers import DATES
from workflow.engine.totals_after import totals_after
from workflow.engine.undo import undoing
from workflow.rules.deadlines import Due, has_timers, plan
from workflow.rules.effects.base import plain
from workflow.rules.facts import SYSTEM, Actor, Attempt, Facts, Ref
from workflow.rules.registry import lifecycle_of, scope_of_step
from workflow.rules.states import FUNDED
from workflow.rules.topics import Notice
from workflow.rules.totals import NARROW, Scope, Totals

# Who receives each notice, in the same order; numbers of people.
Recipients = Callable[[Connection, Sequence[Notice]], Sequence[tuple[int, ...]]]


class PreviewedMove(Struct, frozen=True):
    """What one command would do: the move, whom its letter would reach, and the dates that would begin."""

    command: StepCommand
    source: str | None
    target: str
    version: int
    topic: str | None
    recipients: tuple[int, ...]
    deadlines: tuple[Due, ...]
    # What it would write into the case file.
    recorded: Mapping[str, Any]
    # People in the group afterwards; None of what has no group.
    member_count: int | None


class PreviewedRefusal(Struct, frozen=True):
    """A command that would be refused, and why."""

    command: StepCommand
    refusal: Refusal


class Preview(Struct, frozen=True):
    """What commands would do. `places` and `money` (grosze) are what the edition amounts to after them.

    Both are zero, since nothing is counted, where all that is previewed are undoings.
    """

    moves: tuple[PreviewedMove, ...]
    refusals: tuple[PreviewedRefusal, ...]
    places: int
    money: int
    # SHA-256 over what was seen of each command, by subject; and over all of them.
    parts: Mapping[Ref, str]
    digest: str

    @property
    def shifted_terms(self) -> int:
        """Running terms that move because an edition goes on."""
        goes_on = self.moves[:1] and self.moves[0].command.ref.kind == "edition"
        shifts = {SHIFT_TERM, MOVE_MILESTONE} if goes_on else {SHIFT_TERM}
        return sum(move.command.step in shifts and move.command.actor is SYSTEM for move in self.moves)

    @property
    def letters(self) -> Mapping[int, tuple[PreviewedMove, ...]]:
        """The letters by recipient: number of the person -> the moves that are told to them."""
        people = dict.fromkeys(person for move in self.moves for person in move.recipients)
        return {person: tuple(move for move in self.moves if person in move.recipients) for person in people}


class PreviewChanged(Refusal):
    """What was previewed is not what would happen any more; `changes` are the subjects that differ."""

    status = 409
    code = "preview_changed"

    def __init__(self, changes: Iterable[Ref] = ()) -> None:
        super().__init__(_("Something has changed since you looked. Look again and confirm anew."))
        self.changes = tuple(changes)


def preview(
    tx: Connection, commands: Sequence[StepCommand], *, recipients: Recipients, answered: bool = True,
    known: Facts | None = None,
) -> Preview:  # fmt: skip
    """What these commands would do one after the other; reads without any lock and writes nothing.

    A refused command changes nothing and the others go on. With `answered=False` somebody only looks at a form: guards
    that check answers are silent, and effects that need one are left out. Recipients are those of this moment. The
    digest covers versions, answers, moves, recipients and refusals, but not the time. The step `UNDO` is the undoing of
    the last entry that was written; after another command for the same subject it is refused as stale. `known` are the
    facts of a meeting, a vote or an agreement with what belongs to it, where they were read for the actor just now.
    """
    facts = _FactsInMemory(tx, commands, known)
    taken: list[tuple[StepCommand, Move, int | None]] = []
    refusals = []
    for command in commands:
        try:
            taken += facts.apply(command, answered=answered)
        except Refusal as refusal:
            refusals.append(PreviewedRefusal(command, refusal))
    telling = [move for _, move, _ in taken if move.topic]
    notices = [Notice(move.topic or "", move.facts.ref, move.actor.id, move.at, move.data or {}) for move in telling]
    receivers = iter(recipients(tx, notices) if notices else ())
    moves = tuple(
        _previewed(command, move, next(receivers) if move.topic else (), members) for command, move, members in taken
    )
    parts = _parts([*moves, *refusals])
    places, money = facts.sums()
    digest = hashlib.sha256(canonical([[str(ref), part] for ref, part in parts.items()]).encode()).hexdigest()
    return Preview(moves, tuple(refusals), places, money, parts, digest)


def _previewed(
    command: StepCommand, move: Move, recipients: tuple[int, ...], member_count: int | None
) -> PreviewedMove:
    return PreviewedMove(
        command, move.facts.state, move.target, move.facts.version, move.topic, recipients, _deadlines(move),
        move.change.recorded, member_count,
    )  # fmt: skip


def _deadlines(move: Move) -> tuple[Due, ...]:
    """What the clock would have to do after the move, where it enters a state with dates or moves one of them."""
    if (not move.enters and DATES.isdisjoint(move.change.columns)) or not has_timers(move.lifecycle, move.target):
        return ()
    dues = plan(move.lifecycle, facts_after(move), since=move.since or move.at)
    return tuple(sorted((due for due in dues if due.at > move.at), key=lambda due: due.at))


def _parts(outcomes: Sequence[PreviewedMove | PreviewedRefusal]) -> dict[Ref, str]:
    """A digest for each subject over what was seen of its commands."""
    by_ref: dict[Ref, list[Any]] = {}
    for outcome in outcomes:
        command = outcome.command
        asked = [command.step, plain(command.answers or {}), command.note]
        by_ref.setdefault(command.ref, []).append([*asked, *_covered(outcome)])
    return {ref: hashlib.sha256(canonical(rows).encode()).hexdigest() for ref, rows in by_ref.items()}


def _covered(outcome: PreviewedMove | PreviewedRefusal) -> list[Any]:
    if isinstance(outcome, PreviewedMove):
        return [outcome.version, outcome.target, outcome.topic, sorted(outcome.recipients)]
    return [outcome.refusal.code, [missing.code for missing in outcome.refusal.missing]]


def facts_after(move: Move, *, joined: int = 0) -> Facts:
    """The facts of a subject as they would be once the move was written, with so many more people in its group; pure.

    The hash of the new entry is unknown.
    """
    facts, columns = move.facts, columns_of(move)
    if joined:
        columns["member_count"] = facts["member_count"] + joined
    own = ChainMap(columns, facts.own)  # type: ignore[arg-type]
    return replace(
        facts, state=move.target, version=columns["version"], previous_state=move.previous_state,
        due_at=own["due_at"], recorded=own["recorded"], own=own,
        edition=own if facts.ref.kind == "edition" else facts.edition,
    )  # fmt: skip


class _FactsInMemory:
    """The facts that commands look at, read once, and changed by each command that may be taken."""

    def __init__(self, tx: Connection, commands: Sequence[StepCommand], known: Facts | None) -> None:
        self._tx = tx
        self._known = {known.ref: known} if known and (known.session or known.agreement) else {}
        # Facts as they are now, and what each actor may know and do of them.
        self._facts: dict[Ref, Facts] = {}
        self._rights: dict[tuple[Ref, int | None], Facts] = {}
        self._totals: dict[int, Totals] = {}
        # An undoing asks for nothing that counts.
        counting = any(command.step != UNDO for command in commands)
        self._scope = Scope(frozenset(FUNDED)) if counting else NARROW
        by_actor: dict[Actor, list[Ref]] = {}
        for command in commands:
            by_actor.setdefault(command.actor, []).append(command.ref)
            self._scope |= scope_of_step(command.ref.kind, command.step) or NARROW
        for actor, refs in by_actor.items():
            self._read(refs, actor)

    def _read(self, refs: Collection[Ref], actor: Actor) -> None:
        known = {ref: self._known[ref] for ref in refs if ref in self._known}
        wanted = [ref for ref in refs if ref not in known]
        read = facts_reader.read_facts(self._tx, wanted, actor=actor) if wanted else {}
        for ref, facts in {**with_electors(self._tx, with_decisions(self._tx, read)), **known}.items():
            # An edition may have moved in memory before anything in it was read.
            edition = self._facts.get(Ref("edition", facts.edition["id"]), facts)
            self._facts.setdefault(ref, replace(facts, edition=edition.edition))
            self._rights[ref, actor.id] = facts

    def of(self, ref: Ref, actor: Actor) -> Facts:
        """The facts of a subject as the commands before have left them, for an actor. Raises NotFound."""
        if (ref, actor.id) not in self._rights:
            self._read([ref], actor)
        if ref not in self._facts:
            raise NotFound
        own = self._rights[ref, actor.id]
        return replace(self._facts[ref], rights=own.rights, decision=own.decision, pending=own.pending,
                       appeal_decision=own.appeal_decision)  # fmt: skip

    def apply(self, command: StepCommand, *, answered: bool) -> list[tuple[StepCommand, Move, int | None]]:
        """Decide a command and go on with the facts that it leaves; what the system does because of it comes after it.

        Each with the number of people in its group afterwards. Raises a Refusal.
        """
        move = self._move_of(command, answered=answered)
        after = self._keep(move)
        taken = [(command, move, after["member_count"] if command.ref.kind == "proposal" else None)]
        following = list(follow_up(self._tx, move))
        self._read([one.ref for one in following if (one.ref, SYSTEM.id) not in self._rights], SYSTEM)
        for one in following:
            taken += self.apply(one, answered=True)
        return taken

    def _move_of(self, command: StepCommand, *, answered: bool) -> Move:
        attempt = command.attempt() if answered else Attempt(command.at)
        facts = self._with_totals(self.of(command.ref, command.actor))
        if command.step == UNDO:
            return undoing(self._tx, facts, actor=command.actor, at=command.at, version=command.version)
        facts = with_references(self._tx, facts, attempt.data or {})
        if command.ref not in self._known:
            facts = with_particulars(self._tx, facts, attempt.data or {}, at=None)
        decision = decide(lifecycle_of(facts), facts, command.step, attempt, version=command.version)
        change = change_of(facts, decision, command.actor, lenient=not answered)
        return move_of(facts, decision, command.actor, change=change)

    def _with_totals(self, facts: Facts) -> Facts:
        edition_id = facts.edition["id"]
        if edition_id not in self._totals:
            read = with_totals(self._tx, {facts.ref: facts}, self._scope)[facts.ref].totals
            self._totals[edition_id] = read or Totals()
        return replace(facts, totals=self._totals[edition_id])

    def _keep(self, move: Move) -> Facts:
        before, after = move.facts, facts_after(move, joined=self._joined(move))
        edition_id = before.edition["id"]
        self._facts[before.ref] = after
        self._totals[edition_id] = totals_after(self._totals[edition_id], before, after)
        if before.ref.kind == "edition":
            here = [ref for ref, facts in self._facts.items() if facts.edition["id"] == edition_id]
            self._facts |= {ref: replace(self._facts[ref], edition=after.own) for ref in here}
        return after

    def _joined(self, move: Move) -> int:
        """How many more people the group of a proposal has after a move, held against the group as it is written."""
        join, leave, proposal = move.change.join, move.change.leave, move.facts.ref.id
        if not (join or leave):
            return 0
        written = count_after(self._tx, proposal, join=(), leave=())
        return count_after(self._tx, proposal, join=join, leave=leave) - written

    def sums(self) -> tuple[int, int]:
        """Places and money of the editions after all commands."""
        editions = self._totals.values() if self._scope.states else ()
        return sum(totals.funded for totals in editions), sum(totals.funded_cost for totals in editions)
