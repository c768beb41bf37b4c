"""The end of the term for handing in: to the second, over clock changes and holidays, longer for one group."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from tests.clock import ahead
from tests.workflow.base.test_calendar import last_sunday
from tests.world import SHEET, World
from workflow.base.calendar import (
    WARSAW,
    end_of_day,
    is_past,
    is_working_day,
    next_working_day,
    term_end,
    warsaw_date,
    working_days_before,
)
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.engine import machine
from workflow.models import OutboxRow
from workflow.rules.facts import EMPTY, ActorRights, Attempt, Facts, Ref
from workflow.rules.guards import GUARDS

SECOND = timedelta(seconds=1)
HOLIDAYS = [date(year, *day) for year in range(2026, 2031) for day in ((11, 11), (12, 24))]
CLOCK_CHANGES = [last_sunday(year, month) for year in range(2026, 2031) for month in (3, 10)]
SATURDAYS = [date(2026, 10, 24), date(2027, 3, 27), date(2028, 10, 28)]
MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2031, 1, 1), timezones=st.just(UTC))


def facts(
    until: datetime | None, own: datetime | None = None, *, due_at: datetime | None = None, state: str = "group_work"
) -> Facts:
    """A proposal of which only the terms matter."""
    edition = {"submission_deadline": until, "state": "conferences", "summary_on": None}
    return Facts(Ref("proposal", 1), "local_partnership", 1, state, 1, None, due_at, "", {}, {"submission_until": own},
                 edition, ActorRights())  # fmt: skip


def refused(name: str, known: Facts, at: datetime, data: Mapping[str, Any] = EMPTY, **more: Any) -> str:
    """The code of what a guard misses; empty where it lets the step pass."""
    lack = GUARDS[name](known, Attempt(at, data, **more))
    return lack.code if lack else ""


@pytest.mark.parametrize("day", [*HOLIDAYS, *CLOCK_CHANGES, *SATURDAYS, date(2026, 6, 30)], ids=str)
def test_a_minute_before_the_end_passes_and_a_second_after_it_is_refused(day: date) -> None:
    until = term_end(day)
    known = facts(until)
    assert refused("submission_open", known, until - timedelta(minutes=1)) == ""
    assert refused("submission_open", known, until) == ""
    assert refused("submission_open", known, until + SECOND) == "submission_late"
    local = (until + SECOND).astimezone(WARSAW)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert local.date() == next_working_day(day) + timedelta(days=1)


@pytest.mark.parametrize("day", [*HOLIDAYS, *CLOCK_CHANGES, *SATURDAYS], ids=str)
def test_a_deadline_on_a_day_off_passes_with_the_next_working_day(day: date) -> None:
    assert not is_working_day(day)
    end = warsaw_date(term_end(day))
    assert is_working_day(end)
    assert all(not is_working_day(day + timedelta(days=n)) for n in range((end - day).days))


def test_christmas_eve_is_a_day_off_since_2025_and_not_before() -> None:
    assert warsaw_date(term_end(date(2024, 12, 24))) == date(2024, 12, 24)
    assert warsaw_date(term_end(date(2025, 12, 24))) == date(2025, 12, 29)
    assert warsaw_date(term_end(date(2026, 12, 24))) == date(2026, 12, 28)


@pytest.mark.parametrize("fraction", [1, 500_000, 999_999])
def test_the_last_second_belongs_to_the_term_whole(fraction: int) -> None:
    until = end_of_day(date(2026, 6, 30))
    at = until + timedelta(microseconds=fraction)
    assert refused("submission_open", facts(until), at) == ""
    assert refused("submission_term_passed", facts(until), at) == "submission_still_open"


def test_a_paper_of_the_last_day_counts_when_the_office_enters_it_later() -> None:
    day = date(2026, 6, 30)
    late = end_of_day(day) + timedelta(days=3)
    on_paper = {"paper_on": day, "paper_until": end_of_day(day)}
    assert refused("submission_open", facts(end_of_day(day)), late, **on_paper) == ""
    next_day = day + timedelta(days=1)
    too_late = {"paper_on": next_day, "paper_until": end_of_day(next_day)}
    assert refused("submission_open", facts(end_of_day(day)), late, **too_late) == "submission_late"


@given(MOMENTS, st.none() | MOMENTS, MOMENTS)
def test_at_every_moment_a_group_may_hand_in_or_its_term_has_passed_never_both(
    until: datetime, own: datetime | None, at: datetime
) -> None:
    known = facts(until, own)
    open_, passed = refused("submission_open", known, at) == "", refused("submission_term_passed", known, at) == ""
    assert open_ is not passed
    assert open_ is not is_past(max(until, own or until), at)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_a_returned_project_expires_only_after_every_term_that_it_has(
    until: datetime, due: datetime, at: datetime
) -> None:
    known = facts(until, due_at=due, state="returned")
    passed = refused("submission_term_passed", known, at) == ""
    assert passed is (is_past(until, at) and is_past(due, at))
    assert (refused("completion_open", known, at) == "") is not (refused("completion_term_passed", known, at) == "")


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), MOMENTS, MOMENTS)
def test_a_longer_term_is_longer_and_lies_ahead(given_day: date, until: datetime, at: datetime) -> None:
    fits = refused("extension_fits", facts(until), at, {"due_on": given_day}) == ""
    assert fits is (term_end(given_day) > until and not is_past(term_end(given_day), at))


def test_a_longer_term_ends_before_the_summary_conference() -> None:
    until, at = end_of_day(date(2026, 6, 30)), datetime(2026, 6, 1, tzinfo=UTC)
    known = facts(until)
    known = replace(known, edition={**known.edition, "summary_on": datetime(2026, 7, 10, 7, tzinfo=UTC)})
    assert refused("extension_fits", known, at, {"due_on": date(2026, 7, 9)}) == ""
    assert refused("extension_fits", known, at, {"due_on": date(2026, 7, 10)}) == "after_summary"
    assert refused("extension_fits", facts(None), at) == "no_submission_deadline"


# --- on a database ---------------------------------------------------------------------------------------


@pytest.fixture
def world(database: Database) -> World:
    return World(database, now=datetime(2026, 9, 14, 8, 0, tzinfo=UTC))


@contextmanager
def at(world: World, moment: datetime) -> Iterator[World]:
    """The world's next step falls on this moment."""
    world.at = moment - SECOND
    yield world


