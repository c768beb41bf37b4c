"""What the groups of the demo keep beside their steps: open invitations, a request to join, tasks; without letters."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from workflow.accounts.sealing import digest, new_token
from workflow.demo.editions import DOMAIN
from workflow.demo.people import Cast
from workflow.groups.invitations import LIVES
from workflow.models import GroupInvitation, GroupTask, JoinRequest
from workflow.rules.facts import Ref

Book = Mapping[str, Any]


def fill_groups(
    tx: Connection, groups: list[Book], refs: Mapping[str, Ref], cast: Cast, *, monday: date, at: datetime
) -> None:
    """Write down what each `[[group]]` of an edition's book names, in the caller's transaction."""
    for group in groups:
        ref, leader = refs[group["slug"]], cast.actors[group["leader"]]
        for task in group.get("tasks", ()):
            due = monday + timedelta(days=task["day"])
            whose = {"proposal_id": ref.id, "person_id": cast.actors[task["who"]].id, "added_by_id": leader.id}
            done = {"done_at": at, "done_by_id": whose["person_id"]} if task.get("done") else {}
            tx.execute(insert(GroupTask).values(**whose, **done, text=task["text"], due_on=due, added_at=at))
        for request in group.get("requests", ()):
            who = cast.actors[request["who"]].id
            tx.execute(insert(JoinRequest).values(proposal_id=ref.id, person_id=who, word=request["word"], asked_at=at))
        for account in group.get("invited", ()):
            # Nobody has the token: whoever is invited finds the invitation under "My work", or it is sent again.
            tx.execute(
                insert(GroupInvitation).values(
                    proposal_id=ref.id, email=f"{account}@{DOMAIN}", role="edit", token_digest=digest(new_token()),
                    invited_by_id=leader.id, invited_at=at, sent_at=at, expires_at=at + LIVES,
                )
            )  # fmt: skip
