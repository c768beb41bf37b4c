"""Only if: start, milestones, reports, completion, settlement, cancellation."""

from workflow.base.calendar import end_of_day
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing, over_edition
from workflow.rules.guards.editions import pending_appeals
from workflow.rules.later_decisions import Later
from workflow.rules.roles import Role
from workflow.rules.states import AgreementState, EditionState, ProposalState
from workflow.rules.totals import Part, Totals

AFTER_APPEALS = frozenset({EditionState.AGREEMENT, EditionState.IMPLEMENTATION, EditionState.CLOSING})


@over_edition(states=(ProposalState.APPEALED,))
def appeals_settled(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The edition is past its appeals, and none waits for a decision."""
    if facts.edition["state"] not in AFTER_APPEALS:
        return missing(
            "appeals_open",
            _("Appeals in this edition are not closed yet."),
            Role.STAFF,
            until=facts.edition["appeals_until"],
        )
    return pending_appeals(totals)


@guard
def coordinator_accepted(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The project has a coordinator who has accepted."""
    if facts["coordinator_id"] is None:
        return missing("no_coordinator", _("No coordinator has been named."), Role.STAFF)
    if facts["coordinator_accepted_at"] is None:
        return missing(
            "coordinator_not_accepted",
            _("The person named as coordinator has not accepted yet."),
            Role.NAMED_COORDINATOR,
        )
    return None


@demands("no_milestone", _("The action plan has no milestone yet."), Role.COORDINATOR, Role.STAFF)
def milestone_planned(facts: Facts, _attempt: Attempt) -> bool:
    """The action plan has a milestone."""
    return bool(facts.plan is not None and facts.plan.milestones)


@demands("plan_not_accepted", _("The coordinator has not accepted the plan yet."), Role.COORDINATOR)
def plan_accepted(facts: Facts, _attempt: Attempt) -> bool:
    """The coordinator has accepted the action plan."""
    return facts["plan_accepted_at"] is not None


@over_edition(Part.AGREEMENT)
def agreement_concluded_if_required(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The partnership agreement is concluded, where the edition requires one."""
    if not facts.edition["requires_agreement"] or totals.agreement_state == AgreementState.CONCLUDED:
        return None
    return missing("no_agreement", _("The partnership agreement has not been concluded yet."), Role.STAFF)


@guard
def period_free(facts: Facts, attempt: Attempt) -> Missing | None:
    """The period of a report is in order and in no accepted report."""
    start, end = day(answers(attempt).get("period_from")), day(answers(attempt).get("period_to"))
    if start is None or end is None:
        return None
    if end < start:
        return missing("period_reversed", _("The period ends before it begins."), field="period_to")
    for report in facts.entries("reports"):
        earlier_start, earlier_end = day(report["period_from"]), day(report["period_to"])
        if (
            report.get("accepted_at")
            and earlier_start
            and earlier_end
            and start <= earlier_end
            and earlier_start <= end
        ):
            return missing(
                "period_taken",
                _("A report about {start} to {end} has been accepted already.", start=earlier_start, end=earlier_end),
                field="period_from",
            )
    return None


@demands("resume_date_past", _("The date has to lie ahead."), field="resume_on")
def resume_date_ahead(_facts: Facts, attempt: Attempt) -> bool:
    """The planned day of resuming is not over."""
    planned = day(answers(attempt).get("resume_on"))
    return planned is None or end_of_day(planned) > attempt.at


@demands("no_such_milestone", _("There is no milestone with this number."), field="milestone_number")
def milestone_known(facts: Facts, attempt: Attempt) -> bool:
    """The milestone of the case file exists: tables before version 5."""
    number = answers(attempt).get("milestone_number")
    return number is None or any(milestone["number"] == number for milestone in facts.entries("milestones"))


@guard
def milestones_finished(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Every milestone is done or waived."""
    unfinished = facts.plan.open_milestones if facts.plan is not None else ()
    if not unfinished:
        return None
    names = ", ".join(milestone.title for milestone in unfinished)
    sentence = _("Milestones not yet done or dropped: {names}.", names=names)
    return missing("milestones_open", sentence, Role.COORDINATOR, Role.STAFF)


@demands("is_coordinator", _("You coordinate this project; somebody else of the office has to confirm it."), Role.STAFF)
def not_the_coordinator(facts: Facts, _attempt: Attempt) -> bool:
    """The actor does not coordinate the project."""
    return facts["coordinator_id"] is None or facts["coordinator_id"] != facts.rights.id


@demands("no_report_waiting", _("No report waits to be accepted."), Role.COORDINATOR)
def report_waiting(facts: Facts, _attempt: Attempt) -> bool:
    """The last report waits to be accepted."""
    newest = facts.entry("reports")
    return bool(newest and not newest.get("accepted_at"))


@demands("no_final_report", _("The coordinator has not handed in the final report."), Role.COORDINATOR)
def final_report_given(facts: Facts, _attempt: Attempt) -> bool:
    """The final report was handed in."""
    return bool(facts.entry("final_report"))


@guard
def final_report_accepted(facts: Facts, attempt: Attempt) -> Missing | None:
    """The final report was handed in and accepted."""
    if not facts.entry("final_report"):
        return final_report_given(facts, attempt)
    if facts.entry("accept_final_report"):
        return None
    return missing("final_report_not_accepted", _("The final report has not been accepted yet."), Role.STAFF)


@guard
def settlement_accepted(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The settlement was accepted."""
    if facts.entry("accept_settlement"):
        return None
    return missing(
        "settlement_not_accepted", _("The settlement has not been accepted yet."), Role.STAFF, until=facts.due_at
    )


@demands(
    "no_resolution",
    _("The committee has adopted no resolution that cancels it, and the office has not proposed the cancellation."),
    Role.STAFF,
    Role.COMMITTEE_CHAIR,
)
def resolution_or_proposal(facts: Facts, _attempt: Attempt) -> bool:
    """An adopted resolution cancels the project, or the office has proposed the cancellation."""
    return bool((facts.pending or {}).get("outcome") == Later.CANCEL or facts.entry("propose_cancellation"))
