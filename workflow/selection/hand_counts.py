"""Typing the hands that one of two people counted; neither sees the figures of the other before both are in.

A count is no step: it moves no version, date or history. The poll is locked exclusively, so two people never take the
same place, and a count of the poll waits.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from workflow.base.errors import BadInput, found, not_ready
from workflow.base.i18n import _
from workflow.engine.hands_reader import hands_of
from workflow.models import Elector, HandCount, HandLine, Poll
from workflow.rules.facts import Actor
from workflow.rules.hands import CLERKS, Hands, agreed, does_not_add_up
from workflow.rules.session import Choice
from workflow.rules.states import PollState


def type_hands(tx: Connection, poll_id: int, hands: Hands, *, actor: Actor, at: datetime) -> None:
    """Hand in or replace one's own count, by sector and choice, in the caller's transaction; the caller asks who may.

    A choice or sector that is left out has no hands. Refused: NotFound where there is no such vote by hands, NotReady
    where it is not open, the actor is recused, two other people have counted, or both counts agree already; BadInput
    with the figures where a sector has more hands than electors who vote.
    """
    _lock_open(tx, poll_id)
    if _is_recused(tx, poll_id, actor):
        raise not_ready("recused", _("You have a conflict of interest in this matter, so others count the hands."))
    sectors = _present(tx, poll_id)
    if problem := does_not_add_up(hands, sectors):
        raise BadInput({"hands": problem})
    counts = hands_of(tx, [poll_id]).get(poll_id, [])
    if agreed(counts) is not None:
        raise not_ready("hands_agree", _("Both counts are the same already. Nothing was changed."))
    own = next((number for number, count in enumerate(counts, 1) if count.person_id == actor.id), None)
    if own is None and len(counts) == CLERKS:
        raise not_ready("two_counted", _("Two other people have counted the hands already."))
    key = {"poll_id": poll_id, "clerk": own or len(counts) + 1}
    for table in (HandLine, HandCount):
        tx.execute(delete(table).filter_by(**key))
    tx.execute(insert(HandCount).values(**key, person_id=actor.id, typed_at=at))
    tx.execute(insert(HandLine), [
        {**key, "sector": sector, "choice": str(choice), "count": hands.get((sector, choice), 0)}
        for sector in sectors for choice in Choice
    ])  # fmt: skip


def _lock_open(tx: Connection, poll_id: int) -> None:
    query = select(Poll.state).where(Poll.id == poll_id, Poll.by_hands.is_(True))
    state = found(tx.execute(query.with_for_update()).scalar())
    if state != PollState.OPEN:
        raise not_ready("vote_closed", _("The vote is not open. Nothing was changed."))


def _is_recused(tx: Connection, poll_id: int, actor: Actor) -> bool:
    here = Elector.poll_id == poll_id, Elector.person_id == actor.id, Elector.recused.is_(True)
    return tx.execute(select(Elector.seat_id).where(*here)).first() is not None


def _present(tx: Connection, poll_id: int) -> Mapping[str, int]:
    """The electors who vote, by sector."""
    query = select(Elector.sector).where(Elector.poll_id == poll_id, Elector.recused.is_(False))
    return Counter(tx.execute(query).scalars())
