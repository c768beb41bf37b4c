"""What is expected next of a subject, and of whom; pure, from its facts and its open steps."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import cast

from msgspec import Struct

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.engine.machine import OpenStep
from workflow.lifecycle.definition import Lifecycle, Step
from workflow.rules.choices import FORMAL_CHECKS
from workflow.rules.facts import Facts
from workflow.rules.guards import scope_of
from workflow.rules.guards.sheet import missing_sections
from workflow.rules.guards.verification import answered_points
from workflow.rules.later_decisions import CARRIED_OUT_BY, Later
from workflow.rules.permissions import RULES, named_leader
from workflow.rules.plan import ProjectPlan
from workflow.rules.progress_reports import expected_report, final_report, report_to_check, returned_report
from workflow.rules.registry import lifecycle_of
from workflow.rules.roles import Role
from workflow.rules.states import (
    BEFORE_SUBMISSION,
    OVER,
    AgreementState,
    ConferenceState,
    EditionState,
    ProposalState,
    ReportState,
)
from workflow.rules.totals import Scope
from workflow.rules.verdicts import Verdict

Wanted = Callable[[Facts], bool]

# What moves a proposal on from each state, in the order in which people do it. Where somebody judges, the verdict
# stands for all its rows: none of them is expected before the others.
PROPOSAL: Mapping[str, tuple[str, ...]] = {
    ProposalState.IDEA: ("accept_lead", "edit_sheet", "add_member", "form_group"),
    ProposalState.GROUP_WORK: ("accept_lead", "edit_sheet", "submit"),
    ProposalState.SUBMITTED: ("accept_lead", "checklist", "merit_opinion", Verdict.ADMISSION),
    ProposalState.RETURNED: ("accept_lead", "resubmit", "edit_sheet"),
    ProposalState.ADMITTED: ("accept_lead", Verdict.CHANGES, "present"),
    ProposalState.PRESENTED: ("accept_lead", Verdict.SELECTION),
    ProposalState.RESERVE: (Verdict.OFFER, "annul_decision", "offer_place"),
    ProposalState.NOT_SELECTED: ("annul_decision",),
    ProposalState.APPEALED: (Verdict.APPEAL,),
    ProposalState.SELECTED: (
        "annul_decision", Verdict.CANCELLATION, "accept_coordination", "name_coordinator", "accept_plan",
        "start_implementation",
    ),
    ProposalState.IN_IMPLEMENTATION: (
        Verdict.CANCELLATION, "accept_coordination", Verdict.REPORT, Verdict.FINAL_REPORT, "mend_report",
        "final_report", "report_progress", "complete",
    ),
    ProposalState.SUSPENDED: (Verdict.CANCELLATION, "accept_coordination", "resume"),
    ProposalState.COMPLETED: (Verdict.SETTLEMENT, "settle"),
    ProposalState.CANCELLED: ("check_reserve",),
    ProposalState.WITHDRAWN: (Verdict.REINSTATEMENT, "acknowledge_withdrawal"),
    ProposalState.MERGED: (Verdict.SEPARATION,),
}  # fmt: skip
EDITION = (
    "set_rules", "set_calendar", "open_registration", "publish_statements", "announce",
    "open_conferences", "open_summary", "open_selection", "sign_minutes", "publish_ranking", "announce_results",
    "reopen_selection", "close_appeals", "conclude_agreement", "start_closing", "publish_final_report",
    "hand_over_file", "close", "resume",
)  # fmt: skip
CONFERENCE = ("open", "hold", "generate_report", "approve_minutes")
AGREEMENT = ("open_for_signature", "count_signatures", "conclude")
CHANGE = (Verdict.CHANGE,)


# What says that a body has not voted about it yet.
VOTED = frozenset({"no_appeal_resolution"})
# Why a choice is not open to this person and never will be, whatever else happens.
PERSONAL = frozenset({"took_part", "in_the_group", "is_coordinator"})


class Expectation(Struct, frozen=True):
    """The next thing to be done: by the reader, or by the people that `who` names."""

    step: Step
    mine: bool
    # What still stands in the way of it; empty when it can be done now.
    open: OpenStep
    until: datetime | None
    # Where somebody judges: everything that can be decided, in the order of the table.
    choices: tuple[OpenStep, ...] = ()

    @property
    def who(self) -> tuple[str, ...]:
        """The permissions whose turn it is."""
        return self.step.who

    @property
    def allowed(self) -> bool:
        """Whether it is the reader's turn: a choice can be taken now, or waits for the vote of a body alone."""
        return self.mine and any(choice.allowed or _to_be_voted(choice) for choice in self.choices or (self.open,))


