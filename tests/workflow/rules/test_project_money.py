"""Money of a project: its lines are the rows of the sheet, and no order of notes carries a line beyond its plan."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from workflow.base.calendar import warsaw_date
from workflow.rules.effects.base import Change, EffectContext
from workflow.rules.effects.project_money import make_budget_lines, note_expense, strike_expense
from workflow.rules.facts import ActorRights, Attempt, Facts, Ref
from workflow.rules.guards.base import GUARDS
from workflow.rules.plan import NotedExpense, PlannedLine, ProjectPlan
from workflow.rules.project_money import lines_from_sheet
from workflow.rules.states import ExpenseKind

AT = datetime(2027, 3, 10, 9, tzinfo=UTC)
TODAY = warsaw_date(AT)
ROWS = [
    {"what": "Lokal", "amount": 800_000, "source": "Gmina ŁĄCK"},
    {"what": "Meble", "amount": 450_050, "source": "Razem", "own": True},
]


def facts_of(plan: ProjectPlan, *, rows: Any = None, cost: int | None = None) -> Facts:
    return Facts(
        ref=Ref("proposal", 1), lifecycle="local_partnership", lifecycle_version=5, state="in_implementation",
        version=1, previous_state=None, due_at=None, head_hash="", recorded={}, edition={}, rights=ActorRights(),
        own={"sheet": {"budget_lines": rows} if rows else {}, "cost": cost, "title": "Klub"}, plan=plan,
    )  # fmt: skip


def empty_plan(**more: Any) -> ProjectPlan:
    started = AT - timedelta(days=30)
    return ProjectPlan(1, 1, "Klub", "in_implementation", None, None, None, AT, started, None, None, **more)


def changed(effect: Any, facts: Facts, **data: Any) -> Change:
    change = Change()
    effect(EffectContext(facts, Attempt(AT, data), "step", data, 7, "Anna"), change)
    return change


def refusals(record: str, facts: Facts, **data: Any) -> list[str]:
    guards = {
        "note_expense": ("line_known", "amount_positive", "expense_day_possible", "settled_is_open", "within_the_line"),
        "strike_expense": ("expense_stands", "striking_fits"),
    }
    found = (GUARDS[name](facts, Attempt(AT, data)) for name in guards[record])
    return [unmet.code for unmet in found if unmet]


def test_each_row_of_the_sheet_is_a_line_and_its_payer_an_organisation() -> None:
    facts = facts_of(empty_plan(organisations={"gmina lack": 5}), rows=ROWS)
    assert [(line.label, line.planned, line.organisation_id, line.own) for line in lines_from_sheet(facts)] == [
        ("Lokal", 800_000, 5, False), ("Meble", 450_050, None, True),
    ]  # fmt: skip


def test_a_sheet_with_a_sum_alone_is_one_line_and_one_without_money_none() -> None:
    assert [line.planned for line in lines_from_sheet(facts_of(empty_plan(), cost=1_250_000))] == [1_250_000]
    assert lines_from_sheet(facts_of(empty_plan())) == ()


def test_lines_are_made_once() -> None:
    facts = facts_of(empty_plan(), rows=ROWS)
    assert [row["agreed"] for _table, row in changed(make_budget_lines, facts).rows] == [800_000, 450_050]
    line = PlannedLine(1, 1, "Lokal", "", own=False, organisation_id=None, planned=5, agreed=5)
    assert changed(make_budget_lines, facts_of(empty_plan(lines=(line,)), rows=ROWS)).rows == []


def test_an_expense_of_tomorrow_or_before_the_start_is_refused() -> None:
    facts = facts_of(empty_plan(lines=tuple(Ledger([500]).lines)))
    day = {"line_number": 1, "amount": 100, "expense_kind": "spent"}
    assert refusals("note_expense", facts, day=TODAY + timedelta(days=1), **day) == ["day_ahead"]
    assert refusals("note_expense", facts, day=TODAY - timedelta(days=31), **day) == ["before_start"]
    assert refusals("note_expense", facts, day=TODAY - timedelta(days=30), **day) == []


def test_nothing_and_more_than_is_free_are_refused() -> None:
    facts = facts_of(empty_plan(lines=tuple(Ledger([500]).lines)))
    given_day = {"line_number": 1, "day": TODAY, "expense_kind": "spent"}
    assert refusals("note_expense", facts, amount=0, **given_day) == ["amount_zero"]
    assert refusals("note_expense", facts, amount=501, **given_day) == ["above_the_line"]


class Ledger:
    """Lines and expenses kept by hand, apart from the statements that the product sums them with."""

    def __init__(self, planned: list[int]) -> None:
        self.planned = dict(enumerate(planned, start=1))
        self.rows: list[dict[str, Any]] = []

    def stand(self, row: dict[str, Any]) -> bool:
        paid = any(other["settles_id"] == row["id"] and not other["struck"] for other in self.rows)
        return not row["struck"] and not (row["kind"] == ExpenseKind.COMMITTED and paid)

    def total(self, line: int, kind: str) -> int:
        return sum(r["amount"] for r in self.rows if r["line_id"] == line and r["kind"] == kind and self.stand(r))

    @property
    def lines(self) -> list[PlannedLine]:
        return [
            PlannedLine(line, line, f"Linia {line}", "", False, None, planned, planned, self.total(line, "committed"),
                        self.total(line, "spent"))
            for line, planned in self.planned.items()
        ]  # fmt: skip

    @property
    def facts(self) -> Facts:
        paid = [row["settles_id"] for row in self.rows if not row["struck"]]
        expenses = {
            row["id"]: NotedExpense(row["id"], row["id"], row["line_id"], row["kind"], row["amount"], row["struck"],
                                    row["settles_id"], paid.count(row["id"]))
            for row in self.rows
        }  # fmt: skip
        return facts_of(replace(empty_plan(lines=tuple(self.lines)), expenses=expenses))

    def note(self, line: int, kind: str, amount: int, settles: int | None) -> None:
        data = {"line_number": line, "expense_kind": kind, "amount": amount, "day": TODAY, "paid_for": "Farba"}
        data |= {"settles": settles} if settles else {}
        if not refusals("note_expense", self.facts, **data):
            ((_table, row),) = changed(note_expense, self.facts, **data).rows
            self.rows.append({**row, "id": len(self.rows) + 1, "struck": False})

    def strike(self, number: int) -> None:
        data = {"expense_number": number, "reason": "Pomyłka"}
        if not refusals("strike_expense", self.facts, **data):
            ((_table, key, values),) = changed(strike_expense, self.facts, **data).updates
            assert values["struck_at"] == AT
            self.rows[key["id"] - 1]["struck"] = True

    def change(self, line: int, planned: int) -> None:
        """An approved change: never below what stands on the line."""
        self.planned[line] = max(planned, self.total(line, "committed") + self.total(line, "spent"))


NOTES = st.tuples(st.just("note"), st.integers(1, 3), st.sampled_from(["committed", "spent"]), st.integers(0, 120),
                  st.none() | st.integers(1, 8))  # fmt: skip
STRIKES = st.tuples(st.just("strike"), st.integers(1, 8))
CHANGES = st.tuples(st.just("change"), st.integers(1, 2), st.integers(0, 150))


@given(st.lists(st.integers(0, 100), min_size=2, max_size=2), st.lists(NOTES | STRIKES | CHANGES, max_size=25))
def test_no_order_of_notes_strikes_and_changes_carries_a_line_beyond_its_plan(planned: list[int], acts: Any) -> None:
    ledger = Ledger(planned)
    for act, *values in acts:
        getattr(ledger, act)(*values)
        assert all(line.free >= 0 for line in ledger.lines)
