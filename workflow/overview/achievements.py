"""What the programme has achieved in all its editions, for the front page; counted from rows."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, case, cast, func, select

from workflow.models import BudgetLine, Conference, Expense, Milestone, Proposal
from workflow.overview.public_edition import FINISHED
from workflow.rules.states import FUNDED, ConferenceState, ExpenseKind, MilestoneState

_p, _b, _e, _m, _c = Proposal, BudgetLine, Expense, Milestone, Conference
HELD = (ConferenceState.HELD, ConferenceState.MINUTES_APPROVED)


class Achievements(Struct, frozen=True):
    """Counts and sums over several editions; money in grosze. Milestones given up are not counted."""

    funded: int
    finished: int
    money: int
    spent: int
    milestones: int
    reached: int
    conferences: int


def achievements_of(tx: Connection, editions: Collection[int]) -> Achievements:
    """The figures of these editions, all of which have to be public; one statement.

    Money is what the accepted plan of a project has now, else what it was to cost: as on the page of the edition.
    """
    planned = select(_sum(_b.planned)).where(_b.proposal_id == _p.id).correlate(_p).scalar_subquery()
    has_lines = select(_b.id).where(_b.proposal_id == _p.id).correlate(_p).exists()
    money = case((_p.plan_accepted_at.is_not(None) & has_lines, planned), else_=func.coalesce(_p.cost, 0))
    funded = _p.edition_id.in_(editions), _p.state.in_(FUNDED)
    ours = select(_p.id).where(*funded, _p.plan_accepted_at.is_not(None))
    spent = _e.proposal_id.in_(ours), _e.kind == ExpenseKind.SPENT, _e.struck_at.is_(None)
    milestones = select(func.count()).where(_m.proposal_id.in_(ours), _m.state != MilestoneState.WAIVED)
    numbers: tuple[Any, ...] = (
        select(func.count()).where(*funded), select(func.count()).where(*funded, _p.state.in_(FINISHED)),
        select(_sum(money)).where(*funded), select(_sum(_e.amount)).where(*spent),
        milestones, milestones.where(_m.state == MilestoneState.DONE),
        select(func.count()).where(_c.edition_id.in_(editions), _c.state.in_(HELD)),
    )  # fmt: skip
    row: Any = tx.execute(select(*(number.scalar_subquery() for number in numbers))).one()
    return Achievements(*(int(value) for value in row))


def _sum(values: Any) -> Any:
    """A sum that is nought where there is nothing; PostgreSQL adds whole numbers up to a decimal."""
    return cast(func.coalesce(func.sum(values), 0), BigInteger)
