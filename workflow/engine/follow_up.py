"""Steps that the system takes of other subjects because of a move: as commands, for taking and for previewing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from workflow.base.calendar import days_between
from workflow.engine import facts_reader
from workflow.engine.command import StepCommand
from workflow.engine.decision import open_steps
from workflow.engine.edition_totals import with_totals
from workflow.engine.move import Move
from workflow.engine.session_reader import with_decisions
from workflow.models import Decision, Proposal
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.later_decisions import Later
from workflow.rules.registry import scope_of_step
from workflow.rules.session import Outcome
from workflow.rules.states import ProposalState
from workflow.rules.totals import NARROW

# Stored in the history, so in the language of the office.
SUSPENDED = "Edycja była wstrzymana."
SHIFT_TERM = "shift_term"
# A place that is not taken is offered to the next project that a resolution promotes.
GIVES_WAY = frozenset({"decline_place", "lapse_offer"})


def follow_up(tx: Connection, move: Move) -> Iterator[StepCommand]:
    """The commands in their order; reads the proposals with a running term where an edition goes on, writes nothing."""
    if move.change.timers == "thaw":
        yield from _shift_terms(tx, move.facts, move.at)
    if move.step in GIVES_WAY:
        yield from _next_offer(tx, move)
    for ref, record, answers in move.change.follow:
        yield StepCommand(ref, record, actor=SYSTEM, at=move.at, answers=answers)


def _shift_terms(tx: Connection, edition: Facts, at: datetime) -> Iterator[StepCommand]:
    """Every running term moves by the days for which the edition was suspended, each with an entry of its own."""
    since = datetime.fromisoformat(edition.entry("suspension")["at"])
    answers = {"days": days_between(since, at), "reason": SUSPENDED}
    for ref in facts_reader.with_running_term(tx, edition.ref.id):
        yield StepCommand(ref, SHIFT_TERM, actor=SYSTEM, at=at, answers=answers)


def _next_offer(tx: Connection, move: Move) -> Iterator[StepCommand]:
    """The offer to the first project of the reserve list that a resolution promotes and that can have the place."""
    p, d = Proposal, Decision
    promoted = select(p.id).join(d, d.proposal_id == p.id).where(
        p.edition_id == move.facts.edition["id"], p.id != move.facts.ref.id, p.state == ProposalState.RESERVE,
        p.due_at.is_(None), d.pending.is_(True), d.outcome == Outcome.SELECT,
    )  # fmt: skip
    refs = [Ref("proposal", number) for number in tx.execute(promoted.order_by(p.reserve_position)).scalars()]
    facts = with_decisions(tx, facts_reader.read_facts(tx, refs, actor=SYSTEM))
    for of in with_totals(tx, facts, scope_of_step("proposal", Later.OFFER) or NARROW).values():
        if any(step.allowed for step in open_steps(of, at=move.at, names={Later.OFFER})):
            yield StepCommand(of.ref, Later.OFFER, actor=SYSTEM, at=move.at)
            return
