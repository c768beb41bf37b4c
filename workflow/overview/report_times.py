"""How late progress reports come and how long the office takes to answer them, over the projects of an edition."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.calendar import days_between
from workflow.models import ProgressReport, Proposal
from workflow.overview.figures import Figure, Measure
from workflow.overview.stays import MEDIAN, MOST, quantile
from workflow.rules.states import FUNDED, ReportState

# Reports that were handed in, whatever became of them.
CAME = frozenset({ReportState.HANDED_IN, ReportState.RETURNED, ReportState.ACCEPTED})


class GivenReport(Struct, frozen=True):
    """When a report was due, was handed in last, and was answered; None where it has no such moment."""

    due_at: datetime | None
    handed_in_at: datetime | None
    decided_at: datetime | None


class Days(Struct, frozen=True):
    """Whole days: half took at most `median`, four of five at most `most`; None where there is nothing to count."""

    median: int | None
    most: int | None


class ReportTimes(Struct, frozen=True):
    """How many reports came, how many days after their term, and how long each waited for an answer, or still waits."""

    came: Figure
    after_term: Days
    to_answer: Days


def report_times(tx: Connection, edition_id: int, *, at: datetime) -> ReportTimes:
    """Of the projects that take a place and money of an edition; one statement."""
    r, p = ProgressReport, Proposal
    query = select(r.due_at, r.handed_in_at, r.decided_at).join(p, p.id == r.proposal_id).where(
        p.edition_id == edition_id, p.state.in_(FUNDED), r.state.in_(CAME)
    )  # fmt: skip
    return times_of_reports([GivenReport(*row) for row in tx.execute(query)], at=at)


def times_of_reports(reports: Iterable[GivenReport], *, at: datetime) -> ReportTimes:
    """The same of these reports; one in time is no day late; pure."""
    reports = list(reports)
    late = [
        max(days_between(report.due_at, report.handed_in_at), 0)
        for report in reports if report.due_at and report.handed_in_at
    ]  # fmt: skip
    waited = [days_between(report.handed_in_at, report.decided_at or at) for report in reports if report.handed_in_at]
    return ReportTimes(Figure(len(reports), {}, Measure.REPORTS), _days(late), _days(waited))


def _days(values: Iterable[int]) -> Days:
    ordered = sorted(values)
    return Days(quantile(ordered, MEDIAN), quantile(ordered, MOST))
