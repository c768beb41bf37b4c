"""What the answers of a step, or the row of its subject, name: another proposal, a person, a place in the group."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, exists, func, select

from workflow.models import Edition, GroupInvitation, GroupMember, Person, Proposal, RoleGrant
from workflow.rules.facts import SHEET_CONTENT, Facts, ReferencedPerson, ReferencedProposal

# Answers that name another proposal, a person, or a place in the group.
REFERENCES = frozenset({"target", "person", "member"})


def has_references(facts: Facts, data: Mapping[str, Any]) -> bool:
    """Whether the answers or the subject's row name another proposal or a person, so that more has to be read."""
    return not REFERENCES.isdisjoint(data) or facts.own.get("merged_into_id") is not None


def with_references(tx: Connection, facts: Facts, data: Mapping[str, Any], *, lock: bool = False) -> Facts:
    """Add the other proposal and the person that the answers or the subject's row name.

    Under lock the other proposal cannot move; two that reach for each other are a deadlock, and the one that
    the database picks is tried again.
    """
    if not has_references(facts, data):
        return facts
    target = row_number(data.get("target")) or facts.own.get("merged_into_id")
    if target is not None:
        facts = replace(facts, referenced_proposal=_referenced_proposal(tx, target, lock=lock))
    person = row_number(data.get("person"))
    if person is not None:
        facts = replace(facts, referenced_person=_referenced_person(tx, facts, person))
    elif (member := row_number(data.get("member"))) is not None:
        facts = replace(facts, referenced_person=_member_without_account(tx, facts, member))
    return facts


def row_number(given: Any) -> int | None:
    """A number that a row may have, as a program or a form sends it; to refuse anything else is for the answers."""
    if isinstance(given, bool) or not re.fullmatch(r"\d{1,12}", str(given)):
        return None
    return int(given)


def _referenced_proposal(tx: Connection, number: int, *, lock: bool) -> ReferencedProposal | None:
    p = Proposal
    columns = (p.id, p.edition_id, p.state, p.title, p.leader_id, p.merged_into_id, p.recorded, Edition.state)
    content = [getattr(p, name) for name in SHEET_CONTENT]
    query = select(*columns, *content).join(Edition, Edition.id == p.edition_id).where(p.id == number)
    # Alone, since a merger goes on to change the other one: two that share it could not both go on.
    row = tx.execute(query.with_for_update(key_share=True, of=p) if lock else query).one_or_none()
    if row is None:
        return None
    number, edition_id, state, title, leader_id, merged_into_id, recorded, edition_state, *texts = tuple(row)
    return ReferencedProposal(
        number, edition_id, state, title, leader_id, merged_into_id, recorded,
        dict(zip(SHEET_CONTENT, texts, strict=True)), edition_state,
    )  # fmt: skip


def _referenced_person(tx: Connection, facts: Facts, person: int) -> ReferencedPerson:
    edition_id = facts.edition.get("id")
    roles = select(func.aggregate_strings(RoleGrant.role, ",")).where(
        RoleGrant.person_id == Person.id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None)
    ).scalar_subquery()  # fmt: skip
    in_group = exists().where(
        GroupMember.person_id == Person.id, GroupMember.proposal_id == facts.ref.id, GroupMember.left_at.is_(None)
    )
    fresh = select(func.max(GroupInvitation.role)).where(
        GroupInvitation.proposal_id == facts.ref.id, GroupInvitation.accepted_by_id == Person.id,
        GroupInvitation.is_fresh.is_(True),
    ).scalar_subquery()  # fmt: skip
    query = select(roles, in_group, fresh, Person.is_minor, Person.guardian_consent_at)
    row = tx.execute(query.where(Person.id == person, Person.active.is_(True))).one_or_none()
    role_names, there, invited_as, minor, consent = row or ("", False, "", False, None)
    return ReferencedPerson(
        person, bool(role_names), bool(there), frozenset(role_names.split(",") if role_names else ()), invited_as or "",
        is_minor=bool(minor), has_consent=consent is not None,
    )  # fmt: skip


def _member_without_account(tx: Connection, facts: Facts, member: int) -> ReferencedPerson:
    m = GroupMember
    query = select(m.id).where(
        m.id == member, m.proposal_id == facts.ref.id, m.person_id.is_(None), m.left_at.is_(None)
    )
    return ReferencedPerson(0, of_edition=False, in_group=tx.execute(query).first() is not None, member=member)
