"""Reads the hands of votes as two people counted them."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from workflow.base.grouping import grouped
from workflow.models import HandCount, HandLine, Person
from workflow.rules.hands import HandsCounted


def hands_of(tx: Connection, polls: Collection[int]) -> Mapping[int, list[HandsCounted]]:
    """The counts of these votes, each person's own, in the order in which they were handed in; one statement."""
    c, line = HandCount, HandLine
    query = select(c.poll_id, c.clerk, c.person_id, Person.name, line.sector, line.choice, line.count)
    query = query.join(line, (line.poll_id == c.poll_id) & (line.clerk == c.clerk))
    query = query.join(Person, Person.id == c.person_id).where(c.poll_id.in_(polls))
    hands: dict[tuple[int, int, int, str], dict[tuple[str, str], int]] = defaultdict(dict)
    for poll, clerk, person, name, sector, choice, count in (
        tx.execute(query.order_by(c.poll_id, c.clerk)) if polls else ()
    ):
        hands[poll, clerk, person, name][sector, choice] = count
    return grouped((poll, HandsCounted(person, name, raised)) for (poll, _, person, name), raised in hands.items())
