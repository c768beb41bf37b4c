"""Reads facts for any number of subjects in a fixed number of statements; writes one move.

What a guard reads is read here, in the transaction of the step and under lock: the subject's row for itself, the
edition's row in share mode, so that an edition cannot move while one of its proposals decides by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, insert, literal, null, select, update

from workflow.errors import NotFound
from workflow.facts import SYSTEM, Actor, Facts, Named, Other, Ref, Standing
from workflow.lifecycle import Lifecycle
from workflow.models import (
    Agreement,
    Base,
    Conference,
    Edition,
    GroupMember,
    Person,
    Proposal,
    RoleGrant,
)
from workflow.models.base import UtcDateTime
from workflow.totals import with_totals

KINDS: dict[str, type[Any]] = {
    "proposal": Proposal,
    "edition": Edition,
    "conference": Conference,
    "agreement": Agreement,
}
# Long texts that no guard reads.
_LONG = frozenset({"rules_text", "clause_text", "facts", "source"})
_EDITION = tuple(column for column in Edition.__table__.c if column.name not in _LONG)


def register(kind: str, model: type[Base]) -> None:
    """Let another kind of subject live by a table; its model carries the columns of `Subject`."""
    KINDS[kind] = model


def _standing(edition_id: Any, actor: Actor, proposal_id: Any) -> list[Any]:
    """Columns that say who the actor is: person, roles in the edition, place in the group."""
    held = and_(RoleGrant.person_id == Person.id, RoleGrant.withdrawn_at.is_(None))
    here = and_(held, RoleGrant.edition_id == edition_id)
    me = and_(Person.id == actor.id, Person.active.is_(True))

    def of_me(column: Any, *where: Any) -> Any:
        return select(column).select_from(Person).where(me, *where).scalar_subquery()

    grants = select(func.aggregate_strings(RoleGrant.role, ",")).select_from(RoleGrant).join(Person, here).where(me)
    shown = select(func.max(RoleGrant.clause_version)).select_from(RoleGrant).join(Person, here).where(me)
    member = exists().where(
        GroupMember.proposal_id == proposal_id, GroupMember.person_id == actor.id, GroupMember.left_at.is_(None)
    )
    office = exists().where(held, me, RoleGrant.role == "staff")
    return [
        of_me(Person.id), of_me(Person.is_admin), of_me(Person.is_minor),
        of_me(Person.guardian_consent_at), grants.scalar_subquery(), shown.scalar_subquery(),
        member if proposal_id is not None else literal(False),  # noqa: FBT003
        office,
    ]  # fmt: skip


def _stand(actor: Actor, row: Sequence[Any]) -> Standing:
    if actor is SYSTEM:
        return Standing(None, frozenset({"system"}))
    number, is_admin, is_minor, consent, grants, clause, in_group, office = row
    roles = set(grants.split(",")) if grants else set()
    if office:
        roles.add("staff_anywhere")
    return Standing(
        number, frozenset(roles), bool(is_admin), bool(is_minor), consent is not None, bool(in_group), clause or ""
    )


def _edition_of(model: type[Any]) -> Any:
    return model.id if model is Edition else model.edition_id


def _reading(kind: str, ids: Iterable[int], actor: Actor, *, lock: bool) -> Select[Any]:
    model = KINDS[kind]
    own = tuple(model.__table__.c)
    proposal_id = model.id if model is Proposal else None
    around: tuple[Any, ...] = () if model is Edition else _EDITION
    query = select(
        *own, *(c.label(f"edition__{c.name}") for c in around), *_standing(_edition_of(model), actor, proposal_id)
    ).where(model.id.in_(tuple(ids)))
    if model is not Edition:
        query = query.join(Edition, Edition.id == model.edition_id)
    if lock:
        # The order of the clauses is the order of locking: the edition first, then the subject.
        share = "" if model is Edition else "FOR SHARE OF edition "
        query = query.suffix_with(f"{share}FOR UPDATE OF {model.__tablename__}", dialect="postgresql")
    return query.order_by(model.id)


def _facts(kind: str, row: Sequence[Any], actor: Actor) -> Facts:
    model = KINDS[kind]
    names = [column.name for column in model.__table__.c]
    own = dict(zip(names, row, strict=False))
    around = () if model is Edition else _EDITION
    start = len(names)
    edition = own if model is Edition else dict(zip((c.name for c in around), row[start:], strict=False))
    return Facts(
        ref=Ref(kind, own["id"]), lifecycle=own["lifecycle"], lifecycle_version=own["lifecycle_version"],
        state=own["state"], version=own["version"], previous_state=own["previous_state"], due_at=own["due_at"],
        head_hash=own["head_hash"], recorded=own["recorded"], own=own, edition=edition,
        standing=_stand(actor, row[start + len(around):]),
    )  # fmt: skip


def read_facts(
    tx: Connection, refs: Iterable[Ref], *, actor: Actor, totals: bool = False, lock: bool = False
) -> dict[Ref, Facts]:
    """The facts of subjects, in the order of the numbers; unknown ones are left out.

    One statement a kind, and two more for the totals of all the editions concerned.
    """
    found: dict[Ref, Facts] = {}
    by_kind: dict[str, list[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    for kind, ids in by_kind.items():
        for row in tx.execute(_reading(kind, ids, actor, lock=lock)):
            facts = _facts(kind, tuple(row), actor)
            found[facts.ref] = facts
    return with_totals(tx, found) if totals else found


def read_one(tx: Connection, ref: Ref, *, actor: Actor, totals: bool, data: Mapping[str, Any]) -> Facts:
    """The facts of one subject under lock, with what the answers name: another proposal, a person."""
    if ref.kind not in KINDS:
        raise NotFound
    found = read_facts(tx, [ref], actor=actor, totals=totals, lock=True)
    if ref not in found:
        raise NotFound
    return with_named(tx, found[ref], data)


def with_named(tx: Connection, facts: Facts, data: Mapping[str, Any]) -> Facts:
    """Add the other proposal and the person that the answers or the subject's row name."""
    target = data.get("target") or facts.own.get("merged_into_id")
    if isinstance(target, int):
        facts = replace(facts, other=_other(tx, target))
    person = data.get("person")
    if isinstance(person, int):
        facts = replace(facts, named=_named(tx, facts, person))
    return facts


