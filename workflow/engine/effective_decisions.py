"""Reads the decisions that are effective in an edition, and what they amount to for motions, lists and what-if."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, String, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from workflow.db.statements import Query, among
from workflow.models import Decision, Proposal
from workflow.rules.later_decisions import AnnouncedProject
from workflow.rules.session import ActiveDecision, Outcome
from workflow.rules.states import FUNDED, ProposalState

_D, _P, _Q = Decision, Proposal, aliased(Decision)
_EDITION, _BODY = bindparam("edition", None, BigInteger), bindparam("body", None, String)
# Constants, because each step of a meeting asks them.
EFFECTIVE = Query(
    select(_D.proposal_id, _D.outcome, _D.position, func.coalesce(_P.cost, 0), _D.announced_at.is_not(None))
    .join(_P, _P.id == _D.proposal_id)
    .where(_D.edition_id == _EDITION, or_(
        and_(_D.active.is_(True), case((_D.announced_at.is_(None), _P.state == ProposalState.PRESENTED),
                                       (_D.outcome == Outcome.SELECT, among(_P.state, sorted(FUNDED))), else_=True)),
        # A place that is offered to the reserve list.
        and_(_D.pending.is_(True), _D.outcome == Outcome.SELECT, _P.state == ProposalState.RESERVE,
             _P.due_at.is_not(None)),
    )).order_by(_D.proposal_id)
)  # fmt: skip
PROJECTS = Query(
    select(_P.number, _P.id, _P.title, _P.state, _D.outcome, _P.reserve_position,
           exists().where(_Q.proposal_id == _P.id, _Q.pending.is_(True), _Q.body == _BODY).label("waits"))
    .outerjoin(_D, and_(_D.proposal_id == _P.id, _D.active.is_(True), _D.announced_at.is_not(None)))
    .where(_P.edition_id == _EDITION,
           or_(among(_P.state, (ProposalState.PRESENTED, ProposalState.APPEALED)), _D.proposal_id.is_not(None)))
    .order_by(_P.number)
)  # fmt: skip


def effective_decisions(tx: Connection, edition_id: int) -> tuple[ActiveDecision, ...]:
    """Effective decisions, announced or not, and places that are offered to the reserve list; one statement.

    Of projects that are still there: who has left takes neither place nor money.
    """
    return tuple(ActiveDecision(*row) for row in EFFECTIVE.all(tx, {"edition": edition_id}))


class MotionProjects(Struct, frozen=True):
    """The projects of an edition that motions can be about, each by its number in the edition."""

    presented: Mapping[int, int]
    # Those whose effective decision was announced, and those under appeal.
    announced: Mapping[int, AnnouncedProject]
    appealed: Mapping[int, AnnouncedProject]


def projects_in(rows: Iterable[Any]) -> MotionProjects:
    """The projects that motions of a body can be about, and whether one of its resolutions waits, as `PROJECTS` found
    them.
    """
    projects = {
        row.number: AnnouncedProject(row.id, row.title, row.state, row.outcome or "", row.reserve_position, row.waits)
        for row in rows
    }
    return MotionProjects(
        {number: project.id for number, project in projects.items() if project.state == ProposalState.PRESENTED},
        {number: project for number, project in projects.items() if project.outcome},
        {number: project for number, project in projects.items() if project.state == ProposalState.APPEALED},
    )
