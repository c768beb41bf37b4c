"""Reminds members whose score cards are missing; at most one letter a day to each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.base.calendar import warsaw_date
from workflow.base.errors import not_ready
from workflow.base.i18n import _
from workflow.notifications import outbox
from workflow.rules.facts import Actor, Ref
from workflow.rules.topics import Topic
from workflow.selection.score_queries import scoring_of


def remind(
    tx: Connection, edition: Mapping[str, Any], *, until: datetime | None, actor: Actor, at: datetime
) -> tuple[int, int]:
    """Record a letter to everybody whose card is missing; how many are new today, and how many have one already.

    In the caller's transaction; the caller asks who may. `until` is when the committee meets. Raises NotReady where
    nobody's card is missing.
    """
    people = scoring_of(tx, edition, at=at).missing_by_person(actor.id)
    if not people:
        raise not_ready("nobody_missing", _("Nobody's card is missing. Nobody was reminded."))
    day, ref = warsaw_date(at), Ref("edition", edition["id"])
    about = {"by": actor.id, "by_name": actor.name} | ({"until": until.isoformat()} if until else {})
    new = sum(
        outbox.record(tx, key=f"{ref}:{Topic.SCORES_MISSING}:{holder.person_id}:{day}", topic=Topic.SCORES_MISSING,
                      ref=ref, payload={**about, "person": holder.person_id}, at=at)
        for holder in people
    )  # fmt: skip
    return new, len(people) - new
