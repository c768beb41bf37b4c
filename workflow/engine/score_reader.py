"""Reads what score cards said of projects, for the minutes of the meeting that decided about them; exact, as text."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from workflow.engine.conflicts_of_interest import binding
from workflow.models import Criterion, Proposal, Score, ScoreCard, ScoreOpening
from workflow.rules.states import CardState
from workflow.voting.counting import score_cards


def scores_of(tx: Connection, edition_id: int, proposals: Collection[int]) -> list[dict[str, Any]]:
    """Number of cards, mean, median and spread of each project whose scores are open, by number; fractions as "a/b".

    Cards of people with a conflict of interest are left out. One statement where no scores are open, else nine.
    """
    query = select(Proposal.id, Proposal.number, Proposal.title).join(ScoreOpening)
    opened = tx.execute(query.where(Proposal.id.in_(proposals)).order_by(Proposal.number)).all() if proposals else []
    if not opened:
        return []
    c = Criterion
    rows = tx.execute(select(c.id, c.weight, c.required, c.minimum).where(c.edition_id == edition_id))
    criteria = [score_cards.Criterion(str(row.id), row.weight, row.required, row.minimum) for row in rows]
    cards = _cards(tx, edition_id, {row.id for row in opened})
    assessed = ((row, score_cards.assess(cards[row.id], criteria)) for row in opened)
    return [
        {"project": row.number, "title": row.title, "cards": said.cards,
         **{name: str(getattr(said, name)) for name in ("mean", "median", "spread")}}
        for row, said in assessed if said.cards
    ]  # fmt: skip


def _cards(tx: Connection, edition_id: int, proposals: Collection[int]) -> dict[int, list[dict[str, int]]]:
    """The cards that count by proposal, each with its points by criterion."""
    recused, c, s = binding(tx, edition_id, proposals=proposals), ScoreCard, Score
    query = select(c.proposal_id, c.person_id, c.id, s.criterion_id, s.points).join(s, s.card_id == c.id)
    points: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for row in tx.execute(query.where(c.proposal_id.in_(proposals), c.state == CardState.SUBMITTED).order_by(c.id)):
        if row.person_id not in recused.get(row.proposal_id, {}):
            points[row.proposal_id, row.id][str(row.criterion_id)] = row.points
    cards: dict[int, list[dict[str, int]]] = defaultdict(list)
    for (proposal_id, _card), given in points.items():
        cards[proposal_id].append(given)
    return cards
