"""Reads the hands of votes as two people counted them."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from workflow.base.grouping import grouped
from workflow.db.number_lists import in_list
from workflow.db.statements import Query
from workflow.models import HandCount, HandLine, Person
from workflow.rules.hands import HandsCounted

_C, _L = HandCount, HandLine
_HANDS = Query(
    select(_C.poll_id, _C.clerk, _C.person_id, Person.name, _L.sector, _L.choice, _L.count)
    .join(_L, (_L.poll_id == _C.poll_id) & (_L.clerk == _C.clerk)).join(Person, Person.id == _C.person_id)
    .where(in_list(_C.poll_id, "polls")).order_by(_C.poll_id, _C.clerk)
)  # fmt: skip


def hands_of(tx: Connection, polls: Collection[int]) -> Mapping[int, list[HandsCounted]]:
    """The counts of these votes, each person's own, in the order in which they were handed in; one statement."""
    hands: dict[tuple[int, int, int, str], dict[tuple[str, str], int]] = defaultdict(dict)
    for poll, clerk, person, name, sector, choice, count in _HANDS.all(tx, {"polls": list(polls)}) if polls else ():
        hands[poll, clerk, person, name][sector, choice] = count
    return grouped((poll, HandsCounted(person, name, raised)) for (poll, _, person, name), raised in hands.items())
