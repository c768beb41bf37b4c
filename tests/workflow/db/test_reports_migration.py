"""What projects reported before there were rows is carried into rows, and their histories hold as before."""

import pytest
from sqlalchemy import delete, select, update

from tests.workflow.db.downgrade import downgrade_before
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.db.schema import differences, upgrade
from workflow.engine.plan_reader import plans_of
from workflow.models import BudgetLine, ProgressReport, Proposal
from workflow.rules.progress_reports import next_due

pytestmark = pytest.mark.slow

REPORT = {"by": 1, "by_name": "Ewa", "at": "2026-03-02T09:30:00+00:00", "period_from": "2026-01-01",
          "period_to": "2026-02-28", "report": "Dach gotowy.", "spent": 9_999_999_900,
          "accepted_at": "2026-03-04T09:30:00+00:00", "accepted_by": 2}  # fmt: skip


def test_reports_of_a_case_file_are_rows_and_what_was_typed_stays_a_figure(database: Database) -> None:
    ref = World(database).proposal_in("in_implementation")
    with database.transaction() as tx:
        tx.execute(delete(ProgressReport))
        tx.execute(delete(BudgetLine))
        downgrade_before(tx, "0059")
        recorded = dict(tx.execute(select(Proposal.recorded).where(Proposal.id == ref.id)).scalar_one())
        changed = {"recorded": recorded | {"reports": [REPORT]}, "report_due_at": None}
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(**changed))
    upgrade(database)
    with database.reading() as tx:
        plan = plans_of(tx, [ref.id])[ref.id]
        figures = tx.execute(select(ProgressReport.figures).order_by(ProgressReport.number)).scalars().first()
        kept = tx.execute(select(Proposal.recorded).where(Proposal.id == ref.id)).scalar_one()
        assert differences(tx) == []
    first, expected = plan.reports
    assert (first.state, str(first.period_from), str(first.period_to)) == ("accepted", "2026-01-01", "2026-02-28")
    assert (expected.state, str(expected.period_from)) == ("expected", "2026-03-01")
    assert first.period_to is not None
    assert plan.report_due_at == expected.due_at == next_due(first.period_to, days=90)
    assert plan.report_due_at is not None
    assert str(warsaw_date(plan.report_due_at)) == "2026-05-29"
    assert figures == {"typed_spent": 9_999_999_900}
    assert [line.planned for line in plan.lines] == [1_250_000]
    assert kept["reports"] == [REPORT]