def expectation(facts: Facts, steps: Sequence[OpenStep]) -> Expectation | None:
    """The reader's own next thing if there is one, else what is expected of others; None where nothing is.

    What the office may enter for somebody who came with a paper is not expected of the office.
    """
    if facts.edition.get("state") in OVER:
        return None
    by_name = {step.step.name: step for step in steps}
    waiting = [by_name[name] for name in awaited(facts) if name in by_name]
    own = [step for step in waiting if step.permitted and _is_own(step.step, facts)]
    chosen = next((step for step in own if step.allowed), None) or next(iter([*own, *waiting]), None)
    if chosen is None:
        return None
    verdict = chosen.step.verdict
    choices = tuple(step for step in waiting if verdict and step.step.verdict == verdict and _fits(step.step, facts))
    mine_to_do = chosen in own and not _judged_by_another(facts, choices)
    # The date of a project is that of its next report; looking at one that was handed in has none.
    term = None if verdict in (Verdict.REPORT, Verdict.FINAL_REPORT) else until(facts)
    return Expectation(chosen.step, mine_to_do, chosen, term, choices)


def _to_be_voted(step: OpenStep) -> bool:
    """Whether nothing stands in the way but that a body, in which the reader sits, has not voted yet."""
    return step.permitted and {unmet.code for unmet in step.missing} == VOTED


def _fits(row: Step, facts: Facts) -> bool:
    """Whether the row goes with what went before, as not every answer to an appeal does."""
    return not row.came_from or facts.previous_state in row.came_from


def _judged_by_another(facts: Facts, choices: Sequence[OpenStep]) -> bool:
    """Whether somebody else of the same role has to judge: the reader took part, or drafted what is to be confirmed."""
    if not choices:
        return False
    drafted = facts.entry("draft_refusal").get("by")
    if choices[0].step.verdict == Verdict.ADMISSION and drafted is not None and drafted == facts.rights.id:
        return True
    return all(PERSONAL.intersection(unmet.code for unmet in choice.missing) for choice in choices)


@cache
def expected(lifecycle: Lifecycle, state: str | None) -> tuple[str, ...]:
    """Names of the steps and records of a table that move a subject on from a state, in order."""
    orders = {
        "proposal": PROPOSAL.get(state or "", ()), "edition": EDITION, "conference": CONFERENCE, "agreement": AGREEMENT,
        "change_request": CHANGE, "milestone": ("finish",),
    }  # fmt: skip
    from_here = lifecycle.steps_from(state)
    wanted = orders.get(lifecycle.kind, ())
    return tuple(dict.fromkeys(row.name for name in wanted for row in from_here if name in (row.name, row.verdict)))


def awaited(facts: Facts) -> list[str]:
    """Those of the expected steps that are still to be done; what was recorded already is not asked for again."""
    lifecycle = lifecycle_of(facts)
    names = expected(lifecycle, facts.state)
    return [name for name in names if _is_wanted(name, _verdict_of(lifecycle, name), facts)]


@cache
def _verdict_of(lifecycle: Lifecycle, name: str) -> str:
    return lifecycle.rows_named(name)[0].verdict


def _is_wanted(name: str, verdict: str, facts: Facts) -> bool:
    wanted = JUDGED.get(Verdict(verdict)) if verdict else WANTED.get(name)
    return wanted is None or wanted(facts)


def scope_of_awaited(facts: Facts) -> Scope:
    """How much of the edition the guards look at of the awaited steps that the actor may take; pure."""
    names = awaited(facts)
    rows = (row for row in lifecycle_of(facts).steps_from(facts.state) if row.name in names)
    return scope_of(guard for row in rows if _is_for(row, facts) for guard in row.guards)


def _is_own(row: Step, facts: Facts) -> bool:
    """Whether the actor takes such steps, not only enters them from paper."""
    return any(RULES[name](facts) for name in row.who)


def _is_for(row: Step, facts: Facts) -> bool:
    """Whether the actor takes such steps, or enters them from paper."""
    return _is_own(row, facts) or (row.paper and Role.STAFF in facts.rights.roles)


def _not_yet(name: str) -> Wanted:
    return lambda facts: not facts.entry(name)


def _of_plan(question: Callable[[ProjectPlan], object]) -> Wanted:
    """A question about the plan of a project; no where it has none."""
    return lambda facts: facts.plan is not None and bool(question(facts.plan))


def _final(*states: ReportState) -> Wanted:
    """Whether the final report is in one of these states."""
    return _of_plan(lambda plan: (report := final_report(plan)) is not None and report.state in states)


def _sheet_lacks(facts: Facts) -> bool:
    if facts.state == ProposalState.IDEA:
        return not facts["sector"]
    return facts.state == ProposalState.GROUP_WORK and bool(missing_sections(facts))


def _waits_to(row: Later) -> Wanted:
    return lambda facts: CARRIED_OUT_BY.get((facts.pending or {}).get("outcome", "")) == row


