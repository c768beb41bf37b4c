"""Only if: the plan of a project as a whole, and what belongs to it beside milestones."""

from datetime import date, timedelta

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing
from workflow.rules.roles import Role
from workflow.rules.states import ProposalState, RiskState

PLANNED_IN = frozenset({ProposalState.SELECTED, ProposalState.IN_IMPLEMENTATION})
# Where an edition names no end of the implementation, nothing is planned for later than this.
FARTHEST = timedelta(days=3653)


def in_states(facts: Facts, states: frozenset[ProposalState]) -> Missing | None:
    """Why nothing of this plan moves now: no such project, or it is in none of the states."""
    if facts.plan is None:
        return missing("no_project", _("There is no such project under way in this edition."), field="project")
    if facts.plan.state in states:
        return None
    if facts.plan.state == ProposalState.SUSPENDED:
        return missing("project_suspended", _("The project is suspended. Resume it first."), Role.STAFF)
    if facts.plan.state == ProposalState.SELECTED:
        return missing("not_started", _("The implementation of the project has not started yet."), Role.STAFF)
    return missing("project_over", _("The project is not being carried out any more."))


def last_day(facts: Facts, today: date) -> date:
    """The last day that anything may be planned for: the end of the implementation of the edition."""
    end = facts.edition.get("implementation_until")
    return warsaw_date(end) if end else today + FARTHEST


@guard
def project_is_planned(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The project is selected or under way, so that its plan is worked on."""
    return in_states(facts, PLANNED_IN)


@guard
def project_is_carried_out(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The implementation of the project has started."""
    return in_states(facts, frozenset({ProposalState.IN_IMPLEMENTATION}))


@guard
def project_not_over(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The project is neither completed nor cancelled; it may be suspended."""
    return in_states(facts, PLANNED_IN | {ProposalState.SUSPENDED})


@guard
def plan_is_accepted(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The coordinator has accepted the plan, so that it is changed on request alone."""
    if unmet := in_states(facts, PLANNED_IN):
        return unmet
    if facts.plan is not None and facts.plan.accepted_at is not None:
        return None
    return missing("plan_not_accepted", _("The coordinator has not accepted the plan yet."), Role.COORDINATOR)


@demands("plan_accepted", _("The plan is accepted. Ask for a change of it instead."), Role.COORDINATOR)
def plan_still_open(facts: Facts, _attempt: Attempt) -> bool:
    """The plan is not accepted; what was accepted is changed on request."""
    return facts.plan is None or facts.plan.accepted_at is None


@guard
def plan_is_complete(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The plan has a milestone, and each one has a day."""
    if facts.plan is None or not facts.plan.milestones:
        return missing("no_milestone", _("The action plan has no milestone yet."), Role.COORDINATOR, Role.STAFF)
    without = [milestone.title for milestone in facts.plan.open_milestones if milestone.due_at is None]
    if not without:
        return None
    sentence = _("Milestones without a day: {names}.", names=", ".join(without))
    return missing("milestone_without_day", sentence, Role.COORDINATOR, Role.STAFF)


@demands("no_organisation", _("There is no such organisation."), field="organisation")
def organisation_known(facts: Facts, attempt: Attempt) -> bool:
    """The organisation that is named exists."""
    named = answers(attempt).get("organisation")
    return named is None or (facts.plan is not None and facts.plan.named.organisation == named)


@demands("no_line", _("The budget has no line with this number."), field="line_number")
def plan_line_known(facts: Facts, attempt: Attempt) -> bool:
    """The line of the budget that is named exists."""
    named = answers(attempt).get("line_number")
    return named is None or (facts.plan is not None and facts.plan.line(named) is not None)


@guard
def risk_is_open(facts: Facts, attempt: Attempt) -> Missing | None:
    """The risk exists, and nothing has become of it yet."""
    if answers(attempt).get("risk_number") is None or facts.plan is None:
        return None
    if not facts.plan.named.risk_state:
        return missing("no_risk", _("There is no risk with this number."), field="risk_number")
    if facts.plan.named.risk_state == RiskState.OPEN:
        return None
    return missing("risk_settled", _("This risk is settled already."), field="risk_number")


@demands("no_promise", _("This project has no such promise."), field="promise_number")
def promise_known(facts: Facts, attempt: Attempt) -> bool:
    """The promise is one of this project."""
    named = answers(attempt).get("promise_number")
    return named is None or (facts.plan is not None and facts.plan.named.promise == named)


@guard
def resume_date_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """The planned day of resuming is not after the end of the implementation."""
    planned = day(answers(attempt).get("resume_on"))
    end = last_day(facts, warsaw_date(attempt.at))
    if planned is None or planned <= end:
        return None
    return missing("resume_date_late", _("The implementation ends on {day}.", day=end), field="resume_on")


@guard
def milestones_handed_over(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Whoever leaves is responsible for no open milestone."""
    planned = facts.plan.open_milestones if facts.plan is not None and facts.rights.id is not None else ()
    mine = [milestone.title for milestone in planned if milestone.owner_id == facts.rights.id]
    if not mine:
        return None
    sentence = _("Hand your milestones over first: {names}.", names=", ".join(mine))
    return missing("owns_milestones", sentence, Role.COORDINATOR, Role.STAFF)


@demands("reserve_checked", _("What this means for the reserve list was noted already."))
def reserve_check_waits(facts: Facts, _attempt: Attempt) -> bool:
    """The project was cancelled, and nobody has noted yet what that means for the reserve list."""
    return facts.due_at is not None
