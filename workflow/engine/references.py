"""What the answers of a step, or the row of its subject, name: another proposal, a person, a place in the group."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BigInteger, Connection, Select, bindparam, exists, func, select

from workflow.db.statements import Query
from workflow.models import Edition, GroupInvitation, GroupMember, Person, Proposal, RoleGrant
from workflow.rules.facts import SHEET_CONTENT, Facts, ReferencedPerson, ReferencedProposal

# Answers that name another proposal, a person, or a place in the group.
REFERENCES = frozenset({"target", "person", "member"})

_P, _M, _I = Proposal, GroupMember, GroupInvitation
_NUMBER: Any = bindparam("proposal", None, BigInteger)
_ONE_PROPOSAL: Select[Any] = (
    select(_P.id, _P.edition_id, _P.state, _P.title, _P.leader_id, _P.merged_into_id, _P.recorded, Edition.state,
           *(getattr(_P, name) for name in SHEET_CONTENT))
    .join(Edition, Edition.id == _P.edition_id).where(_P.id == _NUMBER)
)  # fmt: skip
# Alone, since a merger goes on to change the other one: two that share it could not both go on.
_PROPOSAL, _LOCKED_PROPOSAL = Query(_ONE_PROPOSAL), Query(_ONE_PROPOSAL.with_for_update(key_share=True, of=_P))
_ROLES = select(func.aggregate_strings(RoleGrant.role, ",")).where(
    RoleGrant.person_id == Person.id, RoleGrant.edition_id == bindparam("edition", None, BigInteger),
    RoleGrant.withdrawn_at.is_(None),
)  # fmt: skip
_INVITED_AS = select(func.max(_I.role)).where(
    _I.proposal_id == _NUMBER, _I.accepted_by_id == Person.id, _I.is_fresh.is_(True)
)
_PERSON = Query(select(
    _ROLES.scalar_subquery(),
    exists().where(_M.person_id == Person.id, _M.proposal_id == _NUMBER, _M.left_at.is_(None)),
    _INVITED_AS.scalar_subquery(), Person.is_minor, Person.guardian_consent_at,
).where(Person.id == bindparam("person", None, BigInteger), Person.active.is_(True)))  # fmt: skip
_MEMBER = Query(select(_M.id).where(
    _M.id == bindparam("member", None, BigInteger), _M.proposal_id == _NUMBER, _M.person_id.is_(None),
    _M.left_at.is_(None),
))  # fmt: skip


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
    return int(given) if not isinstance(given, bool) and re.fullmatch(r"\d{1,12}", str(given)) else None


def _referenced_proposal(tx: Connection, number: int, *, lock: bool) -> ReferencedProposal | None:
    row = (_LOCKED_PROPOSAL if lock else _PROPOSAL).first(tx, {"proposal": number})
    if row is None:
        return None
    number, edition_id, state, title, leader_id, merged_into_id, recorded, edition_state, *texts = tuple(row)
    return ReferencedProposal(
        number, edition_id, state, title, leader_id, merged_into_id, recorded,
        dict(zip(SHEET_CONTENT, texts, strict=True)), edition_state,
    )  # fmt: skip


def _referenced_person(tx: Connection, facts: Facts, person: int) -> ReferencedPerson:
    given = {"person": person, "proposal": facts.ref.id, "edition": facts.edition.get("id")}
    row = _PERSON.first(tx, given)
    role_names, there, invited_as, minor, consent = row or ("", False, "", False, None)
    return ReferencedPerson(
        person, bool(role_names), bool(there), frozenset(role_names.split(",") if role_names else ()), invited_as or "",
        is_minor=bool(minor), has_consent=consent is not None,
    )  # fmt: skip


def _member_without_account(tx: Connection, facts: Facts, member: int) -> ReferencedPerson:
    there = _MEMBER.first(tx, {"member": member, "proposal": facts.ref.id})
    return ReferencedPerson(0, of_edition=False, in_group=there is not None, member=member)