def timers(world: World, ref: Ref) -> dict[str, datetime]:
    with world.database.reading() as tx:
        return ahead(tx, ref)


def test_one_group_has_longer_and_the_others_do_not(world: World) -> None:
    ref = world.proposal_in("group_work")
    other = world.sibling(ref)
    world.take(ref, "edit_sheet", "leader", **SHEET)
    world.take(other, "edit_sheet", "leader2", **SHEET)
    until = world.facts(ref).submission_until
    assert until is not None
    longer = term_end(warsaw_date(until) + timedelta(days=3))
    world.take(ref, "extend_submission", "staff", due_on=warsaw_date(longer), reason="Choroba lidera.")
    assert world.facts(ref).submission_until == longer
    assert world.facts(other).submission_until == until
    with at(world, until + SECOND), pytest.raises(NotReady) as refusal:
        world.take(other, "submit", "leader2")
    assert [one.code for one in refusal.value.missing] == ["submission_late"]
    with at(world, longer + SECOND), pytest.raises(NotReady):
        world.take(ref, "submit", "leader")
    with at(world, longer):
        world.take(ref, "submit", "leader")
    assert world.state(ref) == "submitted"


def test_timers_and_reminders_follow_the_longer_term(world: World) -> None:
    ref = world.proposal_in("group_work")
    before = timers(world, ref)
    until = world.facts(ref).submission_until
    assert until is not None
    assert before["expire_unsubmitted"] == until + SECOND
    day = warsaw_date(until) + timedelta(days=3)
    world.take(ref, "extend_submission", "staff", due_on=day, reason="Choroba lidera.")
    after = timers(world, ref)
    longer = term_end(day)
    assert after.keys() == before.keys()
    assert after["expire_unsubmitted"] == longer + SECOND
    for days in (14, 3):
        reminded = after[f"remind:submission_deadline:-{days}"].astimezone(WARSAW)
        assert (reminded.date(), reminded.hour) == (working_days_before(warsaw_date(longer), days=days), 9)
    with at(world, until + SECOND), pytest.raises(NotReady):
        world.take(ref, "expire_unsubmitted", "system")
    with at(world, longer + SECOND):
        world.take(ref, "expire_unsubmitted", "system")
    assert world.state(ref) == "withdrawn"


