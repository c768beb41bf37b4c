"""Only if: what may be noted of the money of a project, and what may be struck out."""

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import Money, _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing
from workflow.rules.project_money import comes_back, plan_of, room_for
from workflow.rules.roles import Role
from workflow.rules.states import ExpenseKind


@demands("accounts_closed", _("The settlement has been accepted; the accounts of the project are closed."), Role.STAFF)
def accounts_open(facts: Facts, _attempt: Attempt) -> bool:
    """The settlement was not accepted."""
    return not facts.entry("accept_settlement")


@demands("never_started", _("The implementation of this project was never started; nothing was spent on it."))
def implementation_was_started(facts: Facts, _attempt: Attempt) -> bool:
    """The implementation was started once; of a project that was cancelled before it nothing was spent."""
    return plan_of(facts).started_at is not None


@guard
def line_known(facts: Facts, attempt: Attempt) -> Missing | None:
    """The plan has lines, and the one that was named."""
    plan = plan_of(facts)
    if not plan.lines:
        return missing("no_lines", _("The plan of this project has no budget lines yet."), Role.COORDINATOR)
    number = answers(attempt).get("line_number")
    if number is None or plan.line(number):
        return None
    return missing("no_such_line", _("The budget has no line with this number."), field="line_number")


@demands("amount_zero", _("The amount has to be above zero."), field="amount")
def amount_positive(_facts: Facts, attempt: Attempt) -> bool:
    """The amount is more than nothing."""
    return answers(attempt).get("amount") != 0


@guard
def expense_day_possible(facts: Facts, attempt: Attempt) -> Missing | None:
    """The day of an expense lies between the start of the implementation and today."""
    given, started = day(answers(attempt).get("day")), plan_of(facts).started_at
    if given is None:
        return None
    if given > warsaw_date(attempt.at):
        return missing(
            "day_ahead", _("This day lies in the future. Note the expense when it has been made."), field="day"
        )
    if started and given < warsaw_date(started):
        return missing(
            "before_start",
            _("Implementation started on {day}; nothing can be spent before it.", day=warsaw_date(started)),
            field="day",
        )
    return None


@guard
def settled_is_open(facts: Facts, attempt: Attempt) -> Missing | None:
    """A payment settles a commitment of the same line that stands."""
    data, plan = answers(attempt), plan_of(facts)
    if data.get("settles") is None:
        return None
    if data.get("expense_kind") == ExpenseKind.COMMITTED:
        return missing("settles_nothing", _("Only a payment settles a commitment."), field="settles")
    settled, line = plan.expenses.get(data["settles"]), plan.line(data.get("line_number"))
    if settled is None or settled.kind != ExpenseKind.COMMITTED or settled.struck:
        return missing("no_such_commitment", _("There is no commitment with this number."), field="settles")
    if line and settled.line_id != line.id:
        return missing("commitment_elsewhere", _("This commitment stands on another line."), field="settles")
    return None


@guard
def within_the_line(facts: Facts, attempt: Attempt) -> Missing | None:
    """A line carries no more than was planned for it."""
    data, plan = answers(attempt), plan_of(facts)
    line, amount = plan.line(data.get("line_number")), data.get("amount")
    if line is None or amount is None:
        return None
    over = amount - room_for(line, data.get("expense_kind", ""), plan.expenses.get(data.get("settles", 0)))
    if over <= 0:
        return None
    return missing(
        "above_the_line",
        _("This is {over} more than is free on the line “{line}”. Ask for a change of the budget first.",
          over=Money(over), line=line.label),
        Role.COORDINATOR, field="amount",
    )  # fmt: skip


@demands("no_such_file", _("The project has no such file. Add it to its files first."), field="expense_file")
def file_of_project(facts: Facts, attempt: Attempt) -> bool:
    """The file that shows the expense is one of the project."""
    number = answers(attempt).get("expense_file")
    return number is None or number in plan_of(facts).files


@guard
def expense_stands(facts: Facts, attempt: Attempt) -> Missing | None:
    """The expense exists and was not struck out."""
    number = answers(attempt).get("expense_number")
    if number is None:
        return None
    expense = plan_of(facts).expenses.get(number)
    if expense is None:
        return missing("no_such_expense", _("There is no expense with this number."), field="expense_number")
    if expense.struck:
        return missing("struck_already", _("This expense has been struck out already."), field="expense_number")
    return None


@guard
def striking_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """A commitment that stands again with the striking still fits into its line."""
    plan = plan_of(facts)
    expense = plan.expenses.get(answers(attempt).get("expense_number", 0))
    if expense is None or expense.struck:
        return None
    line = next(line for line in plan.lines if line.id == expense.line_id)
    over = comes_back(expense, plan.expenses.get(expense.settles or 0)) - line.free
    if over <= 0:
        return None
    return missing(
        "commitment_comes_back",
        _("The commitment that it settles would stand again and exceed the line by {over}. Strike that commitment "
          "out first.", over=Money(over)),
        field="expense_number",
    )  # fmt: skip
