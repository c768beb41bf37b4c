"""Reads the scoring of an edition, or of one project of it; seven statements, however many projects there are.

Everything is read; `workflow.selection.score_rules` says what of it a person may know.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, bindparam, or_, select

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
from workflow.db.statements import Query, among, query_together
from workflow.engine.conflicts_of_interest import binding
from workflow.models import Criterion, Decision, Proposal, Score, ScoreCard, ScoreOpening, Seat, SeatHolder
from workflow.rules.bodies import Body
from workflow.rules.settings_catalogue import value
from workflow.rules.states import ProposalState
from workflow.selection.score_rules import CardLine, CriterionLine, OpeningRule, ProjectLine, Scoring, conducts
from workflow.selection.seat_queries import seats_of

LIMIT = 300
P = ProposalState
# What the committee has, or had, before it.
BEFORE_COMMITTEE = (P.PRESENTED, P.SELECTED, P.RESERVE, P.NOT_SELECTED, P.IN_IMPLEMENTATION, P.SUSPENDED, P.COMPLETED,
                    P.SETTLED, P.CANCELLED)  # fmt: skip


def scoring_of(tx: Connection, edition: Mapping[str, Any], *, at: datetime, proposal_id: int | None = None) -> Scoring:
    """The scoring of an edition as it is at a moment; `edition` has its columns. Nothing is locked here."""
    edition_id = edition["id"]
    return Scoring(
        day=warsaw_date(at), criteria=criteria_of(tx, edition_id), seats=seats_of(tx, edition_id, Body.COMMITTEE),
        projects=_projects(tx, edition_id, proposal_id), opening=OpeningRule(value(edition, "scores_open")),
        min_cards=value(edition, "min_cards"),
    )  # fmt: skip


def criteria_of(tx: Connection, edition_id: int) -> tuple[CriterionLine, ...]:
    """The criteria of an edition in the order of the card; one statement."""
    return tuple(CriterionLine(*row) for row in _CRITERIA.all(tx, {"edition": edition_id}))


def may_conduct(
    tx: Connection, edition_id: int, person_id: int | None, roles: frozenset[str], *, at: datetime
) -> bool:  # fmt: skip
    """Whether a person conducts the scoring of an edition: by a role, else by the seat of that day; one statement."""
    h, day = SeatHolder, warsaw_date(at)
    sits = h.person_id == person_id, h.from_on <= day, or_(h.to_on.is_(None), h.to_on >= day)
    query = select(Seat.function).join(h, h.seat_id == Seat.id)
    here = Seat.edition_id == edition_id, Seat.body == Body.COMMITTEE
    return any(conducts(function, roles) for function in tx.execute(query.where(*here, *sits)).scalars()) or conducts(
        "", roles
    )


def before_committee() -> ColumnElement[bool]:
    """Whether a proposal is one that the committee has, or had, before it."""
    p = Proposal
    after_decision = and_(p.state == P.APPEALED, among(p.previous_state, (P.RESERVE, P.NOT_SELECTED)))
    return or_(among(p.state, BEFORE_COMMITTEE), after_decision)


# Constants, because each score card that is saved asks them.
_EDITION: Any = bindparam("edition", None, BigInteger)
_C = Criterion
_CRITERIA = Query(
    select(_C.id, _C.number, _C.name, _C.description, _C.weight, _C.scale_min, _C.scale_max, _C.step, _C.required,
           _C.minimum)
    .where(_C.edition_id == _EDITION).order_by(_C.number)
)  # fmt: skip


def _projects_query() -> Select[*tuple[Any, ...]]:
    p, o, d = Proposal, ScoreOpening, Decision
    unannounced = d.proposal_id == p.id, d.active.is_(True), d.announced_at.is_(None)
    query = select(p.id, p.number, p.title, p.state, p.sector, p.sheet, p.cost, o.opened_at, d.outcome)
    query = query.outerjoin(o, o.proposal_id == p.id).outerjoin(d, and_(*unannounced))
    return query.order_by(p.number).limit(LIMIT)


def _of_all_or_one(query: Select[*tuple[Any, ...]]) -> tuple[Query, Query]:
    """The query for all projects of an edition that the committee has before it, and for one of them."""
    here = query.where(Proposal.edition_id == _EDITION, before_committee())
    return Query(here), Query(here.where(Proposal.id == bindparam("proposal", None, BigInteger)))


_CARD = ScoreCard
_PROJECTS = _of_all_or_one(_projects_query())
_POINTS = _of_all_or_one(
    select(Score.card_id, Score.criterion_id, Score.points).join(_CARD, _CARD.id == Score.card_id)
    .join(Proposal, Proposal.id == _CARD.proposal_id)
)  # fmt: skip
_CARDS = _of_all_or_one(
    select(_CARD.id, _CARD.proposal_id, _CARD.seat_id, _CARD.person_id, _CARD.state, _CARD.comment,
           _CARD.sheet_digest, _CARD.revision, _CARD.saved_at, _CARD.submitted_at)
    .join(Proposal, Proposal.id == _CARD.proposal_id).order_by(_CARD.id)
)  # fmt: skip


def _projects(tx: Connection, edition_id: int, proposal_id: int | None) -> dict[int, ProjectLine]:
    here, is_one = {"edition": edition_id, "proposal": proposal_id}, bool(proposal_id)
    rows, points, written = query_together(tx, [(of[is_one], here) for of in (_PROJECTS, _POINTS, _CARDS)])
    recused, cards = binding(tx, edition_id, proposals={row.id for row in rows}), _cards(points, written)
    return {
        row.id: ProjectLine(row.id, row.number, row.title, row.state, recused.get(row.id, {}),
                            tuple(cards[row.id]), row.opened_at, row.sector, tuple(row.sheet.get("places") or ()),
                            row.cost or 0, row.outcome is not None)
        for row in rows
    }  # fmt: skip


def _cards(given: Iterable[Any], written: Iterable[Any]) -> Mapping[int, list[CardLine]]:
    """The cards of projects by project, the oldest first."""
    points: dict[int, dict[int, int]] = defaultdict(dict)
    for card_id, criterion_id, number in given:
        points[card_id][criterion_id] = number
    return grouped((row.proposal_id, replace(CardLine(*row), points=points[row.id])) for row in written)
