"""Organisations that may be one: found by the words of their names, shown side by side, merged in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, UniqueConstraint, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing, NotFound, NotReady
from workflow.base.grouping import grouped
from workflow.base.i18n import Sentence, _
from workflow.models import Affiliation, Base, Conference, Organisation, Person, Registration, Seat
from workflow.models.base import table_of
from workflow.people.changes import note_change
from workflow.people.edition_people import in_edition
from workflow.people.merging import column_named
from workflow.rules.facts import Actor
from workflow.rules.people import PersonChangeKind

MOST = 200
# Words that say nothing of which organisation it is.
SMALL = frozenset({"w", "we", "z", "ze", "i", "im", "imienia", "sp", "o", "oo", "nr"})
# What moves, as it is called on the page; whatever else refers to an organisation is named together.
LABELS: Mapping[str, Sentence] = {
    "affiliation.organisation_id": _("People"),
    "registration.organisation_id": _("Registrations for conferences"),
    "seat.organisation_id": _("Seats in the committee or the appeal body"),
}
OTHERS = _("Plans, budgets and reports of projects")
FILLED = ("kind", "sector", "commune", "contact")


class OrganisationCard(Struct, frozen=True):
    """One of two organisations side by side, with how many rows refer to it."""

    id: int
    name: str
    kind: str
    sector: str
    commune: str
    contact: str
    people: int


class OrganisationPair(Struct, frozen=True):
    """Two organisations that may be one; the one with more people is proposed to stay."""

    kept: OrganisationCard
    merged: OrganisationCard


class MergedOrganisation(Struct, frozen=True):
    """A merging that was done."""

    name: str
    into: str
    by: str
    at: datetime


class OrganisationPlan(Struct, frozen=True):
    """What merging the second organisation into the first would do."""

    pair: OrganisationPair
    moved: tuple[tuple[Sentence, int], ...]
    # Rows in which both stand, so that one of them would be there twice.
    in_the_way: int
    # Subjects that name the second one: only their own steps may change that, since their history says it.
    in_subjects: int
    # Whether it has a part in editions that the reader does not run.
    beyond_office: bool

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.in_the_way and not self.in_subjects and not self.beyond_office


def duplicate_organisations(connection: Connection, edition_id: int) -> list[OrganisationPair]:
    """The organisations of people and registrations of an edition whose names have the same words, MOST pairs at most;
    one statement. Each is paired with the one that is proposed to stay."""
    cards = _cards(connection, Organisation.id.in_(_of_edition(edition_id)))
    return list(_pairs(grouped((key_of(search), card) for card, search in cards)))[:MOST]


def key_of(search: str) -> str:
    """The words of a folded name in their order of letters, without those that say nothing."""
    words = "".join(letter if letter.isalnum() else " " for letter in search).split()
    return " ".join(sorted(set(words) - SMALL)) or search


def _pairs(alike: Mapping[str, Sequence[OrganisationCard]]) -> Iterator[OrganisationPair]:
    for _key, group in sorted(alike.items()):
        kept, *others = sorted(group, key=lambda card: (-card.people, card.id))
        yield from (OrganisationPair(kept, other) for other in others)


def plan_organisations(
    connection: Connection, kept_id: int, merged_id: int, *, edition_id: int, own_editions: frozenset[int] | None
) -> OrganisationPlan:  # fmt: skip
    """What merging would do; writes nothing. `own_editions` are those whose office the reader is in, None: all.

    Raises NotFound where either has no part in the edition, or was merged already.
    """
    both = Organisation.id.in_(_of_edition(edition_id)), Organisation.id.in_((kept_id, merged_id))
    cards = {card.id: card for card, _search in _cards(connection, *both)}
    if kept_id == merged_id or len(cards) < 2:
        raise NotFound
    named = {column: select(func.count()).where(column == merged_id) for column in references()}
    counts = {column: int(connection.execute(query).scalar_one()) for column, query in named.items()}
    of_subjects = [column for column in counts if "head_hash" in column.table.c]
    in_subjects = sum(counts.pop(column) for column in of_subjects)
    moved = [(label, counts[column_named(name)]) for name, label in LABELS.items()]
    rest = sum(count for column, count in counts.items() if str(column) not in LABELS)
    foreign = own_editions is not None and bool(_editions_of(connection, merged_id) - own_editions)
    return OrganisationPlan(
        OrganisationPair(cards[kept_id], cards[merged_id]),
        tuple((label, count) for label, count in [*moved, (OTHERS, rest)] if count),
        sum(_twice(connection, column, kept_id, merged_id) for column in counts), in_subjects, foreign,
    )  # fmt: skip


def merge_organisations(
    tx: Connection, kept_id: int, merged_id: int, *, edition_id: int, own_editions: frozenset[int] | None,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Move everything that refers to the second organisation to the first, in the caller's transaction.

    The second one stays as a row that says into which it was merged, by whom and when; the history of each of its
    people says it too. What the first one lacks is filled. Raises NotFound, NotReady with what stands in the way.
    """
    locked = select(Organisation.id).where(Organisation.id.in_((kept_id, merged_id))).order_by(Organisation.id)
    tx.execute(locked.with_for_update()).all()
    plan = plan_organisations(tx, kept_id, merged_id, edition_id=edition_id, own_editions=own_editions)
    if missing := _missing(plan):
        raise NotReady(missing)
    kept, merged = plan.pair.kept, plan.pair.merged
    _note(tx, plan.pair, edition_id, actor, at)
    _end_double_affiliations(tx, kept_id, merged_id, at)
    for column in references():
        tx.execute(update(column.table).where(column == merged_id).values({column.name: kept_id}))
    filled = {name: getattr(merged, name) for name in FILLED if getattr(merged, name) and not getattr(kept, name)}
    if filled:
        tx.execute(update(Organisation).where(Organisation.id == kept_id).values(**filled))
    ended = {"merged_into_id": kept_id, "merged_at": at, "merged_by_id": actor.id}
    # What was merged into it before now is merged into the first one.
    tx.execute(update(Organisation).where(Organisation.merged_into_id == merged_id).values(merged_into_id=kept_id))
    tx.execute(update(Organisation).where(Organisation.id == merged_id).values(**ended))


