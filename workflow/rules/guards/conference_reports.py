"""Only if: the report of a conference is generated, says what the rows say now, and was read by whoever approves it."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.documents import MinutesFacts
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import guard, missing
from workflow.rules.guards.documents import unread
from workflow.rules.roles import Role

NOTHING = MinutesFacts({}, "")


def report_of(facts: Facts) -> MinutesFacts:
    """The report of a conference; empty for one that was not held."""
    return facts.report or NOTHING


@guard
def report_generated(facts: Facts, _attempt: Attempt) -> Missing | None:
    """A report is generated and says what the rows say now, with every vote in the hall counted.

    One that was approved before is not approved again.
    """
    report = report_of(facts)
    if report.uncounted:
        votes = "; ".join(vote.question for vote in report.uncounted)
        until = max((vote.due_at for vote in report.uncounted if vote.due_at), default=None)
        text = _("Votes in the hall are not counted ({votes}). Count or annul them first.", votes=votes)
        return missing("votes_uncounted", text, Role.STAFF, Role.ANIMATOR, Role.COMMITTEE_CHAIR, until=until)
    if report.document is None:
        return missing("no_report", _("The report of the conference has not been generated."), Role.STAFF)
    if report.is_current and not report.document.is_approved:
        return None
    text = _("Something has changed since the report was generated. Generate a new version and read it.")
    return missing("report_outdated", text, Role.STAFF)


@guard
def report_read(facts: Facts, attempt: Attempt) -> Missing | None:
    """The actor has opened the version that is to be approved, and names its control code."""
    sentence = _("Open the report of the conference and read it first.")
    return unread(facts, attempt, report_of(facts).document, sentence)
