"""Criteria and score cards of a demonstration edition: some projects scored by everybody, others by a few."""

from collections.abc import Mapping
from contextlib import suppress
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
        project, drafts = refs[cards["project"]], cards.get("drafts", ())
        for who in sorted(cards.keys() - NOT_PEOPLE):
            given = GivenCard(dict(zip(criteria, map(str, cards[who]), strict=False)))
            with suppress(NotAllowed):
                save_card(tx, edition, project.id, given, hand_in=who not in drafts, actor=cast.actors[who], at=then)