def merged_organisations(connection: Connection, edition_id: int) -> list[MergedOrganisation]:
    """The mergings into organisations of an edition, the newest first, MOST at most; one statement."""
    o, into = Organisation, aliased(Organisation)
    query: Any = (
        select(o.name, into.name, func.coalesce(Person.name, ""), o.merged_at)
        .join(into, into.id == o.merged_into_id).outerjoin(Person, Person.id == o.merged_by_id)
        .where(o.merged_at.is_not(None), into.id.in_(_of_edition(edition_id)))
    )  # fmt: skip
    return [MergedOrganisation(*row) for row in connection.execute(query.order_by(o.merged_at.desc()).limit(MOST))]


def references() -> list[Column[Any]]:
    """Every column that names an organisation, but the one of merging itself."""
    own = table_of(Organisation)
    columns = (column for table in Base.metadata.sorted_tables if table is not own for column in table.c)
    return [column for column in columns if any(key.column is own.c.id for key in column.foreign_keys)]


def _of_edition(edition_id: int) -> Any:
    """The organisations of people of an edition, and of registrations for its conferences."""
    people = select(Person.id).where(in_edition(edition_id))
    belonging = select(Affiliation.organisation_id).where(Affiliation.person_id.in_(people))
    r, c = Registration, Conference
    registered = select(r.organisation_id).join(c, c.id == r.conference_id).where(c.edition_id == edition_id)
    return belonging.union(registered.where(r.organisation_id.is_not(None)))


def _cards(connection: Connection, *where: Any) -> list[tuple[OrganisationCard, str]]:
    o, a = Organisation, Affiliation
    people = select(func.count()).where(a.organisation_id == o.id, a.to_on.is_(None)).scalar_subquery()
    query = select(o.id, o.name, o.kind, o.sector, o.commune, o.contact, people, o.search)
    rows = connection.execute(query.where(o.merged_into_id.is_(None), *where).order_by(o.id))
    return [(OrganisationCard(*row[:-1]), row[-1]) for row in rows]


def _editions_of(connection: Connection, organisation_id: int) -> set[int]:
    """The editions in which it was registered for a conference or has a seat."""
    r, c, s = Registration, Conference, Seat
    registered = select(c.edition_id).join(r, r.conference_id == c.id).where(r.organisation_id == organisation_id)
    seated = select(s.edition_id).where(s.organisation_id == organisation_id)
    return set(connection.execute(registered.union(seated)).scalars())


def _twice(connection: Connection, column: Column[Any], kept: int, merged: int) -> int:
    """How many rows of the second one would stand beside an equal one of the first."""
    table, other = column.table, column.table.alias()
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint) and column.name in one.columns]
    if not unique:
        return 0
    same = or_(*(and_(*(table.c[of.name] == other.c[of.name] for of in one.columns if of.name != column.name))
                 for one in unique))  # fmt: skip
    query = select(func.count()).select_from(table.join(other, same))
    return int(connection.execute(query.where(column == merged, other.c[column.name] == kept)).scalar_one())


def _missing(plan: OrganisationPlan) -> list[Missing]:
    missing = []
    if plan.in_the_way:
        text = _("Both stand in the same report or budget: {count}. Correct these first.", count=plan.in_the_way)
        missing.append(Missing("in_the_way", text))
    if plan.in_subjects:
        text = _("It is named by milestones or agreements: {count}. Keep this one and merge the other one.",
                 count=plan.in_subjects)  # fmt: skip
        missing.append(Missing("in_subjects", text))
    if plan.beyond_office:
        missing.append(Missing("beyond", _("It has a part in other editions. Ask an administrator.")))
    return missing


def _note(tx: Connection, pair: OrganisationPair, edition_id: int, actor: Actor, at: datetime) -> None:
    people = select(Affiliation.person_id).where(Affiliation.organisation_id == pair.merged.id).distinct()
    for person_id in tx.execute(people).scalars().all():
        note_change(tx, person_id, PersonChangeKind.ORGANISATION_MERGED, edition_id=edition_id, before=pair.merged.name,
                    after=pair.kept.name, actor=actor, at=at)  # fmt: skip


def _end_double_affiliations(tx: Connection, kept: int, merged: int, at: datetime) -> None:
    """Whoever belongs to both now belongs to the first one alone from today on."""
    a = Affiliation
    open_ones = select(a.person_id).where(a.organisation_id == kept, a.to_on.is_(None))
    both = a.organisation_id == merged, a.to_on.is_(None), a.person_id.in_(open_ones)
    tx.execute(update(a).where(*both).values(to_on=warsaw_date(at)))
