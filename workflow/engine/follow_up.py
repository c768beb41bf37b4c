"""Steps that the system takes of other subjects because of a move: as commands, for taking and for previewing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from workflow.base.calendar import days_between, warsaw_date
from workflow.engine import facts_reader
from workflow.engine.command import StepCommand
from workflow.engine.decision import open_steps
from workflow.engine.edition_totals import with_totals
from workflow.engine.move import Move
from workflow.engine.session_reader import with_decisions
from workflow.models import ChangeRequest, Decision, Milestone, Proposal
from workflow.rules.facts import SYSTEM, Facts, Ref
from workflow.rules.guards.plans import PLANNED_IN
from workflow.rules.later_decisions import Later
from workflow.rules.registry import scope_of_step
from workflow.rules.session import Outcome
from workflow.rules.states import ChangeState, MilestoneState, ProposalState
from workflow.rules.totals import NARROW

# Stored in the history, so in the language of the office.
SUSPENDED = "Edycja była wstrzymana."
SHIFT_TERM, SHIFT_REPORT, SHIFT_DECISION, MOVE_MILESTONE = "shift_term", "shift_report", "shift_decision", "move"
# States in which the term of a report is kept.
OWE_REPORTS = (ProposalState.IN_IMPLEMENTATION, ProposalState.SUSPENDED)
# A place that is not taken is offered to the next project that a resolution promotes.
GIVES_WAY = frozenset({"decline_place", "lapse_offer"})


def follow_up(tx: Connection, move: Move) -> Iterator[StepCommand]:
    """The commands in their order; reads what has a running term where an edition goes on, writes nothing."""
    if move.change.timers == "thaw":
        yield from _shift_terms(tx, move.facts, move.at)
    if move.step in GIVES_WAY:
        yield from _next_offer(tx, move)
    for ref, record, answers in move.change.follow:
        yield StepCommand(ref, record, actor=SYSTEM, at=move.at, answers=answers)


def _shift_terms(tx: Connection, edition: Facts, at: datetime) -> Iterator[StepCommand]:
    """Every running term moves by the days for which the edition was suspended, each with an entry of its own."""
    since = datetime.fromisoformat(edition.entry("suspension")["at"])
    days = days_between(since, at)
    answers = {"days": days, "reason": SUSPENDED}
    for ref in facts_reader.with_running_term(tx, edition.ref.id):
        yield StepCommand(ref, SHIFT_TERM, actor=SYSTEM, at=at, answers=answers)
    for ref in _reports_ahead(tx, edition.ref.id, since):
        yield StepCommand(ref, SHIFT_REPORT, actor=SYSTEM, at=at, answers=answers)
    for ref in _decisions_ahead(tx, edition.ref.id, since):
        yield StepCommand(ref, SHIFT_DECISION, actor=SYSTEM, at=at, answers=answers)
    for ref, due_at in _milestones_ahead(tx, edition.ref.id, since):
        moved = {"due_on": warsaw_date(due_at) + timedelta(days=days), "reason": SUSPENDED}
        yield StepCommand(ref, MOVE_MILESTONE, actor=SYSTEM, at=at, answers=moved)


def _reports_ahead(tx: Connection, edition_id: int, since: datetime) -> list[Ref]:
    """The projects of an edition whose next report was not overdue at a moment."""
    p = Proposal
    query = select(p.id).where(p.edition_id == edition_id, p.state.in_(OWE_REPORTS), p.report_due_at >= since)
    return [Ref("proposal", number) for number in tx.execute(query.order_by(p.id)).scalars()]


def _decisions_ahead(tx: Connection, edition_id: int, since: datetime) -> list[Ref]:
    """The open requests for a change whose decision was not overdue at a moment."""
    c = ChangeRequest
    is_open = c.edition_id == edition_id, c.state == ChangeState.REQUESTED, c.due_at >= since
    query = select(c.id).where(*is_open).order_by(c.id)
    return [Ref("change_request", number) for number in tx.execute(query).scalars()]


def _milestones_ahead(tx: Connection, edition_id: int, since: datetime) -> list[tuple[Ref, datetime]]:
    """The open milestones of an edition whose day had not passed at a moment; what was late before stays late."""
    m, p = Milestone, Proposal
    query = select(m.id, m.due_at).join(p, p.id == m.proposal_id).where(
        p.edition_id == edition_id, p.state.in_(PLANNED_IN | {ProposalState.SUSPENDED}),
        m.state == MilestoneState.PLANNED, m.due_at >= since,
    )  # fmt: skip
    return [(Ref("milestone", row.id), row.due_at) for row in tx.execute(query.order_by(m.proposal_id, m.number))]


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
