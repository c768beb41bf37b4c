"""Only if: reports of a project about a period, the final report, the settlement."""

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import Money, _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing
from workflow.rules.progress_reports import expected_report, final_report, report_to_check, returned_report
from workflow.rules.project_money import plan_of
from workflow.rules.roles import Role
from workflow.rules.states import Light, ReportState

# The days between two reports, as the settings allow them too.
SHORTEST, LONGEST = 7, 365


@demands("no_report_expected", _("No progress report is expected of this project now."), Role.STAFF)
def report_expected(facts: Facts, _attempt: Attempt) -> bool:
    """A report is expected of the project."""
    return bool(expected_report(plan_of(facts)))


@guard
def report_period_possible(facts: Facts, attempt: Attempt) -> Missing | None:
    """The period begins after the one before it, and has ended."""
    end, report = day(answers(attempt).get("period_to")), expected_report(plan_of(facts))
    if end is None or report is None or report.period_from is None:
        return None
    if end > warsaw_date(attempt.at):
        return missing(
            "period_ahead", _("The period cannot end in the future: report what has happened."), field="period_to"
        )
    if end < report.period_from:
        return missing(
            "period_taken",
            _("The time until then is reported already: this report begins on {day}.", day=report.period_from),
            field="period_to",
        )
    return None


@demands(
    "not_your_organisation",
    _("Choose an organisation that you belong to and that promised something."),
    field="for_organisation",
)
def speaks_for_partner(facts: Facts, attempt: Attempt) -> bool:
    """The actor belongs to the organisation in whose name a part is written."""
    named = answers(attempt).get("for_organisation")
    return named is None or named in plan_of(facts).speaks_for


@demands("light_unexplained", _("Say why the light is not green."), field="light_reason")
def light_explained(_facts: Facts, attempt: Attempt) -> bool:
    """Amber and red have a reason."""
    data = answers(attempt)
    return bool(data.get("light") in (None, Light.GREEN) or data.get("light_reason"))


@demands("no_report_returned", _("No report was returned."), Role.STAFF)
def report_returned(facts: Facts, _attempt: Attempt) -> bool:
    """A progress report was returned."""
    return bool(returned_report(plan_of(facts)))


@guard
def no_report_returned(facts: Facts, _attempt: Attempt) -> Missing | None:
    """No progress report waits to be mended."""
    report = returned_report(plan_of(facts))
    if report is None:
        return None
    return missing("report_returned", _("Mend report no. {number} first.", number=report.number), Role.COORDINATOR)


@demands("no_report_waiting", _("No report waits to be accepted."), Role.COORDINATOR)
def report_handed_in(facts: Facts, _attempt: Attempt) -> bool:
    """A progress report waits for the office."""
    return bool(report_to_check(plan_of(facts)))


@guard
def asked_day_possible(facts: Facts, attempt: Attempt) -> Missing | None:
    """The day until which a report is asked for is not over, and nearer than its term."""
    asked, report = day(answers(attempt).get("due_on")), expected_report(plan_of(facts))
    if asked is None:
        return None
    if end_of_day(asked) < attempt.at:
        return missing("day_past", _("The date has to lie ahead."), field="due_on")
    if report and report.due_at and end_of_day(asked) >= report.due_at:
        return missing(
            "due_before", _("The report is due on {day} anyway.", day=warsaw_date(report.due_at)), field="due_on"
        )
    return None


@demands(
    "interval_absurd",
    _("The time between reports is from {least} to {most} days.", least=SHORTEST, most=LONGEST),
    field="days",
)
def interval_possible(_facts: Facts, attempt: Attempt) -> bool:
    """The time between two reports is one that the settings allow."""
    days = answers(attempt).get("days")
    return days is None or SHORTEST <= days <= LONGEST


@demands("final_report_given", _("The final report has been handed in already."), Role.STAFF)
def final_report_open(facts: Facts, _attempt: Attempt) -> bool:
    """The final report is not handed in yet, or was returned."""
    report = final_report(plan_of(facts))
    return report is None or report.state == ReportState.RETURNED


@demands("no_final_report", _("The coordinator has not handed in the final report."), Role.COORDINATOR)
def final_report_handed_in(facts: Facts, _attempt: Attempt) -> bool:
    """The final report waits for the office."""
    report = final_report(plan_of(facts))
    return report is not None and report.state == ReportState.HANDED_IN


@guard
def final_report_in_order(facts: Facts, attempt: Attempt) -> Missing | None:
    """The final report was handed in and accepted."""
    report = final_report(plan_of(facts))
    if report is None or report.state == ReportState.RETURNED:
        return final_report_handed_in(facts, attempt)
    if report.state == ReportState.ACCEPTED:
        return None
    return missing("final_report_not_accepted", _("The final report has not been accepted yet."), Role.STAFF)


@guard
def commitments_settled(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Every commitment was paid or struck out."""
    left = plan_of(facts).committed
    if not left:
        return None
    return missing(
        "commitments_open",
        _("Commitments of {amount} are not paid: note the payments or strike the commitments out.", amount=Money(left)),
        Role.COORDINATOR, Role.STAFF,
    )  # fmt: skip