def _other(tx: Connection, number: int) -> Other | None:
    p = Proposal
    row = tx.execute(
        select(p.id, p.edition_id, p.state, p.title, p.leader_id, p.merged_into_id, p.recorded).where(p.id == number)
    ).one_or_none()
    return Other(*row) if row else None


def _named(tx: Connection, facts: Facts, person: int) -> Named:
    edition_id = facts.own.get("edition_id") or facts.ref.id
    of_edition = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None)
    )
    in_group = exists().where(
        GroupMember.person_id == Person.id, GroupMember.proposal_id == facts.ref.id, GroupMember.left_at.is_(None)
    )
    row = tx.execute(select(of_edition, in_group).where(Person.id == person, Person.active.is_(True))).one_or_none()
    return Named(person, bool(row and row[0]), bool(row and row[1]))


def around(tx: Connection, kind: str, *, edition_id: int | None, actor: Actor) -> Facts:
    """The facts before a subject exists: its edition, locked in share mode, and who the actor is there."""
    bare = select(*_standing(null() if edition_id is None else Edition.id, actor, None))
    if edition_id is None:
        row, edition = tuple(tx.execute(bare).one()), {}
    else:
        query = select(*_EDITION, *_standing(Edition.id, actor, None)).where(Edition.id == edition_id)
        found = tx.execute(query.suffix_with("FOR SHARE OF edition", dialect="postgresql")).one_or_none()
        if found is None:
            raise NotFound
        edition = dict(zip((c.name for c in _EDITION), found, strict=False))
        row = tuple(found)[len(_EDITION) :]
    return Facts(
        ref=Ref(kind, 0),
        lifecycle="",
        lifecycle_version=0,
        state=None,
        version=0,
        previous_state=None,
        due_at=None,
        head_hash="",
        recorded={},
        own={},
        edition=edition,
        standing=_stand(actor, row),
    )


def born(
    tx: Connection, kind: str, lifecycle: Lifecycle, state: str, edition_id: int | None, columns: Mapping[str, Any],
    actor: Actor, at: datetime,
) -> Facts:  # fmt: skip
    """Put the row of a new subject, in version 0 and still without a past; its first step follows at once."""
    values = dict(columns) | {
        "lifecycle": lifecycle.name, "lifecycle_version": lifecycle.version, "state": state, "version": 0,
        "created_at": at, "updated_at": at,
    }  # fmt: skip
    if edition_id is not None:
        values["edition_id"] = edition_id
    if kind == "proposal" and edition_id is not None:
        values["number"] = next_number(tx, edition_id)
    model = KINDS[kind]
    ref = Ref(kind, int(tx.execute(insert(model).values(**values).returning(model.id)).scalar_one()))
    return replace(read_facts(tx, [ref], actor=actor)[ref], state=None)


def next_number(tx: Connection, edition_id: int) -> int:
    """The next number of a proposal in an edition; the edition's row is locked first, so numbers are never doubled."""
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update())
    last = tx.execute(select(func.max(Proposal.number)).where(Proposal.edition_id == edition_id)).scalar()
    return int(last or 0) + 1


def with_running_term(tx: Connection, edition_id: int) -> list[Ref]:
    """The proposals of an edition that a term is running for, in the order in which they are locked."""
    p = Proposal
    ids = select(p.id).where(p.edition_id == edition_id, p.due_at.is_not(None)).order_by(p.id)
    return [Ref("proposal", one) for one in tx.execute(ids).scalars()]


def move_subject(tx: Connection, facts: Facts, values: Mapping[str, Any]) -> bool:
    """Write the new row only if nobody moved it meanwhile."""
    model = KINDS[facts.ref.kind]
    done = tx.execute(update(model).where(model.id == facts.ref.id, model.version == facts.version).values(**values))
    return done.rowcount == 1


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


def typed(kind: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a subject's columns, as they were kept in JSON, in their own types again."""
    kinds = {column.name: column.type for column in KINDS[kind].__table__.c}
    return {
        name: datetime.fromisoformat(value) if value and isinstance(kinds[name], UtcDateTime) else value
        for name, value in columns.items()
    }
