"""Progress reports of a project as pages show them, with what their partners added and what a new one is about."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from workflow.base.calendar import warsaw_date
from workflow.models import Affiliation, Organisation, Person, ProgressReport, Promise, ReportPart
from workflow.rules.plan import PlannedMilestone, ProjectPlan
from workflow.rules.states import ReportState

_R, _BY, _DECIDED = ProgressReport, aliased(Person), aliased(Person)


class ReportView(Struct, frozen=True):
    """One report with everything that its page shows."""

    id: int
    number: int
    kind: str
    state: str
    period_from: date | None
    period_to: date | None
    due_at: datetime | None
    light: str
    light_reason: str
    text: str
    figures: dict[str, Any]
    digest: str
    handed_in_at: datetime | None
    handed_in_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str

    def is_late(self, at: datetime) -> bool:
        """Whether it should have been handed in by now."""
        return self.state == ReportState.EXPECTED and self.due_at is not None and self.due_at < at


class Part(Struct, frozen=True):
    """What a partner added to a report."""

    organisation_id: int
    organisation: str
    person: str
    text: str
    written_at: datetime


_REPORTS = (
    select(_R.id, _R.number, _R.kind, _R.state, _R.period_from, _R.period_to, _R.due_at, _R.light, _R.light_reason,
           _R.text, _R.figures, _R.digest, _R.handed_in_at, _BY.name, _R.decided_at, _DECIDED.name, _R.reason)
    .outerjoin(_BY, _BY.id == _R.handed_in_by_id)
    .outerjoin(_DECIDED, _DECIDED.id == _R.decided_by_id)
)  # fmt: skip


def reports_of(tx: Connection, project: int) -> list[ReportView]:
    """All reports of a project, the newest first; one statement."""
    query = _REPORTS.where(_R.proposal_id == project).order_by(_R.number.desc())
    return [ReportView(*tuple(row)) for row in tx.execute(query)]


def report_of(tx: Connection, project: int, number: int) -> ReportView | None:
    """One report by its number within the project; None where there is none."""
    row = tx.execute(_REPORTS.where(_R.proposal_id == project, _R.number == number)).one_or_none()
    return ReportView(*tuple(row)) if row else None


def parts_of(tx: Connection, report: int) -> list[Part]:
    """What partners added to a report, in the order in which they wrote."""
    p = ReportPart
    query = (
        select(p.organisation_id, Organisation.name, Person.name, p.text, p.written_at)
        .join(Organisation, Organisation.id == p.organisation_id)
        .join(Person, Person.id == p.person_id)
        .where(p.report_id == report)
        .order_by(p.written_at)
    )
    return [Part(*row) for row in tx.execute(query)]


def due_since(plan: ProjectPlan, start: date | None, end: date) -> Sequence[PlannedMilestone]:
    """The milestones that a report about these days has to speak of: due or reached in them, or open from before."""

    def belongs(milestone: PlannedMilestone) -> bool:
        due = warsaw_date(milestone.due_at) if milestone.due_at else None
        if milestone.is_open:
            return due is not None and due <= end
        return milestone.done_on is not None and (start is None or milestone.done_on >= start)

    return [milestone for milestone in plan.milestones if belongs(milestone)]


def speaking_for(tx: Connection, project: int, person: int | None, *, on: date) -> list[tuple[int, str]]:
    """The organisations with a promise in a project to which a person belongs on a day, by name."""
    a, o = Affiliation, Organisation
    query = (
        select(o.id, o.name).distinct()
        .join(Promise, Promise.organisation_id == o.id)
        .join(a, a.organisation_id == o.id)
        .where(Promise.proposal_id == project, a.person_id == person, (a.to_on.is_(None)) | (a.to_on >= on))
        .order_by(o.name)
    )  # fmt: skip
    return [(number, name) for number, name in tx.execute(query)] if person is not None else []
