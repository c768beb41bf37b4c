"""What this process saw last of subjects, editions and actors, for the next step to be decided by; PostgreSQL only.

Nothing here is believed: who decides by it writes only where every row is still the one that was seen (its mark is the
number of the transaction that wrote it, whoever that was) and the database still says of the actor what it said then.
So a step is written only where looking again would have found the same. Nobody is shown anything from here, and nobody
is refused by it.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, Text, literal_column

from workflow.db.statements import Kept
from workflow.rules.facts import HERE, Ref

# How many subjects are remembered, some ten megabytes, and of how many people in them. The one that was put first goes
# first.
ROOM, PEOPLE = 1000, 8
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def mark_of(table: Table) -> ColumnElement[str]:
    """The number of the transaction that wrote a row as it is now: changes with every update, by whatever hand."""
    return literal_column(f"{table.name}.xmin::text", Text)


def without_place(stamp: str) -> str:
    """What the database said of an actor, but for the place in one group."""
    return stamp.partition(HERE)[0]


@dataclass(frozen=True, slots=True)
class Sight:
    """A subject and its edition as they lie in the database, with their marks, and what it says of the actor."""

    own: Kept
    own_mark: str
    edition: Kept
    edition_mark: str
    stamp: str


class Remembered:
    """Safe to share between threads: what is put here is never changed, and parts that do not fit fail in the write."""

    def __init__(self) -> None:
        self._subjects: dict[Ref, tuple[Kept, str]] = {}
        self._editions: dict[int, tuple[Kept, str]] = {}
        # What was said of the actors, without and with their place in one group.
        self._people: dict[int | None, str] = {}
        self._stamps: dict[tuple[Ref, int | None], str] = {}

    def recall(self, ref: Ref, actor: int | None) -> Sight | None:
        """The last sight of a subject, as this actor would have it; None where a part of it is unknown.

        Somebody who was never seen with this subject is taken not to work in its group.
        """
        own, stamp = self._subjects.get(ref), self._stamps.get((ref, actor)) or self._people.get(actor)
        if own is None or stamp is None or (edition := self._editions.get(own[0]["edition_id"])) is None:
            return None
        return Sight(own[0].again(), own[1], edition[0].again(), edition[1], stamp)

    def keep(self, ref: Ref, actor: int | None, seen: Sight) -> None:
        """Remember what was just seen."""
        _put(self._subjects, ref, (seen.own, seen.own_mark), room=ROOM)
        _put(self._editions, seen.edition["id"], (seen.edition, seen.edition_mark), room=ROOM)
        person = without_place(seen.stamp)
        _put(self._people, actor, person, room=PEOPLE * ROOM)
        if person != seen.stamp:
            _put(self._stamps, (ref, actor), seen.stamp, room=PEOPLE * ROOM)

    def moved(self, ref: Ref, seen: Sight, new: Mapping[str, Any], mark: str) -> None:
        """Remember a subject as a step has just written it, committed."""
        _put(self._subjects, ref, (seen.own.changed(new), mark), room=ROOM)

    def forget(self, ref: Ref, actor: int | None) -> None:
        """Forget what did not fit any more, whichever part of it that was."""
        known = self._subjects.pop(ref, None)
        if known is not None:
            self._editions.pop(known[0]["edition_id"], None)
        self._people.pop(actor, None)
        self._stamps.pop((ref, actor), None)


def _put(where: dict[Key, Value], key: Key, value: Value, *, room: int) -> None:
    where[key] = value
    while len(where) > room:
        where.pop(next(iter(where), key), None)
