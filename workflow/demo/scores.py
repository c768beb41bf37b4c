"""Criteria and score cards of a demonstration edition: some projects scored by everybody, others by a few."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.errors import NotAllowed
from workflow.demo.people import Cast
from workflow.demo.script import EDITION, Book
from workflow.models import Edition
from workflow.rules.facts import Ref
from workflow.selection.criteria import add_criterion
from workflow.selection.score_cards import GivenCard, save_card

# How long before the demo is loaded the cards were handed in.
BEFORE = timedelta(hours=3)
USUAL: Mapping[str, Any] = {"scale_min": 0, "scale_max": 5, "step": 1, "required": True}
NOT_PEOPLE = frozenset({"project", "drafts"})


def score_projects(tx: Connection, book: Book, refs: Mapping[str, Ref], cast: Cast, *, at: datetime) -> None:
    """Enter the criteria of the edition and hand in its cards, in the caller's transaction.

    Whoever has a conflict of interest gives none.
    """
    if not book.get("criterion"):
        return
    edition_id, then, office = refs[EDITION].id, at - BEFORE, cast.actors["protokolant"]
    criteria = [add_criterion(tx, edition_id, {**USUAL, **given}, actor=office, at=then) for given in book["criterion"]]
    edition = dict(tx.execute(select(*Edition.__table__.columns).where(Edition.id == edition_id)).one()._mapping)
    for cards in book["cards"]:
        for who, points in cards.items():
            if who not in NOT_PEOPLE:
                given = GivenCard(dict(zip(criteria, map(str, points), strict=False)))
                _hand_in(tx, edition, refs[cards["project"]], given, who in cards.get("drafts", ()), cast.actors[who], then)


def _hand_in(
    tx: Connection, edition: Mapping[str, Any], project: Ref, given: GivenCard, is_draft: bool, actor: Any, at: datetime
) -> None:
    try:
        save_card(tx, edition, project.id, given, hand_in=not is_draft, actor=actor, at=at)
    except NotAllowed:
        return
