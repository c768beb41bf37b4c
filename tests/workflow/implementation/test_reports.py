"""Reports and money of a project under way: periods that are worked out, true due dates, sums that are those of rows."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from tests.world import World
from workflow.base.calendar import WARSAW, is_working_day, warsaw_date
from workflow.base.errors import NotAllowed, NotReady
from workflow.db.database import Database
from workflow.engine import audit
from workflow.engine.plan_reader import plans_of
from workflow.engine.undo import undo
from workflow.implementation.reports import ReportView, parts_of, reports_of
from workflow.models import Affiliation, BudgetLine, Organisation, Promise, Timer
from workflow.proposals.next_step import until
from workflow.rules.progress_reports import next_due

DAY = timedelta(days=1)
REPORT = {"light": "green", "report": "Prace trwają."}


class Project:
    """A project that has just started, with a line of the budget from its sheet and another one."""

    def __init__(self, database: Database) -> None:
        self.world = World(database)
        self.ref = self.world.proposal_in("in_implementation")
        with self.world.writing() as tx:
            second = {"proposal_id": self.ref.id, "number": 2, "label": "Meble", "planned": 50_000, "agreed": 50_000}
            tx.execute(insert(BudgetLine).values(**second, created_at=self.world.at))

    @property
    def today(self) -> date:
        return warsaw_date(self.world.at)

    def take(self, step: str, who: str, **data: Any) -> None:
        self.world.take(self.ref, step, who, **data)

    def report(self, end: date | None = None) -> None:
        self.take("report_progress", "coordinator", period_to=end or self.today, **REPORT)

    def reports(self) -> list[ReportView]:
        """The oldest first."""
        with self.world.writing() as tx:
            return list(reversed(reports_of(tx, self.ref.id)))

    @property
    def due(self) -> datetime:
        due: datetime = self.world.facts(self.ref)["report_due_at"]
        return due

    def plan(self) -> Any:
        with self.world.writing() as tx:
            return plans_of(tx, [self.ref.id])[self.ref.id]

    def sums(self) -> tuple[int, int]:
        """What is committed and spent on the first line."""
        line = self.plan().lines[0]
        return line.committed, line.spent

    def spend(self, amount: str, kind: str = "spent", line: int = 1, **more: Any) -> None:
        self.take("note_expense", "coordinator", line_number=line, expense_kind=kind, day=self.today, amount=amount,
                  paid_for="Farba", **more)  # fmt: skip


@pytest.fixture
def project(sqlite_url: str) -> Iterator[Project]:
    database = Database(sqlite_url)
    yield Project(database)
    database.close()


def refused(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(NotReady) as refusal:
        call()
    return [missing.code for missing in refusal.value.missing]


@pytest.mark.slow
@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.integers(7, 365))
def test_a_report_is_due_at_the_end_of_the_first_working_day_from_its_interval_on(day: date, days: int) -> None:
    due = next_due(day, days=days)
    local, first = due.astimezone(WARSAW), day + timedelta(days=days)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert is_working_day(local.date())
    assert not any(is_working_day(first + n * DAY) for n in range((local.date() - first).days))


def test_the_first_report_is_due_an_interval_after_the_start_and_its_page_says_so(project: Project) -> None:
    (first,) = project.reports()
    assert first.state == "expected"
    assert first.period_from is not None
    assert first.due_at == project.due == next_due(first.period_from, days=90)
    assert until(project.world.facts(project.ref)) == project.due


def test_each_report_begins_after_the_one_before_and_is_due_an_interval_after_it(project: Project) -> None:
    project.world.wait(80)
    end = project.today - DAY
    project.report(end)
    first, second = project.reports()
    assert (first.state, first.period_to, second.state, second.period_from) == ("handed_in", end, "expected", end + DAY)
    assert project.due == second.due_at == next_due(end, days=90)
    assert first.figures["planned"] == project.plan().planned
    assert len(first.digest) == 64


def test_periods_that_overlap_are_turned_round_or_lie_ahead_are_refused(project: Project) -> None:
    project.world.wait(30)
    assert refused(lambda: project.report(project.today + DAY)) == ["period_ahead"]
    project.report()
    assert refused(project.report) == ["period_taken"]
    assert refused(lambda: project.report(date(2019, 1, 1))) == ["period_taken"]


def test_a_light_that_is_not_green_needs_a_reason(project: Project) -> None:
    assert refused(
        lambda: project.take("report_progress", "coordinator", period_to=project.today, light="red", report="Źle.")
    ) == ["light_unexplained"]


def test_a_returned_report_is_mended_about_the_same_time_and_accepted(project: Project) -> None:
    project.world.wait(30)
    project.report()
    project.take("return_report", "staff", reason="Dopisz sumy.")
    before = project.reports()[0]
    assert (before.state, before.reason) == ("returned", "Dopisz sumy.")
    assert refused(lambda: project.take("accept_report", "staff")) == ["no_report_waiting"]
    project.take("mend_report", "coordinator", light="green", report="Z sumami.")
    after = project.reports()[0]
    assert (after.state, after.text, after.period_to) == ("handed_in", "Z sumami.", before.period_to)
    assert after.digest != before.digest
    project.take("accept_report", "staff")
    assert [report.state for report in project.reports()] == ["accepted", "expected"]


def test_the_office_asks_earlier_leaves_out_and_sets_the_interval_with_the_clock_following(project: Project) -> None:
    usual, start = project.due, project.reports()[0].period_from
    assert start is not None
    soon = project.today + timedelta(days=5)
    project.take("ask_for_report", "staff", due_on=soon, reason="Posiedzenie zarządu.")
    assert warsaw_date(project.due) == soon < warsaw_date(usual)
    assert refused(lambda: project.take("ask_for_report", "staff", due_on=soon + 90 * DAY, reason="Później.")) == [
        "due_before"
    ]
    # What was asked for by a day stays asked for; left out, it gives way to the report that was due anyway.
    project.take("set_report_days", "staff", days=30, reason="Dużo się dzieje.")
    assert warsaw_date(project.due) == soon
    project.take("skip_report", "staff", reason="Zebranie odwołano.")
    assert project.due == next_due(start, days=30)
    project.take("set_report_days", "staff", days=20, reason="Jeszcze częściej.")
    assert project.due == next_due(start, days=20)
    project.take("skip_report", "staff", reason="Ferie.")
    *skipped, expected = project.reports()
    assert ([report.state for report in skipped], expected.period_from) == (["skipped", "skipped"], start)
    assert project.due == next_due(warsaw_date(next_due(start, days=20)), days=20)
    with project.world.writing() as tx:
        query = select(Timer.due_at).where(Timer.subject_kind == "proposal", Timer.subject_id == project.ref.id)
        assert tx.execute(query).scalar_one() <= project.due
    assert refused(lambda: project.take("set_report_days", "staff", days=3, reason="Za często.")) == ["interval_absurd"]


def test_the_final_report_ends_the_dates_and_the_settlement_keeps_the_sums(project: Project) -> None:
    project.spend("400,00", kind="committed")
    project.spend("390,00", settles=1)
    project.world.finish(project.ref)
    assert project.world.facts(project.ref)["report_due_at"] is None
    project.take("complete", "staff")
    project.spend("10,00", kind="committed", line=2)
    assert refused(lambda: project.take("accept_settlement", "staff", remarks="Bez uwag.")) == ["commitments_open"]
    project.take("strike_expense", "staff", expense_number=3, reason="Nie zamówiono.")
    project.take("accept_settlement", "staff", remarks="Bez uwag.")
    kept = project.world.facts(project.ref).entry("accept_settlement")["accounts"]
    assert (kept["spent"], kept["committed"]) == (39_000, 0)
    assert refused(lambda: project.spend("1,00")) == ["accounts_closed"]


def test_a_project_that_is_opened_again_owes_a_report_again(project: Project) -> None:
    project.world.complete(project.ref)
    project.take("reopen", "staff", reason="Brakuje podjazdu.")
    assert project.reports()[-1].state == "expected"
    assert refused(lambda: project.take("complete", "staff")) == ["no_final_report"]


def test_a_project_that_is_opened_again_shows_the_light_of_the_report_before_the_final_one(project: Project) -> None:
    project.take("report_progress", "coordinator", period_to=project.today, light_reason="Brak okien.",
                 **{**REPORT, "light": "red"})  # fmt: skip
    project.take("accept_report", "staff")
    assert project.plan().light(project.world.at) == "red"
    project.world.complete(project.ref)
    assert project.plan().light(project.world.at) == ""
    project.take("reopen", "staff", reason="Brakuje podjazdu.")
    assert project.plan().light(project.world.at) == "red"


def test_sums_are_those_of_the_rows_that_stand(project: Project) -> None:
    project.spend("300,00", kind="committed")
    project.spend("100,00", kind="committed")
    project.spend("250,00", settles=1)
    project.spend("20,00")
    project.spend("7,00", line=2)
    project.take("strike_expense", "coordinator", expense_number=4, reason="Dwa razy.")
    assert project.sums() == (10_000, 25_000)
    project.take("strike_expense", "coordinator", expense_number=3, reason="Zwrot.")
    assert project.sums() == (40_000, 0)
    over = "10 000 000,00"
    assert refused(lambda: project.spend(over)) == ["above_the_line"]
    assert refused(lambda: project.take("strike_expense", "staff", expense_number=4, reason="x")) == ["struck_already"]


def test_the_history_leads_to_the_rows_of_a_project_with_reports(project: Project) -> None:
    project.spend("300,00", kind="committed")
    project.world.wait(20)
    project.report()
    project.take("return_report", "staff", reason="Dopisz.")
    project.take("mend_report", "coordinator", **REPORT)
    project.take("skip_report", "staff", reason="Ferie.")
    with project.world.writing() as tx:
        assert audit.verify(tx).broken is None


def test_undoing_the_start_and_starting_again_leaves_one_expected_report(project: Project) -> None:
    with project.world.writing() as tx:
        undo(tx, project.ref, actor=project.world["staff"], at=project.world.at, version=None, reason="Za wcześnie.")
    assert project.world.facts(project.ref)["report_due_at"] is None
    project.take("start_implementation", "staff")
    assert [report.state for report in project.reports()] == ["expected"]


def test_only_numbers_of_this_project_can_be_struck_or_settled(project: Project) -> None:
    assert refused(lambda: project.take("strike_expense", "staff", expense_number=9, reason="x")) == ["no_such_expense"]
    assert refused(lambda: project.spend("1,00", settles=9)) == ["no_such_commitment"]
    assert refused(lambda: project.spend("1,00", line=9)) == ["no_such_line"]
    assert refused(lambda: project.spend("1,00", expense_file=9)) == ["no_such_file"]


def test_a_partner_adds_a_part_to_the_report_that_is_being_written_and_replaces_it(project: Project) -> None:
    world = project.world
    with world.writing() as tx:
        known = {"name": "Gmina Gąbin", "search": "gmina gabin", "created_at": world.at}
        own = tx.execute(insert(Organisation).values(known).returning(Organisation.id)).scalar_one()
        tx.execute(insert(Affiliation).values(person_id=world["partner"].id, organisation_id=own))
        promise = {"proposal_id": project.ref.id, "organisation_id": own, "partner": "Gmina", "text": "Lokal."}
        tx.execute(insert(Promise).values(**promise, state="open", created_at=world.at))
    for text in ("Lokal gotowy.", "Lokal gotowy i umeblowany."):
        project.take("add_report_part", "partner", for_organisation=own, report_part=text)
    with pytest.raises(NotAllowed):
        project.take("add_report_part", "visitor", for_organisation=own, report_part="Cudze.")
    assert refused(lambda: project.take("add_report_part", "partner", for_organisation=own + 1, report_part="x")) == [
        "not_your_organisation"
    ]
    with world.writing() as tx:
        assert [part.text for part in parts_of(tx, project.reports()[0].id)] == ["Lokal gotowy i umeblowany."]


def test_a_report_keeps_its_sums_on_either_database(database: Database) -> None:
    project = Project(database)
    project.spend("250,50")
    project.world.wait(3)
    project.report()
    figures = project.reports()[0].figures
    assert (figures["spent"], figures["lines"][0]["spent"]) == (25_050, 25_050)
