"""Only if: handing in, in time or in a longer time that one group was given."""

from workflow.base.calendar import is_past, term_end
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, guard, missing
from workflow.rules.roles import Role
from workflow.rules.states import WELCOMING, ProposalState


@guard
def submission_open(facts: Facts, attempt: Attempt) -> Missing | None:
    """The edition takes projects, and the term of this group has not passed; a paper counts from its receipt."""
    until = facts.submission_until
    if facts.edition["state"] not in WELCOMING:
        return missing("submission_closed", _("The edition does not take projects now."), Role.STAFF)
    if until is None:
        return missing("no_submission_deadline", _("The office has not set the deadline for projects yet."), Role.STAFF)
    if is_past(until, attempt.counts_at):
        return missing(
            "submission_late", _("The deadline for projects passed on {until}.", until=until), Role.STAFF, until=until
        )
    return None


@guard
def submission_term_passed(facts: Facts, attempt: Attempt) -> Missing | None:
    """The term of this group has passed, and no term for completion runs."""
    until = facts.submission_until
    if until is None or not is_past(until, attempt.at):
        return missing(
            "submission_still_open", _("The term for projects has not passed yet."), Role.SYSTEM, until=until
        )
    if facts.state == ProposalState.RETURNED and facts.due_at and not is_past(facts.due_at, attempt.at):
        return missing(
            "completion_still_open", _("The term for completion has not passed yet."), Role.SYSTEM, until=facts.due_at
        )
    return None


@guard
def extension_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """A longer term is longer, lies ahead, and ends before the projects are presented."""
    until, summary = facts.submission_until, facts.edition["summary_on"]
    if until is None:
        return missing("no_submission_deadline", _("The office has not set the deadline for projects yet."), Role.STAFF)
    if facts.edition["state"] not in WELCOMING:
        return missing("submission_closed", _("The edition does not take projects now."), Role.STAFF)
    given = day(answers(attempt).get("due_on"))
    if given is None:
        return None
    longer = term_end(given)
    if longer <= until or is_past(longer, attempt.at):
        return missing("not_longer", _("The new date has to lie after {until}.", until=until), field="due_on")
    if summary is not None and longer >= summary:
        text = _("The new date has to lie before the summary conference on {until}.", until=summary)
        return missing("after_summary", text, field="due_on")
    return None
