"""Rows for programs: editions, proposals, groups and history as the reader may see them; reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, case, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from workflow.base.collation import fold
from workflow.engine import facts_reader
from workflow.engine.edition_totals import with_totals
from workflow.engine.facts_reader import KINDS
from workflow.engine.particulars import with_particulars
from workflow.engine.references import with_references
from workflow.engine.session_reader import with_decisions
from workflow.models import (
    Agreement,
    AgreementPartner,
    ChangeRequest,
    Conference,
    Edition,
    GroupMember,
    HallPoll,
    HistoryContent,
    HistoryEntry,
    Meeting,
    Milestone,
    Person,
    Poll,
    Proposal,
)
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.page_permissions import Reader
from workflow.rules.permissions import may_name_minors
from workflow.rules.registry import scope_from
from workflow.rules.states import HIDDEN, PUBLIC, EditionState

WORDS = 5
Row = RowMapping


class Wanted(Struct, frozen=True):
    """What a list is narrowed to; an empty text narrows nothing."""

    edition: str = ""
    state: str = ""
    area: str = ""
    sector: str = ""
    q: str = ""


def _knows(reader: Reader) -> ColumnElement[bool]:
    """Editions in which the reader has a role; all of them for an administrator. The same as `may_see` says."""
    if reader.is_admin:
        return true()
    mine = [edition for edition, roles in reader.grants.items() if roles]
    return Edition.id.in_(mine) if mine else false()


# The columns of a row by the kind of subject; documents and answers take them from here.
ROWS: Mapping[str, tuple[Any, ...]] = {
    "proposal": (
        Proposal.id, Proposal.number, Proposal.title, Edition.key.label("edition"), Proposal.state, Proposal.version,
        Proposal.updated_at,
    ),
    "edition": (
        Edition.id, Edition.key, Edition.title, Edition.county, Edition.voivodeship, Edition.year, Edition.state,
        Edition.version, Edition.historical, Edition.updated_at,
    ),
    "conference": (
        Conference.id, Conference.number, Edition.key.label("edition"), Conference.state, Conference.version,
        Conference.updated_at, Conference.is_summary, Conference.starts_at, Conference.purpose,
        Conference.host_commune, Conference.venue, Conference.participants, Conference.participants_qualifier,
    ),
    "agreement": (
        Agreement.id, Agreement.title, Edition.key.label("edition"), Agreement.state, Agreement.version,
        Agreement.updated_at, Agreement.purpose, Agreement.partners, Agreement.partners_source, Agreement.concluded_on,
    ),
    "agreement_partner": (
        AgreementPartner.id, AgreementPartner.number, Edition.key.label("edition"), AgreementPartner.state,
        AgreementPartner.version, AgreementPartner.updated_at, AgreementPartner.agreement_id, AgreementPartner.name,
        AgreementPartner.signatory_name, AgreementPartner.signatory_function, AgreementPartner.signed_by,
        AgreementPartner.signed_on,
    ),
    "meeting": (
        Meeting.id, Meeting.number, Edition.key.label("edition"), Meeting.state, Meeting.version, Meeting.updated_at,
        Meeting.body, Meeting.form, Meeting.place, Meeting.starts_at, Meeting.convened_at, Meeting.begun_at,
        Meeting.ended_at,
    ),
    "poll": (
        Poll.id, Edition.key.label("edition"), Poll.state, Poll.version, Poll.updated_at, Poll.meeting_id,
        Poll.motion_number, Poll.question, Poll.opened_at, Poll.closed_at, Poll.result_digest,
    ),
    "hall_poll": (
        HallPoll.id, Edition.key.label("edition"), HallPoll.state, HallPoll.version, HallPoll.updated_at,
        HallPoll.conference_id, HallPoll.question, HallPoll.method, HallPoll.secret, HallPoll.opened_at,
        HallPoll.closed_at, HallPoll.result_digest,
    ),
    "milestone": (
        Milestone.id, Edition.key.label("edition"), Milestone.proposal_id, Milestone.number, Milestone.state,
        Milestone.version, Milestone.updated_at, Milestone.title, Milestone.description, Milestone.owner_id,
        Milestone.organisation_id, Milestone.budget_line_id, Milestone.baseline_due_at, Milestone.outcome,
    ),
    "change_request": (
        ChangeRequest.id, Edition.key.label("edition"), ChangeRequest.proposal_id, ChangeRequest.number,
        ChangeRequest.state, ChangeRequest.version, ChangeRequest.updated_at, ChangeRequest.kind,
        ChangeRequest.milestone_id, ChangeRequest.budget_line_id, ChangeRequest.new_due_at, ChangeRequest.new_text,
        ChangeRequest.reason, ChangeRequest.decided_at, ChangeRequest.decision_reason,
    ),
}  # fmt: skip
EDITION_RULES = (
    Edition.initiators, Edition.sectors, Edition.areas, Edition.communes, Edition.submission_deadline,
    Edition.summary_on, Edition.implementation_until, Edition.appeals_until, Edition.reserve_valid_until,
    Edition.registration_open, Edition.rules_version, Edition.clause_version, Edition.clause_text,
    Edition.minimum_members, Edition.places, Edition.budget, Edition.requires_agreement,
)  # fmt: skip


def _rows(kind: str) -> Select[Any]:
    query = select(*ROWS[kind])
    return query if kind == "edition" else query.join(Edition, Edition.id == KINDS[kind].edition_id)


def list_proposals(tx: Connection, reader: Reader, wanted: Wanted, *, after: int, limit: int) -> Sequence[Row]:
    """Proposals that exist for the reader, by number of their address; one statement."""
    public = and_(Edition.state.not_in(HIDDEN), or_(Edition.historical, Proposal.state.in_(sorted(PUBLIC))))
    query = _rows("proposal").where(or_(_knows(reader), public), Proposal.id > after)
    exact = {Edition.key: wanted.edition, Proposal.state: wanted.state, Proposal.area: wanted.area}
    for column, value in {**exact, Proposal.sector: wanted.sector}.items():
        if value:
            query = query.where(column == value)
    if wanted.q:
        words = fold(wanted.q).split()[:WORDS]
        # Signs alone fold to nothing, and nothing is what they find.
        query = query.where(*(Proposal.search.contains(word) for word in words)) if words else query.where(false())
    return tx.execute(query.order_by(Proposal.id).limit(limit)).mappings().all()


def find_row(tx: Connection, ref: Ref) -> Row:
    """One subject as a row; whether it may be seen was asked before."""
    return tx.execute(_rows(ref.kind).where(KINDS[ref.kind].id == ref.id)).mappings().one()


def rows_in(tx: Connection, kind: str, edition_id: int) -> Sequence[Row]:
    """The subjects of a kind in an edition, as they were created; for kinds that whoever sees the edition sees."""
    model = KINDS[kind]
    return tx.execute(_rows(kind).where(model.edition_id == edition_id).order_by(model.id)).mappings().all()


def row_of(facts: Facts, columns: Sequence[Any]) -> dict[str, Any]:
    """The same columns from facts that were read already."""
    return {one.key: facts.edition["key"] if one.key == "edition" else facts[one.key] for one in columns}


def find_facts(tx: Connection, ref: Ref, *, actor: Actor) -> Facts | None:
    """The facts of a subject, enough to say who may see what of it; one statement."""
    return facts_reader.read_facts(tx, [ref], actor=actor).get(ref)


def with_all(tx: Connection, facts: Facts) -> Facts:
    """The facts with what its steps look at besides: totals, the proposal it was merged into, a session, a decision."""
    facts = with_particulars(tx, with_references(tx, facts, {}), {}, at=None)
    return with_totals(tx, with_decisions(tx, {facts.ref: facts}), scope_from(facts))[facts.ref]


class Member(Struct, frozen=True):
    """One person of a group; without a number where there is no account."""

    id: int | None
    name: str


def group_of(tx: Connection, facts: Facts) -> tuple[Member, ...]:
    """Who works in the group now, in the order of joining; pupils without a name for whoever may not know it."""
    m = GroupMember
    rows = tx.execute(
        select(m.person_id, m.name, _name_for(facts).label("known_as"))
        .outerjoin(Person, Person.id == m.person_id)
        .where(m.proposal_id == facts.ref.id, m.left_at.is_(None))
        .order_by(m.id)
    )
    return tuple(Member(row.person_id, row.name if row.known_as is None else row.known_as) for row in rows)


def _name_for(facts: Facts) -> ColumnElement[str] | InstrumentedAttribute[str]:
    """A person's name as the actor of these facts may know it; that of a pupil is empty for outsiders."""
    return Person.name if may_name_minors(facts) else case((Person.is_minor.is_(True), ""), else_=Person.name)


