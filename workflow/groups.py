"""Who works in the group of a proposal."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, update

from workflow.models import GroupMember


def change_members(
    tx: Connection, proposal_id: int, *, join: Iterable[tuple[int | None, str]], leave: Iterable[int], at: datetime
) -> None:
    """Put people into a group and take people out; whoever comes back takes the old place again."""
    m = GroupMember
    for person, name in join:
        back = update(m).where(m.proposal_id == proposal_id, m.person_id == person).values(left_at=None)
        if person is None or tx.execute(back).rowcount == 0:
            tx.execute(insert(m).values(proposal_id=proposal_id, person_id=person, name=name, added_at=at))
    for person in leave:
        tx.execute(update(m).where(m.proposal_id == proposal_id, m.person_id == person).values(left_at=at))
