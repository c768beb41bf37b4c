"""Tells the committee that a score card stopped counting after the scores of its project were open."""

from datetime import datetime

from sqlalchemy import Connection, select

from workflow.base.calendar import warsaw_date
from workflow.engine.conflicts_of_interest import conflicts_of
from workflow.models import ScoreOpening
from workflow.notifications import outbox
from workflow.rules.bodies import Body
from workflow.rules.facts import Actor, Ref
from workflow.rules.topics import Topic
from workflow.selection.conflict_rules import Bench
from workflow.selection.seat_queries import seats_of


def tell_scores_changed(tx: Connection, edition_id: int, proposal_id: int, *, actor: Actor, at: datetime) -> int:
    """Record a letter to each member who may know the scores of a project: a card of the actor counts no more.

    In the caller's transaction, once for each card; nothing where the scores are not open. Returns how many are told.
    The letters name the edition alone, neither the project nor the member.
    """
    if tx.execute(select(ScoreOpening.opened_at).where(ScoreOpening.proposal_id == proposal_id)).first() is None:
        return 0
    conflicts = conflicts_of(tx, edition_id, proposals={proposal_id})
    barred = {conflict.person_id for conflict in conflicts if conflict.binds}
    members = Bench(seats_of(tx, edition_id, Body.COMMITTEE), warsaw_date(at)).members(Body.COMMITTEE)
    ref, topic = Ref("edition", edition_id), Topic.SCORES_CHANGED
    return sum(
        outbox.record(tx, key=f"{ref}:{topic}:{proposal_id}:{actor.id}:{person}", topic=topic, ref=ref,
                      payload={"person": person}, at=at)
        for person in members.keys() - barred
    )  # fmt: skip