def names_of(tx: Connection, ids: Sequence[int | None], facts: Facts) -> Mapping[int, str]:
    """People's names by number, as the actor of these facts may know them."""
    wanted = sorted({number for number in ids if number is not None})
    if not wanted:
        return {}
    query = select(Person.id, _name_for(facts).label("name")).where(Person.id.in_(wanted))
    return {row.id: row.name for row in tx.execute(query)}


def list_history(tx: Connection, facts: Facts, *, hidden: Sequence[str], after: int, limit: int) -> Sequence[Row]:
    """Entries of a subject after one of its versions, without those of hidden records, oldest first; one statement."""
    h, c = HistoryEntry, HistoryContent
    query = (
        select(
            h.version.label("seq"), h.version, h.step, h.from_state, h.to_state, h.actor_id,
            _name_for(facts).label("actor_name"),
            h.at, c.note, h.prev_hash, h.hash,
        )
        .outerjoin(Person, Person.id == h.actor_id)
        .outerjoin(c, c.history_id == h.id)
        .where(h.subject_kind == facts.ref.kind, h.subject_id == facts.ref.id, h.version > after)
    )  # fmt: skip
    if hidden:
        query = query.where(h.step.not_in(hidden))
    return tx.execute(query.order_by(h.version).limit(limit)).mappings().all()


def list_editions(tx: Connection, reader: Reader, *, after: int, limit: int) -> Sequence[Row]:
    """Editions that exist for the reader; one statement."""
    query = _rows("edition").where(or_(_knows(reader), Edition.state != EditionState.DRAFT), Edition.id > after)
    return tx.execute(query.order_by(Edition.id).limit(limit)).mappings().all()


def edition_named(tx: Connection, name: str) -> int | None:
    """The number of the edition with this key, else with this number; what may be seen of it is for others to say."""
    number = edition_number(tx, name)
    if number is None and name.isascii() and name.isdigit() and len(name) < 10:
        return tx.execute(select(Edition.id).where(Edition.id == int(name))).scalar_one_or_none()
    return number


def edition_number(tx: Connection, key: str) -> int | None:
    """The number of the edition with this key; what the reader may see of it is for the step to say."""
    return tx.execute(select(Edition.id).where(Edition.key == key)).scalar_one_or_none()


def moment(at: datetime | None) -> str | None:
    """A moment as programs read it: ISO 8601 in UTC."""
    return at.isoformat() if at else None
