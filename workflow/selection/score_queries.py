"""Reads the scoring of an edition, or of one project of it; seven statements, however many projects there are.

Everything is read; `workflow.selection.score_rules` says what of it a person may know.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
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
    c = Criterion
    query = select(c.id, c.number, c.name, c.description, c.weight, c.scale_min, c.scale_max, c.step, c.required,
                   c.minimum).where(c.edition_id == edition_id).order_by(c.number)  # fmt: skip
    return tuple(CriterionLine(*row) for row in tx.execute(query))


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
    after_decision = and_(p.state == P.APPEALED, p.previous_state.in_((P.RESERVE, P.NOT_SELECTED)))
    return or_(p.state.in_(BEFORE_COMMITTEE), after_decision)


def _projects(tx: Connection, edition_id: int, proposal_id: int | None) -> dict[int, ProjectLine]:
    p, o, d = Proposal, ScoreOpening, Decision
    here = (p.edition_id == edition_id, before_committee(), *([p.id == proposal_id] if proposal_id else []))
    query = select(p.id, p.number, p.title, p.state, p.sector, p.sheet, p.cost, o.opened_at, d.outcome)
    unannounced = d.proposal_id == p.id, d.active.is_(True), d.announced_at.is_(None)
    query = query.outerjoin(o, o.proposal_id == p.id).outerjoin(d, and_(*unannounced))
    rows = tx.execute(query.where(*here).order_by(p.number).limit(LIMIT)).all()
    recused, cards = binding(tx, edition_id, proposals={row.id for row in rows}), _cards(tx, here)
    return {
        row.id: ProjectLine(row.id, row.number, row.title, row.state, recused.get(row.id, {}),
                            tuple(cards[row.id]), row.opened_at, row.sector, tuple(row.sheet.get("places") or ()),
                            row.cost or 0, row.outcome is not None)
        for row in rows
    }  # fmt: skip


def _cards(tx: Connection, here: tuple[ColumnElement[bool], ...]) -> Mapping[int, list[CardLine]]:
    """The cards of projects by project, the oldest first."""
    c, s = ScoreCard, Score
    points: dict[int, dict[int, int]] = defaultdict(dict)
    given = select(s.card_id, s.criterion_id, s.points).join(c, c.id == s.card_id)
    for card_id, criterion_id, number in tx.execute(given.join(Proposal, Proposal.id == c.proposal_id).where(*here)):
        points[card_id][criterion_id] = number
    query = select(c.id, c.proposal_id, c.seat_id, c.person_id, c.state, c.comment, c.sheet_digest, c.revision,
                   c.saved_at, c.submitted_at).join(Proposal, Proposal.id == c.proposal_id)  # fmt: skip
    rows = tx.execute(query.where(*here).order_by(c.id))
    return grouped((row.proposal_id, replace(CardLine(*row), points=points[row.id])) for row in rows)