def test_moving_the_deadline_of_the_edition_never_shortens_what_a_group_was_given(world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    day = warsaw_date(until) + timedelta(days=3)
    world.take(ref, "extend_submission", "staff", due_on=day, reason="Choroba lidera.")
    world.take(world.edition_of(ref), "set_calendar", "staff", submission_until=warsaw_date(until) - timedelta(days=1))
    assert timers(world, ref)["expire_unsubmitted"] == term_end(day) + SECOND


def test_a_longer_term_is_told_and_stays_in_the_case_file(world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    world.take(ref, "extend_submission", "staff", due_on=warsaw_date(until) + timedelta(days=2), reason="Powódź.")
    entry = world.facts(ref).entry("extend_submission")
    assert entry["reason"] == "Powódź."
    assert entry["by"] == world["staff"].id
    with world.database.reading() as tx:
        topics = tx.execute(select(OutboxRow.topic).where(OutboxRow.subject_id == ref.id)).scalars().all()
    assert "proposal.term_extended" in topics


def test_the_summary_waits_for_a_group_that_has_longer(world: World) -> None:
    ref = world.proposal_in("group_work")
    edition = world.edition_of(ref)
    other = world.sibling(ref)
    world.take(other, "edit_sheet", "leader2", **SHEET)
    world.take(other, "submit", "leader2")
    world.verify(other)
    world.take(other, "admit", "staff")
    until = world.facts(ref).submission_until
    assert until is not None
    day = warsaw_date(until) + timedelta(days=3)
    world.take(ref, "extend_submission", "staff", due_on=day, reason="Powódź.")
    with at(world, until + timedelta(days=1)), pytest.raises(NotReady) as refusal:
        world.take(edition, "open_summary", "staff")
    assert "submission_extended" in [one.code for one in refusal.value.missing]
    with at(world, term_end(day) + SECOND):
        world.take(edition, "open_summary", "staff")


def test_a_project_closed_by_the_clock_comes_back_with_a_longer_term(world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    with at(world, until + SECOND):
        world.take(ref, "expire_unsubmitted", "system")
    world.take(ref, "ask_to_reinstate", "leader", reason="Awaria prądu w gminie.")
    with pytest.raises(NotReady):
        world.take(ref, "reinstate", "staff")
    day = warsaw_date(until) + timedelta(days=4)
    world.take(ref, "extend_submission", "staff", due_on=day, reason="Awaria prądu w gminie.")
    world.take(ref, "reinstate", "staff")
    assert world.state(ref) == "group_work"
    assert timers(world, ref)["expire_unsubmitted"] == term_end(day) + SECOND


def test_only_the_office_gives_a_longer_term(world: World) -> None:
    ref = world.proposal_in("group_work")
    permitted = [name for name in ("leader", "member", "animator", "chair", "staff", "participant")
                 if next(one for one in machine.open_steps(world.facts(ref, name), at=world.at)
                         if one.step.name == "extend_submission").permitted]  # fmt: skip
    assert permitted == ["staff"]
