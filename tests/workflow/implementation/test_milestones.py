"""Milestones and changes of a plan: what is refused, what is written, and that the history leads to the rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.calendar import end_of_day, term_end, warsaw_date
from workflow.base.errors import BadInput, NoSuchStep, NotAllowed, NotFound, NotReady, Refusal
from workflow.db.database import Database
from workflow.engine import audit
from workflow.engine.follow_up import SUSPENDED
from workflow.models import BudgetLine, ChangeRequest, Expense, Milestone, MilestoneDependency, ProgressReport, Proposal
from workflow.overview.portfolio import portfolio, totals_of
from workflow.overview.public_project import accounts_of
from workflow.rules.facts import Ref


@pytest.fixture
def world(sqlite_url: str) -> Any:
    database = Database(sqlite_url)
    yield World(database)
    database.close()


def row(world: World, model: Any, number: int) -> Any:
    with world.writing() as tx:
        return tx.execute(select(model).where(model.id == number)).one()


def refused(call: Callable[[], Any]) -> set[str]:
    """The codes of what stands in the way, or the wrong fields."""
    with pytest.raises(Refusal) as refusal:
        call()
    assert isinstance(refusal.value, (NotReady, BadInput)), refusal.value
    if isinstance(refusal.value, BadInput):
        return set(refusal.value.fields)
    return {missing.code for missing in refusal.value.missing}


def verified(world: World) -> None:
    with world.database.snapshot() as connection:
        assert audit.verify(connection).broken is None


def test_a_plan_is_worked_on_accepted_and_changed_on_request_alone(world: World) -> None:
    project = world.proposal_in("selected")
    world.prepare_start(project)
    (milestone,) = world.milestones(project)
    planned = row(world, Milestone, milestone.id)
    assert planned.baseline_due_at == planned.due_at
    assert row(world, Proposal, project.id).plan_accepted_at is not None

    assert refused(lambda: world.take(milestone, "edit", "coordinator", title="Inny")) == {"plan_accepted"}
    later = warsaw_date(world.now) + timedelta(days=70)
    change = world.request_change(project, new_day=later)
    assert refused(lambda: world.take(change, "approve", "chair")) == {"others_decide"}
    with pytest.raises(NotAllowed):
        world.take(change, "approve", "coordinator")
    world.take(change, "approve", "staff", remarks="Zgoda.")

    moved = row(world, Milestone, milestone.id)
    assert (moved.due_at, moved.baseline_due_at) == (end_of_day(later), planned.due_at)
    assert moved.recorded["move"][0]["reason"] == "Deszcz."
    assert row(world, ChangeRequest, change.id).decision_reason == "Zgoda."
    verified(world)


def test_a_late_addition_to_an_accepted_plan_is_measured_by_its_own_day(world: World) -> None:
    project = world.proposal_in("in_implementation")
    added = row(world, Milestone, world.plan_milestone(project, title="Targ").id)
    assert added.number == 2
    assert added.baseline_due_at == added.due_at
    verified(world)


def test_days_that_cannot_be_are_refused_with_the_field(world: World) -> None:
    project = world.proposal_in("selected")
    today = warsaw_date(world.now)
    plan = lambda **data: refused(lambda: world.plan_milestone(project, "staff", **data))  # noqa: E731
    assert plan(due_on=today - timedelta(days=30)) == {"day_over"}
    assert plan(due_on=today + timedelta(days=9000)) == {"after_the_end"}
    assert plan(starts_on=today + timedelta(days=31)) == {"starts_after_end"}
    assert plan(starts_on=today - timedelta(days=900)) == {"starts_long_ago"}
    assert plan(person=10**9) == {"unknown_person"}
    assert plan(organisation=10**9) == {"no_organisation"}
    assert plan(line_number=7) == {"no_line"}
    assert plan(title="") == {"title"}


def test_milestones_never_wait_for_themselves_nor_end_before_what_comes_first(world: World) -> None:
    project = world.proposal_in("selected")
    today = warsaw_date(world.now)
    first = world.plan_milestone(project, "staff", title="Dach", due_on=today + timedelta(days=40))
    second = world.plan_milestone(project, "staff", title="Okna", due_on=today + timedelta(days=50), after=[1])
    third = world.plan_milestone(project, "staff", title="Otwarcie", due_on=today + timedelta(days=60), after=[2])
    assert refused(lambda: world.take(first, "edit", "staff", after=[3], due_on=today + timedelta(days=70))) == {
        "circle"
    }
    assert refused(lambda: world.take(first, "edit", "staff", after=[1])) == {"circle"}
    assert refused(lambda: world.take(first, "edit", "staff", after=[9])) == {"no_such_milestone"}
    assert refused(lambda: world.take(third, "edit", "staff", due_on=today + timedelta(days=45))) == {"before_earlier"}
    assert refused(lambda: world.plan_milestone(project, "staff", due_on=today + timedelta(days=10), after=[1])) == {
        "before_earlier"
    }
    world.take(second, "edit", "staff", after=[])
    with world.writing() as tx:
        edges = tx.execute(select(MilestoneDependency.milestone_id, MilestoneDependency.after_id)).all()
    assert [tuple(edge) for edge in edges] == [(third.id, second.id)]
    verified(world)


def test_work_is_noted_in_its_order_and_never_twice(world: World) -> None:
    project = world.proposal_in("in_implementation")
    (first,) = world.milestones(project)
    second = world.plan_milestone(
        project, title="Otwarcie", due_on=warsaw_date(world.now) + timedelta(days=60), after=[1]
    )
    done = {"outcome_text": "Gotowe."}
    assert refused(lambda: world.take(second, "finish", "coordinator", **done)) == {"earlier_open"}
    tomorrow = warsaw_date(world.now) + timedelta(days=1)
    assert refused(lambda: world.take(first, "finish", "coordinator", done_on=tomorrow, **done)) == {"done_in_future"}
    long_ago = warsaw_date(world.now) - timedelta(days=3000)
    assert refused(lambda: world.take(first, "finish", "coordinator", done_on=long_ago, **done)) == {
        "done_before_start"
    }
    assert refused(lambda: world.take(first, "finish", "coordinator", evidence=[77], **done)) == {"no_file"}
    world.take(first, "finish", "coordinator", **done)
    with pytest.raises(Refusal):
        world.take(first, "finish", "coordinator", **done)
    world.take(second, "finish", "coordinator", **done)
    assert refused(lambda: world.take(first, "reopen", "staff", reason="Usterka.")) == {"later_done"}
    world.take(second, "reopen", "staff", reason="Usterka.")
    world.take(second, "waive", "coordinator", reason="Nie ma potrzeby.")
    assert row(world, Milestone, second.id).outcome == "Nie ma potrzeby."
    verified(world)


def test_an_owner_is_named_anew_by_an_explicit_step_and_may_finish(world: World) -> None:
    project = world.proposal_in("in_implementation")
    milestone = world.plan_milestone(project, person=world["member"].id)
    assert refused(lambda: world.take(project, "leave_group", "member")) == {"owns_milestones"}
    with pytest.raises(NotAllowed):
        world.take(milestone, "finish", "member2", outcome_text="Gotowe.")
    world.take(milestone, "assign", "coordinator", person=world["member2"].id)
    world.take(milestone, "finish", "member2", outcome_text="Gotowe.")
    world.take(project, "leave_group", "member")
    verified(world)


def test_money_moves_between_lines_when_a_change_is_approved(world: World) -> None:
    project = world.proposal_in("in_implementation")
    with world.writing() as tx:
        for number, planned in ((2, 100_00), (3, 50_00)):
            tx.execute(BudgetLine.__table__.insert().values(
                proposal_id=project.id, number=number, label=f"Pozycja {number}", planned=planned, agreed=planned,
                created_at=world.at,
            ))  # fmt: skip
    ask = lambda **data: world.request_change(  # noqa: E731
        project, change_kind="money", milestone_number=None, new_day=None, **data
    )
    assert refused(lambda: ask(line_number=2)) == {"change_incomplete"}
    assert refused(lambda: ask(line_number=2, new_amount="100,00")) == {"same_amount"}
    assert refused(lambda: ask(line_number=2, new_amount="151,00", from_line=3)) == {"source_too_small"}
    assert refused(lambda: ask(line_number=9, new_amount="1,00")) == {"no_line"}
    change = ask(line_number=2, new_amount="120,00", from_line=3)
    world.take(change, "approve", "staff")
    with world.writing() as tx:
        lines = tx.execute(
            select(BudgetLine.planned, BudgetLine.agreed).where(BudgetLine.number > 1).order_by(BudgetLine.number)
        ).all()
    assert [tuple(line) for line in lines] == [(120_00, 100_00), (30_00, 50_00)]
    verified(world)


def test_the_setting_says_who_decides(world: World) -> None:
    project = world.proposal_in("in_implementation")
    world.take(world.edition_of(project), "change_settings", "staff", change_decided_by="committee")
    change = world.request_change(project)
    assert refused(lambda: world.take(change, "refuse", "staff", reason="Nie.")) == {"others_decide"}
    assert refused(lambda: world.take(change, "refuse", "chair", reason="Nie.")) == {"no_resolution"}
    world.take(change, "refuse", "chair", reason="Nie.", resolution="4/2026")
    assert row(world, ChangeRequest, change.id).state == "refused"


def test_a_milestone_of_a_project_of_another_edition_does_not_exist(world: World) -> None:
    project = world.proposal_in("selected")
    with pytest.raises(NotFound):
        world.plan_milestone(Ref("proposal", 10**6), "staff")
    world.take(project, "suspend", "staff", reason="Remont.", resume_on=warsaw_date(world.now) + timedelta(days=30))
    assert refused(lambda: world.plan_milestone(project, "staff")) == {"project_suspended"}


def test_days_ahead_move_by_the_time_the_edition_rested_and_what_was_late_stays_late(world: World) -> None:
    project = world.proposal_in("in_implementation")
    edition, today = world.edition_of(project), warsaw_date(world.now)
    world.at = world.now
    (ahead,) = world.milestones(project)
    late = world.plan_milestone(project, "staff", title="Dach", due_on=today + timedelta(days=2))
    world.wait(5)
    change = world.request_change(project, new_day=today + timedelta(days=95))
    report, decision = world.facts(project)["report_due_at"], row(world, ChangeRequest, change.id).due_at
    world.take(edition, "suspend", "staff", reason="Powódź.")
    world.wait(12)
    world.take(edition, "set_calendar", "staff", implementation_day=today + timedelta(days=900))
    before = {ref: row(world, Milestone, ref.id) for ref in (ahead, late)}
    world.take(edition, "resume", "staff")
    after = {ref: row(world, Milestone, ref.id) for ref in (ahead, late)}
    assert warsaw_date(after[ahead].due_at) == warsaw_date(before[ahead].due_at) + timedelta(days=12)
    assert after[ahead].due_at == end_of_day(warsaw_date(after[ahead].due_at))
    assert after[ahead].baseline_due_at == before[ahead].baseline_due_at
    assert after[late].due_at == before[late].due_at
    # What is expected of the coordinator and of the office moves too, to the end of a working day.
    assert world.facts(project)["report_due_at"] == term_end(warsaw_date(report) + timedelta(days=12))
    assert row(world, ProgressReport, 1).due_at == world.facts(project)["report_due_at"]
    assert row(world, ChangeRequest, change.id).due_at == term_end(warsaw_date(decision) + timedelta(days=12))
    # Everybody reads why the day is another one.
    with world.writing() as tx:
        promises = accounts_of(tx, [project.id], at=world.at)[project.id].promises
    assert [promise.reasons for promise in promises] == [(SUSPENDED,), ()]
    verified(world)


def test_nothing_is_spent_while_a_project_rests_and_the_bill_is_noted_with_its_own_day_afterwards(world: World) -> None:
    project = world.proposal_in("in_implementation")
    world.wait(1)
    bill = {"line_number": 1, "expense_kind": "spent", "amount": "10,00", "paid_for": "Prąd"}
    world.take(project, "suspend", "staff", reason="Remont.", resume_on=warsaw_date(world.at) + timedelta(days=30))
    world.wait(10)
    came_on = warsaw_date(world.at)
    with pytest.raises(NoSuchStep):
        world.take(project, "note_expense", "coordinator", day=came_on, **bill)
    world.take(project, "resume", "staff")
    world.wait(3)
    world.take(project, "note_expense", "coordinator", day=came_on, **bill)
    with world.writing() as tx:
        assert tx.execute(select(Expense.day, Expense.amount)).one() == (came_on, 10_00)


def test_a_report_that_was_late_before_the_edition_rested_stays_late(world: World) -> None:
    project = world.proposal_in("in_implementation")
    edition, due = world.edition_of(project), world.facts(project)["report_due_at"]
    world.at = due + timedelta(days=3)
    world.take(edition, "suspend", "staff", reason="Powódź.")
    world.wait(12)
    world.take(edition, "set_calendar", "staff", implementation_day=warsaw_date(world.at) + timedelta(days=900))
    world.take(edition, "resume", "staff")
    assert world.facts(project)["report_due_at"] == due


def test_a_bill_that_comes_after_a_cancellation_is_noted_and_counted_apart(world: World) -> None:
    project = world.proposal_in("cancelled", came_from="in_implementation")
    edition, bill = world.edition_of(project), {"line_number": 1, "expense_kind": "spent", "amount": "10,00"}
    world.wait(3)
    world.take(project, "note_expense", "coordinator", day=warsaw_date(world.at), paid_for="Prąd", **bill)
    with world.database.reading() as tx:
        totals = totals_of(portfolio(tx, edition.id, at=world.at))
    assert (totals.spent.value, totals.spent_in_vain.value, totals.all.value) == (0, 10_00, 0)
    ahead = {"day": warsaw_date(world.at) + timedelta(days=1), "paid_for": "Prąd", **bill}
    assert refused(lambda: world.take(project, "note_expense", "coordinator", **ahead)) == {"day_ahead"}
    verified(world)


def test_nothing_is_spent_on_a_project_that_was_cancelled_before_it_began(world: World) -> None:
    project = world.proposal_in("cancelled")
    bill = {"line_number": 1, "expense_kind": "spent", "amount": "10,00", "paid_for": "Prąd"}
    assert "never_started" in refused(
        lambda: world.take(project, "note_expense", "staff", day=warsaw_date(world.now), **bill)
    )


def test_a_request_that_was_left_open_changes_nothing_of_a_project_that_ended(world: World) -> None:
    project = world.proposal_in("in_implementation")
    change = world.request_change(project)
    ground = {"cancel_ground": "no_funds", "justification": "Brak środków."}
    world.take(project, "propose_cancellation", "staff", **ground)
    world.take(project, "cancel", "chair", **ground)
    assert refused(lambda: world.take(change, "approve", "staff")) == {"project_ended"}
    world.take(change, "refuse", "staff", reason="Projektu już nie ma.")
