"""How late reports come and how long they wait for an answer."""

from datetime import UTC, datetime, timedelta

from workflow.overview.report_times import Days, GivenReport, times_of_reports

NOON = datetime(2026, 9, 16, 10, tzinfo=UTC)


def after(days: int) -> datetime:
    return NOON + timedelta(days=days)


def test_a_report_in_time_is_no_day_late_and_one_without_answer_still_waits() -> None:
    reports = [
        GivenReport(after(0), after(-5), after(-2)), GivenReport(after(0), after(4), after(5)),
        GivenReport(after(0), after(20), None), GivenReport(None, after(10), after(10)),
    ]  # fmt: skip
    times = times_of_reports(reports, at=after(50))
    assert times.came.value == 4
    assert times.after_term == Days(4, 20)
    assert times.to_answer == Days(1, 30)


def test_where_no_report_came_there_is_nothing_to_count() -> None:
    times = times_of_reports([], at=NOON)
    assert (times.came.value, times.after_term, times.to_answer) == (0, Days(None, None), Days(None, None))
