"""Merges two entries of one person: what is moved is said before, done in one transaction, and written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, func, select, update

from workflow.accounts import links, sessions, tokens
from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing, NotFound, NotReady
from workflow.base.i18n import Sentence, _
from workflow.models import Affiliation, Base, Conference, Person, Presence, Registration, RoleGrant
from workflow.models.base import table_of
from workflow.people.changes import note_change
from workflow.people.duplicates import Pair, cards
from workflow.people.edition_person import find_person
from workflow.people.roles import hold_editions
from workflow.rules.facts import Actor
from workflow.rules.people import PersonChangeKind
from workflow.rules.states import RegistrationState

# What belongs to the person and is moved.
MOVED: Mapping[str, Sentence] = {
    "role_grant.person_id": _("Roles"),
    "affiliation.person_id": _("Organisations"),
    "consent.person_id": _("Consents"),
    "registration.person_id": _("Registrations for conferences"),
    "presence.person_id": _("Conferences attended"),
    "open_matter.owner_id": _("Open matters"),
    "risk.owner_id": _("Risks of projects"),
}
# Of these the rows that nothing else is unique with.
PLAIN = ("consent.person_id", "open_matter.owner_id", "risk.owner_id")
# What the kept entry gets where it has nothing.
FILLED = ("email", "organisation", "postal_address", "guardian_consent_at", "age_band")
# What only a step or a seat may change, so that it stands in the way: the history of its subject names the person.
IN_THE_WAY: Mapping[str, Sentence] = {
    "proposal.author_id": _("Author of projects"),
    "proposal.leader_id": _("Leader of projects"),
    "proposal.next_leader_id": _("Named as leader"),
    "proposal.deputy_id": _("Deputy leader of projects"),
    "proposal.coordinator_id": _("Coordinator of projects"),
    "proposal.animator_id": _("Animator of projects"),
    "proposal.reviewer_id": _("Reviewer of projects"),
    "milestone.owner_id": _("Milestones of projects"),
    "group_member.person_id": _("Member of groups"),
    "seat_holder.person_id": _("Seats in the committee or the appeal body"),
    "elector.person_id": _("Votes"),
    "score_card.person_id": _("Score cards"),
    "conflict.person_id": _("Conflicts of interest"),
    "agreement_partner.contact_id": _("Contact of partners of the agreement"),
    "agreement_partner.signatory_id": _("Signs for partners of the agreement"),
    "declaration.person_id": _("Declarations of impartiality"),
}


class MergePlan(Struct, frozen=True):
    """What merging the second entry into the first would do."""

    pair: Pair
    moved: tuple[tuple[Sentence, int], ...]
    in_the_way: tuple[tuple[Sentence, int], ...]
    # Roles of the merged entry in editions that the reader does not run, or an administrator's account.
    beyond_office: bool

    @property
    def both_sign_in(self) -> bool:
        """Whether two accounts become one."""
        return self.pair.kept.may_sign_in and self.pair.merged.may_sign_in

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.in_the_way and not self.beyond_office


def plan_merge(
    connection: Connection, kept_id: int, merged_id: int, *, edition_id: int, own_editions: frozenset[int] | None
) -> MergePlan:  # fmt: skip
    """What merging would do; writes nothing. `own_editions` are those whose office the reader is in, None: all.

    Raises NotFound where either is not in the edition.
    """
    if kept_id == merged_id or not all(find_person(connection, one, edition_id) for one in (kept_id, merged_id)):
        raise NotFound
    people = {card.id: card for card in cards(connection, Person.id.in_([kept_id, merged_id]))}
    granted = select(RoleGrant.edition_id).where(RoleGrant.person_id.in_(people), RoleGrant.withdrawn_at.is_(None))
    foreign = own_editions is not None and (
        bool(set(connection.execute(granted).scalars()) - own_editions)
        or any(card.is_admin for card in people.values())
    )
    return MergePlan(
        Pair(people[kept_id], people[merged_id]), _counted(connection, MOVED, merged_id),
        _counted(connection, IN_THE_WAY, merged_id), foreign or people[merged_id].is_admin,
    )  # fmt: skip


def merge(
    tx: Connection, kept_id: int, merged_id: int, *, edition_id: int, own_editions: frozenset[int] | None,
    both_said: bool, actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Move what belongs to the second entry to the first, and close the second; all in the caller's transaction.

    Acts stay where they are: history, letters and comments name whoever did them. Two accounts that both can sign in
    become one only where `both_said`. Raises NotReady with what stands in the way, NotFound.
    """
    hold_editions(tx, select(RoleGrant.edition_id).where(RoleGrant.person_id.in_([kept_id, merged_id])))
    locked = select(Person.id).where(Person.id.in_([kept_id, merged_id])).order_by(Person.id).with_for_update()
    tx.execute(locked).all()
    plan = plan_merge(tx, kept_id, merged_id, edition_id=edition_id, own_editions=own_editions)
    if missing := _missing(plan, actor, both_said=both_said):
        raise NotReady(missing)
    _move_roles(tx, kept_id, merged_id, actor, at)
    _move_affiliations(tx, kept_id, merged_id, at)
    for column in map(column_named, PLAIN):
        tx.execute(update(column.table).where(column == merged_id).values({column.name: kept_id}))
    _move_conferences(tx, kept_id, merged_id, actor, at)
    _close(tx, kept_id, merged_id, at)
    kept, merged = plan.pair.kept, plan.pair.merged
    note_change(tx, kept_id, PersonChangeKind.MERGED, edition_id=edition_id, actor=actor, at=at,
                before=" ".join(filter(None, (merged.name, merged.email))))  # fmt: skip
    note_change(tx, merged_id, PersonChangeKind.MERGED_AWAY, edition_id=edition_id, actor=actor, at=at,
                after=" ".join(filter(None, (kept.name, kept.email))))  # fmt: skip


