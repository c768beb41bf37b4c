"""Reads whether a deputy stood in for the chair when the committee decided, and so may announce it."""

from collections.abc import Mapping

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from workflow.models import Decision, Elector, Meeting, Poll, Resolution, Seat, SeatHolder
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.bodies import Body, Capacity, Function
from workflow.rules.facts import Facts, Ref
from workflow.rules.roles import Role
from workflow.rules.states import EditionState, ProposalState

# What of each kind an announcement moves.
ANNOUNCED = {("edition", EditionState.SELECTION), ("proposal", ProposalState.PRESENTED)}


def with_deputies(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts, in which a deputy who stood in for the chair may announce what was decided then.

    One statement for each edition of which the actor is a member of the committee and neither its chair nor of the
    office, and none for anybody else.
    """
    asked = {of.edition["id"]: of.rights.id for of in facts.values() if _may_matter(of)}
    deputised = {edition for edition, person in asked.items() if person and stood_in(tx, edition, person)}
    return {
        ref: replace(of, rights=replace(of.rights, roles=of.rights.roles | {Role.ANNOUNCING_DEPUTY}))
        if _may_matter(of) and of.edition["id"] in deputised else of
        for ref, of in facts.items()
    }  # fmt: skip


def _may_matter(facts: Facts) -> bool:
    roles = facts.rights.roles
    is_member = Role.COMMITTEE_MEMBER in roles and not roles & {Role.COMMITTEE_CHAIR, Role.STAFF}
    return is_member and (facts.ref.kind, facts.state) in ANNOUNCED


def stood_in(tx: Connection, edition_id: int, person_id: int) -> bool:
    """Whether an effective decision was taken while the person was a deputy and the chair away, recused or nobody.

    The chair was away where the seat of a deputy presided over the meeting; recused, where it was so in that vote.
    Decisions that are announced count too: results of the edition are announced after them in the same transaction.
    """
    return tx.execute(_DEPUTIZED, {"edition": edition_id, "person": person_id}).first() is not None


def _sat(function: Function, *who: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether somebody held a seat of the committee with this function on the day of a resolution."""
    s, h, day = aliased(Seat), _HOLDER, Resolution.adopted_on
    return exists().where(
        s.edition_id == Resolution.edition_id, s.body == Body.COMMITTEE, s.function == function, h.seat_id == s.id,
        *who, h.capacity == Capacity.HOLDER, h.from_on <= day, func.coalesce(h.to_on, day) >= day,
    )  # fmt: skip


def _deputized() -> Select[int]:
    """The effective decisions of an edition that were taken while a person stood in for its chair."""
    d, r, m = Decision, Resolution, Meeting
    chair, presided = aliased(Seat), aliased(Seat)
    away = exists().where(presided.id == m.chair_seat_id, presided.function == Function.DEPUTY)
    recused = exists().where(
        Poll.meeting_id == r.meeting_id, Poll.motion_number == r.motion_number, Elector.poll_id == Poll.id,
        Elector.recused.is_(True), chair.id == Elector.seat_id, chair.function == Function.CHAIR,
    )  # fmt: skip
    deputy = _sat(Function.DEPUTY, _HOLDER.person_id == bindparam("person"))
    has_no_chair = ~_sat(Function.CHAIR, _HOLDER.person_id.is_not(None))
    return select(d.proposal_id).join(r, RESOLVED_BY).join(m, m.id == r.meeting_id).where(
        d.edition_id == bindparam("edition"), d.active.is_(True), deputy, or_(away, recused, has_no_chair),
    ).limit(1)  # fmt: skip


_HOLDER = aliased(SeatHolder)
# A constant, because each step of a presented project asks it.
_DEPUTIZED = _deputized()
