"""What the public reads of a promise: kept, changed, late, ahead, given up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workflow.overview.public_project import Planned, PromiseResult, promise_of
from workflow.rules.states import MilestoneState

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)


def milestone(state: MilestoneState, *, planned: int, due: int, done: int | None = None, outcome: str = "") -> Planned:
    """A milestone whose days are so many days from today."""
    planned_on, due_on = TODAY + timedelta(days=planned), TODAY + timedelta(days=due)
    done_on = None if done is None else TODAY + timedelta(days=done)
    return Planned("Remont dachu", state, planned_on, due_on, done_on, outcome=outcome)


@pytest.mark.parametrize(
    ("state", "planned", "due", "done", "expected"),
    [
        (MilestoneState.DONE, -5, -5, -6, PromiseResult.KEPT),
        (MilestoneState.DONE, -5, -5, -5, PromiseResult.KEPT),
        (MilestoneState.DONE, -5, -5, -4, PromiseResult.LATE),
        (MilestoneState.DONE, -9, -3, -4, PromiseResult.CHANGED),
        (MilestoneState.DONE, -9, -3, -9, PromiseResult.KEPT),
        (MilestoneState.PLANNED, 0, 0, None, PromiseResult.AHEAD),
        (MilestoneState.PLANNED, -1, -1, None, PromiseResult.LATE),
        (MilestoneState.PLANNED, -1, 7, None, PromiseResult.CHANGED),
        (MilestoneState.WAIVED, -1, -1, None, PromiseResult.GIVEN_UP),
    ],
)
def test_a_promise_stands_against_the_plan_that_was_accepted(
    state: MilestoneState, planned: int, due: int, done: int | None, expected: PromiseResult
) -> None:
    assert promise_of(milestone(state, planned=planned, due=due, done=done), (), NOW).result == expected


def test_a_promise_says_why_it_was_moved_or_given_up() -> None:
    given_up = milestone(MilestoneState.WAIVED, planned=0, due=4, outcome="Gmina zrobi to sama.")
    assert promise_of(given_up, ["Brak wykonawcy."], NOW).reasons == (
        "Brak wykonawcy.", "Gmina zrobi to sama.",
    )  # fmt: skip
