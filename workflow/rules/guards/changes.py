"""Only if: requests to change the accepted plan of a project."""

from collections.abc import Mapping
from typing import Any

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import Money, _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing
from workflow.rules.guards.milestones import day_unmet
from workflow.rules.plan import ChangeKind, PlannedLine, PlannedMilestone
from workflow.rules.plan_settings import DecidedBy
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import UNDER_WAY

# What each kind of change has to say.
NEEDED: Mapping[str, tuple[str, ...]] = {
    ChangeKind.DATE: ("milestone_number", "new_day"),
    ChangeKind.SCOPE: ("milestone_number", "new_text"),
    ChangeKind.MONEY: ("line_number", "new_amount"),
}


@guard
def change_is_complete(_facts: Facts, attempt: Attempt) -> Missing | None:
    """What is to change is named, and how it should be."""
    given: Mapping[str, Any] = answers(attempt)
    unsaid = [name for name in NEEDED.get(given.get("change_kind", ""), ()) if given.get(name) is None]
    if not unsaid:
        return None
    return missing("change_incomplete", _("Say what is to change, and how it should be."), field=unsaid[0])


@guard
def change_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """The change is possible: its milestone is open, its day lies ahead, the money is not spent already."""
    given, plan = answers(attempt), facts.plan
    if plan is None or "change_kind" not in given:
        return None
    milestone, line = plan.milestone(given.get("milestone_number")), plan.line(given.get("line_number"))
    if given["change_kind"] == ChangeKind.MONEY:
        number = given.get("from_line")
        source = plan.line(number)
        if number is not None and source is None:
            return missing("no_line", _("The budget has no line with this number."), field="from_line")
        return _money_unmet(line, source, given.get("new_amount"))
    return _milestone_unmet(facts, milestone, attempt, given)


@guard
def change_still_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """The same at the moment of the decision, since the plan may have changed in between."""
    plan = facts.plan
    if plan is None:
        return missing("no_project", _("There is no such project under way in this edition."))
    if plan.state not in UNDER_WAY:
        return missing("project_ended", _("The project has ended; its plan does not change any more."))
    if facts["kind"] == ChangeKind.MONEY:
        lines = plan.line_with(facts["budget_line_id"]), plan.line_with(facts["from_line_id"])
        return _money_unmet(*lines, facts["new_amount"])
    due = facts["new_due_at"]
    given = {"new_day": warsaw_date(due)} if due else {}
    return _milestone_unmet(facts, plan.milestone_with(facts["milestone_id"]), attempt, given)


def _milestone_unmet(
    facts: Facts, milestone: PlannedMilestone | None, attempt: Attempt, given: Mapping[str, Any]
) -> Missing | None:  # fmt: skip
    if milestone is None:
        return missing("no_such_milestone", _("There is no milestone with this number."), field="milestone_number")
    if not milestone.is_open:
        return missing("milestone_finished", _("This milestone is finished already."), field="milestone_number")
    new_day = day(given.get("new_day"))
    if new_day is None:
        return None
    if milestone.due_at is not None and new_day == warsaw_date(milestone.due_at):
        return missing("same_day", _("It is planned for this day already."), field="new_day")
    return day_unmet(facts, new_day, warsaw_date(attempt.at), "new_day")


def _money_unmet(line: PlannedLine | None, source: PlannedLine | None, amount: int | None) -> Missing | None:
    if line is None:
        return missing("no_line", _("The budget has no line with this number."), field="line_number")
    if amount is None:
        return None
    if amount == line.planned:
        return missing("same_amount", _("The line has this amount already."), field="new_amount")
    if amount < line.committed + line.spent:
        bound = Money(line.committed + line.spent)
        return missing("below_spent", _("Committed and spent already: {amount}.", amount=bound), field="new_amount")
    if source is None:
        return None
    if source.id == line.id or amount < line.planned:
        return missing("wrong_source", _("Money comes from another line, for a line that grows."), field="from_line")
    if amount - line.planned > source.free:
        sentence = _("The line “{label}” has only {amount} left.", label=source.label, amount=Money(source.free))
        return missing("source_too_small", sentence, field="from_line")
    return None


@guard
def decides_about_changes(facts: Facts, attempt: Attempt) -> Missing | None:
    """The actor is whom the edition lets decide; a resolution of the committee has a number."""
    decided_by = value(facts.edition, "change_decided_by")
    role = Role.STAFF if decided_by == DecidedBy.OFFICE else Role.COMMITTEE_CHAIR
    if role not in facts.rights.roles:
        return missing("others_decide", _("In this edition somebody else decides about changes of a plan."), role)
    if decided_by != DecidedBy.COMMITTEE or attempt.data is None or answers(attempt).get("resolution"):
        return None
    return missing("no_resolution", _("Give the number of the committee's resolution."), field="resolution")


@demands("own_request", _("Somebody else decides about a change that you asked for."), Role.STAFF, Role.COMMITTEE_CHAIR)
def not_the_requester(facts: Facts, _attempt: Attempt) -> bool:
    """Whoever asked for a change does not decide about it, nor does the coordinator."""
    coordinator = facts.plan.coordinator_id if facts.plan is not None else None
    return facts.rights.id is None or facts.rights.id not in (facts["requested_by_id"], coordinator)
