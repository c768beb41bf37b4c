"""Organisations and who belongs to them: found by their folded name, created where they are new."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.base.collation import fold
from workflow.base.errors import BadInput, NotFound, found
from workflow.base.i18n import _
from workflow.models import Affiliation, Organisation
from workflow.people.changes import note_change
from workflow.rules.facts import Actor
from workflow.rules.people import PersonChangeKind


class AffiliationLine(Struct, frozen=True):
    """One person in one organisation; `from_on` is None where no day was recorded, `to_on` while it goes on."""

    id: int
    organisation_id: int
    name: str
    kind: str
    sector: str
    commune: str
    position: str
    from_on: date | None
    to_on: date | None


def organisation_named(tx: Connection, name: str, *, at: datetime) -> int | None:
    """The organisation of this name, created where it is new; None for an empty name."""
    folded = fold(name)[:200]
    if not folded:
        return None
    known = select(Organisation.id).where(Organisation.search == folded, Organisation.merged_into_id.is_(None))
    number = tx.execute(known.order_by(Organisation.id).limit(1)).scalar()
    if number is None:
        values = {"name": " ".join(name.split()), "search": folded, "created_at": at}
        number = tx.execute(insert(Organisation).values(**values).returning(Organisation.id)).scalar_one()
    return int(number)


def affiliations_of(connection: Connection, person_id: int) -> list[AffiliationLine]:
    """The organisations of a person, those that go on first; one statement."""
    a, o = Affiliation, Organisation
    query = (
        select(a.id, o.id, o.name, o.kind, o.sector, o.commune, a.position, a.from_on, a.to_on)
        .join(o, o.id == a.organisation_id)
        .where(a.person_id == person_id)
        .order_by(a.to_on.is_not(None), a.to_on.desc(), a.id)
    )
    return [AffiliationLine(*row) for row in connection.execute(query)]


def join_organisation(
    tx: Connection, person_id: int, name: str, *, position: str, from_on: date, edition_id: int, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Note that a person belongs to an organisation from a day on. BadInput where that is noted already."""
    number = organisation_named(tx, name, at=at)
    if number is None:
        raise BadInput({"organisation": _("Write the name of the organisation.")})
    a = Affiliation
    open_ones = select(a.id).where(a.person_id == person_id, a.organisation_id == number, a.to_on.is_(None))
    if tx.execute(open_ones).first():
        raise BadInput({"organisation": _("This person belongs to this organisation already.")})
    values = {"person_id": person_id, "organisation_id": number, "position": position, "from_on": from_on}
    tx.execute(insert(a).values(**values))
    note_change(tx, person_id, PersonChangeKind.JOINED, edition_id=edition_id, after=name, actor=actor, at=at)


def leave_organisation(
    tx: Connection, person_id: int, affiliation_id: int, on: date, *, edition_id: int, actor: Actor, at: datetime
) -> None:
    """End the time of a person in an organisation with a day; the row stays. Raises NotFound, BadInput."""
    a, o = Affiliation, Organisation
    query = select(a.from_on, o.name).join(o, o.id == a.organisation_id)
    mine = a.id == affiliation_id, a.person_id == person_id, a.to_on.is_(None)
    row = found(tx.execute(query.where(*mine)).one_or_none())
    if row.from_on and on < row.from_on:
        raise BadInput({"to_on": _("The last day must not come before the first.")})
    if tx.execute(update(a).where(*mine).values(to_on=on)).rowcount != 1:
        raise NotFound
    note_change(tx, person_id, PersonChangeKind.LEFT, edition_id=edition_id, before=row.name, actor=actor, at=at)
