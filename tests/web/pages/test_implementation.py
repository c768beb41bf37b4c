"""The page of a plan for those who read it: what is late, what may be done, the sheet turned into a plan."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.web.shared_stage import shared_stage as shared_stage
from tests.web.stage import Stage, send
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import format_date
from workflow.models import ChangeRequest, Milestone, Promise, Proposal
from workflow.rules.facts import Ref


@pytest.fixture(scope="module")
def project(shared_stage: Stage) -> Ref:
    """A project under way with a milestone whose day is over, one ahead, and a request for a change."""
    world = shared_stage.world
    ref = world.proposal_in("in_implementation")
    world.plan_milestone(ref, title="Otwarcie", after=[1], due_on=warsaw_date(world.now) + timedelta(days=90))
    world.request_change(ref, milestone_number=2)
    with world.writing() as tx:
        over = world.now - timedelta(days=5)
        tx.execute(update(Milestone).where(Milestone.number == 1).values(due_at=over, baseline_due_at=over))
    return ref


def test_every_page_that_names_a_milestone_says_that_its_day_has_passed(shared_stage: Stage, project: Ref) -> None:
    late = shared_stage.world.milestones(project)[0]
    plan = shared_stage.page("coordinator", f"/projekty/{project.id}/realizacja")
    assert "termin minął" in plan
    assert "Żółte światło" in plan
    assert "po terminie: 1" in plan
    assert "termin minął" in shared_stage.page("staff", f"/kamienie/{late.id}")
    assert "po terminie" in shared_stage.page("staff", f"/projekty/{project.id}")


def test_the_pages_of_a_milestone_and_a_request_say_when_whom_is_reminded(shared_stage: Stage, project: Ref) -> None:
    ahead = f"/kamienie/{shared_stage.world.milestones(project)[1].id}"
    for who, words in (("coordinator", "Przypomnimy Ci"), ("leader", "Przypomnimy Ci"), ("member", "")):
        page = shared_stage.page(who, ahead)
        assert ("Wszystkie przypomnienia" in page) is bool(words), who
        assert words in page
    assert "Dostaną je: osoba odpowiedzialna za kamień milowy, koordynator" in shared_stage.page("coordinator", ahead)
    with shared_stage.db.reading() as tx:
        number = tx.execute(select(ChangeRequest.id)).scalars().first()
    assert "Wszystkie przypomnienia" in shared_stage.page("staff", f"/zmiany-planu/{number}")
    assert "Wszystkie przypomnienia" not in shared_stage.page("coordinator", f"/zmiany-planu/{number}")


def test_the_strip_says_until_when_a_report_is_awaited_and_since_when_it_is_overdue(
    shared_stage: Stage, project: Ref
) -> None:
    world, plan = shared_stage.world, f"/projekty/{project.id}/realizacja"
    due, over = world.facts(project)["report_due_at"], world.now - timedelta(days=9)
    awaited = shared_stage.page("coordinator", plan)
    assert f"do {format_date(due, 'pl')}" in awaited
    assert "po terminie od" not in awaited
    portfolio = f"/edycje/{world.facts(world.edition_of(project))['key']}/portfel?show=late_report"
    assert f"/projekty/{project.id}" not in shared_stage.page("staff", portfolio)
    move_report(shared_stage, project, over)
    try:
        overdue = shared_stage.page("coordinator", plan)
        assert f"po terminie od {format_date(over, 'pl')}" in overdue
        assert f"do {format_date(over, 'pl')}" not in overdue
        # A light that the last report set is not better than the clock, on this page as in the portfolio.
        assert "Żółte światło:</b> kamienie milowe po terminie: 1, sprawozdanie po terminie" in overdue
        # The lists behind the figures have it too.
        assert f"/projekty/{project.id}" in shared_stage.page("staff", portfolio)
        late_ones = portfolio.replace("portfel?show=late_report", "lista?due=late")
        assert f"/projekty/{project.id}" in shared_stage.page("staff", late_ones)
        for page in (f"/projekty/{project.id}", "/praca"):
            assert "Po terminie od" in shared_stage.page("coordinator", page)
    finally:
        move_report(shared_stage, project, due)


def move_report(stage: Stage, project: Ref, due: datetime) -> None:
    with stage.world.writing() as tx:
        tx.execute(update(Proposal).where(Proposal.id == project.id).values(report_due_at=due))


def test_the_timeline_shows_the_plan_behind_and_what_is_late_in_front(shared_stage: Stage, project: Ref) -> None:
    plan = shared_stage.page("staff", f"/projekty/{project.id}/realizacja")
    assert plan.count('class="as-planned" x=') == 2
    assert plan.count('class="as-late" x=') == 1
    assert "Ten sam plan jako tabela" in plan


def test_the_plan_shows_the_light_of_the_portfolio(shared_stage: Stage, project: Ref) -> None:
    world, plan = shared_stage.world, f"/projekty/{project.id}/realizacja"
    due, late = world.facts(project)["report_due_at"], world.facts(milestone := world.milestones(project)[0])["due_at"]
    portfolio = f"/edycje/{world.facts(world.edition_of(project))['key']}/portfel?show="
    moves: dict[str, tuple[timedelta, timedelta, str, str]] = {
        "late report alone": (timedelta(5), timedelta(-9), "Żółte światło:</b> sprawozdanie po terminie", "amber"),
        "nothing late, no report": (timedelta(5), timedelta(5), "<span>jeszcze bez sprawozdania</span>", ""),
    }
    try:
        for case, (milestone_in, report_in, words, light) in moves.items():
            move_milestone(shared_stage, milestone.id, world.now + milestone_in)
            move_report(shared_stage, project, world.now + report_in)
            page = shared_stage.page("coordinator", plan)
            assert words in page, case
            assert ("światło" in page) is bool(light), case
            in_amber = f"/projekty/{project.id}/realizacja" in shared_stage.page("staff", f"{portfolio}amber")
            assert in_amber is (light == "amber"), case
    finally:
        move_milestone(shared_stage, milestone.id, late)
        move_report(shared_stage, project, due)


def move_milestone(stage: Stage, milestone: int, due: datetime | None) -> None:
    with stage.world.writing() as tx:
        tx.execute(update(Milestone).where(Milestone.id == milestone).values(due_at=due))


def test_outsiders_get_no_page_of_the_plan_and_a_calendar_of_its_days(shared_stage: Stage, project: Ref) -> None:
    assert shared_stage.as_(None).get(f"/projekty/{project.id}/realizacja").status_code == 303
    calendar = shared_stage.as_(None).get(f"/projekty/{project.id}/realizacja.ics")
    assert calendar.mimetype == "text/calendar"
    assert calendar.text.count("BEGIN:VEVENT") == 2


@pytest.mark.parametrize("who", ["coordinator", "staff", "chair", "member"])
def test_the_page_of_a_plan_takes_few_statements_for_anybody(shared_stage: Stage, project: Ref, who: str) -> None:
    assert shared_stage.count(who, f"/projekty/{project.id}/realizacja") <= 17


def test_a_change_is_decided_by_two_equal_buttons(shared_stage: Stage, project: Ref) -> None:
    page = shared_stage.page("staff", "/zmiany-planu/1")
    assert "Zatwierdź zmianę" in page
    assert "Odrzuć zmianę" in page
    assert "Rozpatrz prośbę o zmianę planu." in page
    assert "Rozpatrz" not in shared_stage.page("coordinator", "/zmiany-planu/1")


def test_the_rows_of_a_sheet_become_the_plan_and_a_wrong_one_loses_nothing(stage: Stage) -> None:
    world = stage.world
    project = world.proposal_in("selected")
    today = warsaw_date(world.now)
    rows = [{"what": "Remont", "to": (today + timedelta(days=20)).isoformat()}, {"what": "Otwarcie"}]
    partners = [{"partner": "Gmina Gąbin", "promise": "Lokal."}]
    with world.writing() as tx:
        sheet = tx.execute(select(Proposal.sheet).where(Proposal.id == project.id)).scalar_one()
        sheet = {**sheet, "timetable": rows, "partners": partners}
        tx.execute(update(Proposal).where(Proposal.id == project.id).values(sheet=sheet))
    browser, path = stage.as_("staff"), f"/projekty/{project.id}/realizacja/z-karty"
    assert "Gmina Gąbin" in browser.get(path).text
    given = {
        "milestones-row": ["1", "2"], "milestones-1-kept": "1", "milestones-1-title": "Remont sali",
        "milestones-1-due_on": (today + timedelta(days=20)).isoformat(), "milestones-2-kept": "1",
        "milestones-2-title": "Otwarcie", "milestones-2-due_on": (today - timedelta(days=20)).isoformat(),
        "promises-row": ["1"], "promises-1-kept": "1", "promises-1-partner": "Gmina Gąbin",
        "promises-1-promise": "Lokal.",
    }  # fmt: skip
    refused = send(browser, path, **given)
    assert refused.status_code == 422
    assert "Ten już minął." in refused.text
    assert "Remont sali" in refused.text
    kept = send(browser, path, **{**given, "milestones-2-due_on": (today + timedelta(days=40)).isoformat()})
    assert kept.status_code == 303
    with world.writing() as tx:
        planned = tx.execute(select(Milestone.number, Milestone.title, Milestone.sheet_row)).all()
        promise = tx.execute(select(Promise.partner, Promise.sheet_row)).one()
    assert [tuple(row) for row in planned] == [(1, "Remont sali", 1), (2, "Otwarcie", 2)]
    assert tuple(promise) == ("Gmina Gąbin", 1)
    assert "Wszystkie wiersze karty są w planie" in browser.get(path).text


def test_a_new_milestone_that_cannot_be_keeps_what_was_typed(shared_stage: Stage, project: Ref) -> None:
    browser, path = shared_stage.as_("coordinator"), f"/projekty/{project.id}/realizacja/nowy-kamien"
    answer = send(browser, path, title="Targ", due_on="2001-01-01")
    assert answer.status_code == 422
    assert "Ten już minął." in answer.text
    assert 'value="Targ"' in answer.text