# When a choice is expected; apart from the steps, since one of them may have the name of a verdict.
JUDGED: Mapping[Verdict, Wanted] = {
    Verdict.CHANGES: lambda facts: bool(facts.entry("ask_for_changes")),
    Verdict.REPORT: _of_plan(report_to_check),
    Verdict.FINAL_REPORT: _final(ReportState.HANDED_IN),
    Verdict.SETTLEMENT: _not_yet("accept_settlement"),
    Verdict.REINSTATEMENT: lambda facts: bool(facts.entry("ask_to_reinstate")),
    Verdict.SEPARATION: lambda facts: bool(facts.entry("ask_to_unmerge")),
    Verdict.OFFER: lambda facts: facts.due_at is not None,
    Verdict.CANCELLATION: lambda facts: _waits_to(Later.CANCEL)(facts),
}
WANTED: Mapping[str, Wanted] = {
    "accept_lead": lambda facts: named_leader(facts) or (facts["leader_id"] and not facts["leader_accepted_at"]),
    "accept_coordination": lambda f: f["coordinator_id"] is not None and f["coordinator_accepted_at"] is None,
    "edit_sheet": _sheet_lacks,
    "add_member": lambda facts: facts["member_count"] < facts.edition["minimum_members"],
    "checklist": lambda facts: not facts.entry("formal_check") and bool(FORMAL_CHECKS.keys() - answered_points(facts)),
    "merit_opinion": _not_yet("merit_opinion"),
    "generate_report": lambda facts: not (facts.report and facts.report.is_current),
    "name_coordinator": lambda facts: facts["coordinator_id"] is None,
    "accept_plan": lambda facts: facts["plan_accepted_at"] is None,
    "check_reserve": lambda facts: facts.due_at is not None,
    "mend_report": _of_plan(returned_report),
    "final_report": _final(ReportState.RETURNED),
    "report_progress": _of_plan(expected_report),
    "complete": _final(ReportState.ACCEPTED),
    "acknowledge_withdrawal": lambda f: not f.entry("acknowledge_withdrawal") and f.due_at is not None,
    # What an adopted resolution says is carried out; whoever may not know it has nothing to do about it.
    "offer_place": lambda facts: facts.due_at is None and _waits_to(Later.OFFER)(facts),
    "annul_decision": lambda facts: _waits_to(Later.ANNUL)(facts),
    "set_rules": lambda facts: facts.state == EditionState.DRAFT and not facts["rules_version"],
    "set_calendar": lambda facts: facts["submission_deadline"] is None,
    "open_registration": lambda facts: not facts["registration_open"],
    "publish_statements": _not_yet("publish_statements"),
    "sign_minutes": _not_yet("sign_minutes"),
    "publish_ranking": _not_yet("publish_ranking"),
    "publish_final_report": _not_yet("publish_final_report"),
    "hand_over_file": _not_yet("hand_over_file"),
    "reopen_selection": lambda facts: facts.totals is None or facts.totals.of(ProposalState.PRESENTED) > 0,
    "count_signatures": lambda facts: facts.state == AgreementState.OPEN and not facts["partners"],
}


# The column of an edition that holds the date that a state of it, or of its proposals, runs to.
EDITION_DATES: Mapping[str, str] = {
    EditionState.ANNOUNCED: "submission_deadline",
    EditionState.CONFERENCES: "submission_deadline",
    EditionState.SUMMARY: "summary_on",
    EditionState.APPEALS: "appeals_until",
    EditionState.IMPLEMENTATION: "implementation_until",
}
PROPOSAL_DATES: Mapping[str, str] = {
    ProposalState.RESERVE: "reserve_valid_until",
    ProposalState.IN_IMPLEMENTATION: "implementation_until",
}


def until(facts: Facts) -> datetime | None:
    """The date that the present state runs to."""
    if facts.due_at is not None:
        return facts.due_at
    edition = facts.edition
    if facts.ref.kind == "edition":
        return facts.own.get(EDITION_DATES.get(facts.state or "", ""))
    if facts.ref.kind == "conference":
        # The day on which it is held; when registration is opened, the office decides.
        return facts["starts_at"] if facts.state == ConferenceState.OPEN else None
    if facts.state in BEFORE_SUBMISSION:
        return facts.submission_until
    if facts.state == ProposalState.IN_IMPLEMENTATION and facts.own.get("report_due_at"):
        return cast("datetime", facts.own["report_due_at"])
    day: datetime | None = edition.get(PROPOSAL_DATES.get(facts.state or "", ""))
    if facts.state == ProposalState.ADMITTED and edition.get("summary_on"):
        return end_of_day(warsaw_date(edition["summary_on"]))
    return day
