"""Reads proposals for the page of projects and their own pages; a fixed number of statements for each."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, bindparam, false, literal, null, select, union_all

from workflow.models import GroupMember, Person, Proposal
from workflow.proposals.lists import PAGE, Wanted, page_of
from workflow.rules.page_permissions import Reader
from workflow.rules.states import HIDDEN, PUBLIC


class Card(Struct, frozen=True):
    """A proposal as the public page of projects shows it."""

    id: int
    number: int
    title: str
    state: str
    lifecycle: str
    lifecycle_version: int
    sector: str
    area: str
    due_at: datetime | None
    summary: str
    places: tuple[str, ...]


class Cards(Struct, frozen=True):
    """One page of cards and where the next one starts."""

    lines: tuple[Card, ...]
    next_cursor: str | None


_p = Proposal
OWN = tuple(name for name in Card.__struct_fields__ if name != "places")
# Of the sheet, which may be long, only what is shown.
_COLUMNS = (*(getattr(_p, name) for name in OWN), _p.sheet["places"].label("places"))
_CARDS = select(*_COLUMNS)


def _card(row: Any) -> Card:
    own = dict(zip(OWN, row, strict=False))
    return Card(**own, places=tuple(row.places or ()))


def visible_states(edition: Mapping[str, Any], reader: Reader | None) -> frozenset[str] | None:
    """The states in which a proposal exists for the reader; None: all of them. As `permissions.may_see` says."""
    if reader is not None and (reader.is_admin or reader.roles(edition["id"])):
        return None
    if edition["state"] in HIDDEN:
        return frozenset()
    return None if edition["historical"] else PUBLIC


def list_proposals(
    tx: Connection, *, edition_id: int, visible: frozenset[str] | None, cursor: str = "", limit: int = PAGE
) -> Cards:
    """A page of the proposals of an edition as cards, by title in Polish order; one statement."""
    rows, following = page_of(tx, _CARDS, Wanted(edition_id, visible), cursor=cursor, limit=limit)
    return Cards(tuple(map(_card, rows)), following)


class Member(Struct, frozen=True):
    """Somebody on a proposal: in the group, or named for a task."""

    id: int | None
    name: str
    organisation: str
    is_minor: bool
    in_group: bool


def _people() -> Any:
    """Built once; three questions that each have an index: the group with accounts, others named for a task, names."""
    m = GroupMember
    there = and_(m.proposal_id == bindparam("proposal"), m.left_at.is_(None))
    own = (Person.id, Person.name, Person.organisation, Person.is_minor)
    with_account = select(*own, m.id).join(m, and_(there, m.person_id == Person.id))
    elsewhere = ~select(m.id).where(there, m.person_id == Person.id).exists()
    named = select(*own, null()).where(Person.id.in_(bindparam("named", expanding=True)), elsewhere)
    nameless = select(m.person_id, m.name, literal(""), false(), m.id).where(there, m.person_id.is_(None))
    return union_all(with_account, named, nameless)


_PEOPLE = _people()


def people_of(tx: Connection, proposal_id: int, named: Collection[int | None]) -> tuple[Member, ...]:
    """The group of a proposal and the people named for a task in it; one statement."""
    rows = tx.execute(_PEOPLE, {"proposal": proposal_id, "named": [number for number in named if number is not None]})
    people = [Member(row[0], row[1], row[2] or "", bool(row[3]), row[4] is not None) for row in rows]
    return tuple(sorted(people, key=lambda person: (person.id is None, person.name)))