def _missing(plan: MergePlan, actor: Actor, *, both_said: bool) -> list[Missing]:
    missing = [
        Missing("in_the_way", _("{what}: {count}. Hand it over first.", what=label, count=count))
        for label, count in plan.in_the_way
    ]
    if plan.beyond_office:
        missing.append(Missing("beyond", _("One of them has a part in other editions. Ask an administrator.")))
    if plan.pair.merged.id == actor.id:
        missing.append(Missing("own", _("You cannot merge your own account away.")))
    if plan.both_sign_in and not both_said:
        missing.append(Missing("both", _("Say that both accounts belong to one person.")))
    return missing


def _counted(
    connection: Connection, columns: Mapping[str, Sentence], person_id: int
) -> tuple[tuple[Sentence, int], ...]:
    """How many rows name the person in each of these columns; one statement."""
    query: Any = select(*(_count(column_named(name), person_id) for name in columns))
    counts = zip(columns.values(), connection.execute(query).one(), strict=True)
    return tuple((label, count) for label, count in counts if count)


def column_named(name: str) -> Column[Any]:
    """The column of a table, both in one word."""
    table, _dot, column = name.partition(".")
    return Base.metadata.tables[table].c[column]


def _count(column: Column[Any], person_id: int) -> Any:
    query = select(func.count()).select_from(column.table).where(column == person_id)
    if "left_at" in column.table.c:
        query = query.where(column.table.c["left_at"].is_(None))
    return query.scalar_subquery()


def _move_roles(tx: Connection, kept: int, merged: int, actor: Actor, at: datetime) -> None:
    """A role that both hold ends for the merged entry; every row moves, so that the history stays whole."""
    g = RoleGrant
    granted = select(g.edition_id, g.role).where(g.person_id == kept, g.withdrawn_at.is_(None))
    for edition_id, role in tx.execute(granted).all():
        both = g.person_id == merged, g.edition_id == edition_id, g.role == role, g.withdrawn_at.is_(None)
        tx.execute(update(g).where(*both).values(withdrawn_at=at, withdrawn_by_id=actor.id))
    tx.execute(update(g).where(g.person_id == merged).values(person_id=kept))


def _move_affiliations(tx: Connection, kept: int, merged: int, at: datetime) -> None:
    a = Affiliation
    open_ones = select(a.organisation_id).where(a.person_id == kept, a.to_on.is_(None))
    both = a.person_id == merged, a.to_on.is_(None), a.organisation_id.in_(open_ones)
    tx.execute(update(a).where(*both).values(to_on=warsaw_date(at)))
    tx.execute(update(a).where(a.person_id == merged).values(person_id=kept))


def _move_conferences(tx: Connection, kept: int, merged: int, actor: Actor, at: datetime) -> None:
    """Where both are registered, the one who was there stays, else the one that is kept; presences likewise."""
    r, p = table_of(Registration), table_of(Presence)
    for conference in tx.execute(select(Conference.id).where(Conference.id.in_(
        select(r.c.conference_id).where(r.c.person_id == merged)
    ))).scalars().all():  # fmt: skip
        of_kept = r.c.conference_id == conference, r.c.person_id == kept, r.c.state != RegistrationState.CANCELLED
        of_merged = r.c.conference_id == conference, r.c.person_id == merged, r.c.state != RegistrationState.CANCELLED
        was_there = select(p.c.id).where(p.c.conference_id == conference)
        keeps_own = tx.execute(was_there.where(p.c.person_id == kept)).first()
        came = tx.execute(was_there.where(p.c.person_id == merged)).first()
        ended = {"state": RegistrationState.CANCELLED, "cancelled_at": at, "cancelled_by_id": actor.id}
        if tx.execute(select(r.c.id).where(*of_kept)).first():
            tx.execute(update(r).where(*(of_kept if came and not keeps_own else of_merged)).values(ended))
        if came and not keeps_own:
            tx.execute(update(p).where(p.c.conference_id == conference, p.c.person_id == merged).values(person_id=kept))
        tx.execute(update(r).where(*of_merged).values(person_id=kept))


def _close(tx: Connection, kept: int, merged: int, at: datetime) -> None:
    """Fill what the kept entry lacks, and let nobody sign in with the merged one any more."""
    columns = [table_of(Person).c[name] for name in (*FILLED, "is_minor")]
    here, there = (tx.execute(select(*columns).where(Person.id == number)).one() for number in (kept, merged))
    filled = {name: getattr(there, name) for name in FILLED if getattr(there, name) and not getattr(here, name)}
    # No two people have one address.
    given = {"email": None} if "email" in filled else {}
    ended = {"active": False, "merged_into_id": kept, **given}
    tx.execute(update(Person).where(Person.id == merged).values(**ended))
    tx.execute(update(Person).where(Person.id == kept).values(**filled, is_minor=here.is_minor or there.is_minor))
    sessions.revoke_all(tx, merged, at=at)
    tokens.revoke_all_tokens(tx, merged, at=at)
    links.drop_links(tx, merged, at=at)
