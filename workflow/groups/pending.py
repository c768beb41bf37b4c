"""What waits for one person: invitations, requests, tasks, letters, open matters, milestones, changes, signatures."""

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from workflow.models import (
    Agreement,
    AgreementPartner,
    ChangeRequest,
    Conference,
    Edition,
    GroupInvitation,
    GroupTask,
    JoinRequest,
    LetterBatch,
    Milestone,
    OpenMatter,
    Person,
    Proposal,
    RoleGrant,
)
from workflow.models.base import UtcDateTime
from workflow.rules.agreement import SIGNING
from workflow.rules.letter_batches import BatchState
from workflow.rules.plan_settings import DecidedBy
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import SETTINGS
from workflow.rules.states import RESTING, UNDER_WAY, ChangeState, MilestoneState, PartnerState, ProposalState

MOST_TASKS = 50
# So many days before its day a milestone is work of its owner.
NEAR = timedelta(days=14)


class Opened(Struct, frozen=True):
    """An invitation as the invited person sees it before accepting."""

    id: int
    proposal_id: int
    title: str
    group_name: str
    edition: str
    edition_id: int
    edition_key: str
    clause_version: str
    clause_text: str
    inviter: str
    role: str
    email: str
    expires_at: datetime
    # The account with this address, if there is one, and whether it is open.
    account_id: int | None
    account_open: bool

    @property
    def clause(self) -> list[str]:
        """The information clause by paragraphs."""
        return [part.strip() for part in self.clause_text.split("\n") if part.strip()]


def _shown(inviter: Any) -> ColumnElement[str]:
    """Who invites, by name; a pupil is named to nobody outside the group."""
    return case((inviter.is_minor, ""), else_=inviter.name)


def find_invitation(
    tx: Connection, *, at: datetime, token_digest: str = "", number: int = 0, person_id: int | None = None
) -> Opened | None:  # fmt: skip
    """The open invitation of a link, or the one of this number where it is for this person; one statement."""
    i, inviter, account = GroupInvitation, aliased(Person), aliased(Person)
    query = (
        select(
            i.id, i.proposal_id, Proposal.title, Proposal.group_name, Edition.title, Edition.id, Edition.key,
            Edition.clause_version, Edition.clause_text, _shown(inviter), i.role, i.email, i.expires_at, account.id,
            func.coalesce(account.active, False),
        )
        .join(Proposal, Proposal.id == i.proposal_id).join(Edition, Edition.id == Proposal.edition_id)
        .join(inviter, inviter.id == i.invited_by_id).outerjoin(account, account.email == i.email)
        .where(i.closed_at.is_(None), i.expires_at > at)
    )  # fmt: skip
    which = i.token_digest == token_digest if token_digest else and_(i.id == number, account.id == person_id)
    row = tx.execute(query.where(which)).one_or_none()
    return Opened(*tuple(row)) if row else None


def group_joined(tx: Connection, person_id: int, *, token_digest: str = "", number: int = 0) -> int | None:
    """The proposal whose group this person joined by this invitation; None where they did not."""
    i = GroupInvitation
    which = i.token_digest == token_digest if token_digest else i.id == number
    return tx.execute(select(i.proposal_id).where(which, i.accepted_by_id == person_id)).scalar_one_or_none()


class PendingItem(Struct, frozen=True):
    """Something that waits for one person: an invitation, a request to answer, an own task, a batch of letters.

    Letters belong to an edition: `proposal_id` is 0, `title` the kind of batch and `words` the key of the edition.
    A signature belongs to a partner of an agreement: `proposal_id` is 0, `title` the partner and `words` the agreement.
    """

    kind: str
    id: int
    proposal_id: int
    title: str
    edition: str
    words: str
    until: datetime | date | None


_PERSON, _AT = bindparam("person", None, BigInteger), bindparam("at", None, UtcDateTime())
_SOON = bindparam("soon", None, UtcDateTime())
# An invitation ends at a moment, a task on a day.
_NO_MOMENT, _NO_DAY = cast(null(), UtcDateTime()), cast(null(), Date)


def _invitations() -> Select[*tuple[Any, ...]]:
    i, inviter, me = GroupInvitation, aliased(Person), aliased(Person)
    return (
        select(literal("invitation"), i.id, Proposal.id, Proposal.title, Edition.title, _shown(inviter), i.expires_at,
               _NO_DAY)
        .join(me, me.email == i.email).join(inviter, inviter.id == i.invited_by_id)
        .join(Proposal, Proposal.id == i.proposal_id).join(Edition, Edition.id == Proposal.edition_id)
        .where(me.id == _PERSON, i.closed_at.is_(None), i.expires_at > _AT)
    )  # fmt: skip


def _requests() -> Select[*tuple[Any, ...]]:
    j, p = JoinRequest, Proposal
    led = and_(p.leader_id == _PERSON, p.leader_accepted_at.is_not(None))
    return (
        select(literal("request"), j.id, p.id, p.title, Edition.title, Person.name, _NO_MOMENT, _NO_DAY)
        .join(p, p.id == j.proposal_id).join(Edition, Edition.id == p.edition_id).join(Person, Person.id == j.person_id)
        .where(j.closed_at.is_(None), or_(led, p.deputy_id == _PERSON, p.animator_id == _PERSON))
    )  # fmt: skip


def _tasks() -> Select[*tuple[Any, ...]]:
    t = GroupTask
    nearest = (
        select(t.id).where(t.person_id == _PERSON, t.done_at.is_(None))
        .order_by(t.due_on.is_(None), t.due_on, t.id).limit(MOST_TASKS).subquery()
    )  # fmt: skip
    return (
        select(literal("task"), t.id, Proposal.id, Proposal.title, Edition.title, t.text, _NO_MOMENT, t.due_on)
        .join(nearest, nearest.c.id == t.id).join(Proposal, Proposal.id == t.proposal_id)
        .join(Edition, Edition.id == Proposal.edition_id).where(Edition.state.not_in(RESTING))
    )  # fmt: skip


def _letters() -> Select[*tuple[Any, ...]]:
    b, grant = LetterBatch, RoleGrant
    return (
        select(literal("to_approve"), b.id, literal(0), b.kind, Edition.title, Edition.key, _NO_MOMENT, _NO_DAY)
        .join(Edition, Edition.id == b.edition_id).join(grant, grant.edition_id == b.edition_id)
        .where(b.state == BatchState.HELD, grant.person_id == _PERSON, grant.role == Role.STAFF,
               grant.withdrawn_at.is_(None))
    )  # fmt: skip


def _matters() -> Select[*tuple[Any, ...]]:
    """What conferences left for the person to do; of these the conference stands for the proposal."""
    m, c = OpenMatter, Conference
    name = case((c.theme != "", c.theme), else_=c.purpose)
    return (
        select(literal("matter"), m.id, c.id, name, Edition.title, m.text, m.due_at, _NO_DAY)
        .join(c, c.id == m.conference_id).join(Edition, Edition.id == m.edition_id)
        .where(m.owner_id == _PERSON, m.done_at.is_(None), Edition.state.not_in(RESTING))
    )  # fmt: skip


def _editions_of(*roles: Role) -> Select[int]:
    """The editions in which the person holds one of these roles, or any."""
    grant = RoleGrant
    granted = select(grant.edition_id).where(grant.person_id == _PERSON, grant.withdrawn_at.is_(None))
    return granted.where(grant.role.in_(roles)) if roles else granted


def _milestones() -> Select[*tuple[Any, ...]]:
    """Milestones that are near or late, for whoever answers for them; without an owner that is the coordinator."""
    m, p = Milestone, Proposal
    mine = or_(m.owner_id == _PERSON, and_(m.owner_id.is_(None), p.coordinator_id == _PERSON))
    return (
        select(literal("milestone"), m.id, p.id, p.title, Edition.title, m.title, m.due_at, _NO_DAY)
        .join(p, p.id == m.proposal_id).join(Edition, Edition.id == m.edition_id)
        .where(m.edition_id.in_(_editions_of()), m.state == MilestoneState.PLANNED, m.due_at <= _SOON, mine,
               p.state == ProposalState.IN_IMPLEMENTATION, Edition.state.not_in(RESTING))
    )  # fmt: skip


def _changes() -> Select[*tuple[Any, ...]]:
    """Requests for a change of a plan, for whom the edition lets decide; never one's own."""
    c, p = ChangeRequest, Proposal
    usual = SETTINGS["change_decided_by"].default
    by_office = func.coalesce(Edition.settings["change_decided_by"].as_string(), usual) == DecidedBy.OFFICE
    decides = or_(
        and_(by_office, c.edition_id.in_(_editions_of(Role.STAFF))),
        and_(~by_office, c.edition_id.in_(_editions_of(Role.COMMITTEE_CHAIR))),
    )
    return (
        select(literal("change"), c.id, p.id, p.title, Edition.title, cast(c.number, String), c.due_at, _NO_DAY)
        .join(p, p.id == c.proposal_id).join(Edition, Edition.id == c.edition_id)
        .where(c.state == ChangeState.REQUESTED, decides, p.state.in_(UNDER_WAY), Edition.state.not_in(RESTING),
               c.requested_by_id != _PERSON, func.coalesce(p.coordinator_id, 0) != _PERSON)
    )  # fmt: skip


def _signatures() -> Select[*tuple[Any, ...]]:
    """Agreements that wait for the person's own signature."""
    p, a = AgreementPartner, Agreement
    return (
        select(literal("signature"), p.id, literal(0), p.name, Edition.title, a.title, p.due_at, _NO_DAY)
        .join(a, a.id == p.agreement_id).join(Edition, Edition.id == p.edition_id)
        .where(p.signatory_id == _PERSON, p.state == PartnerState.MANDATE_RECEIVED, a.state.in_(SIGNING),
               Edition.state.not_in(RESTING))
    )  # fmt: skip


# Built once: building it takes longer than running it.
_PENDING = union_all(
    _invitations(), _requests(), _tasks(), _letters(), _matters(), _milestones(), _changes(), _signatures()
)


def pending_items(tx: Connection, person_id: int, *, at: datetime) -> list[PendingItem]:
    """What waits in groups, of letters, conferences and plans for one person, the nearest date first; one statement."""
    rows = tx.execute(_PENDING, {"person": person_id, "at": at, "soon": at + NEAR}).all()
    items = [
        PendingItem(kind, number, proposal_id, title, edition, words, moment or day)
        for kind, number, proposal_id, title, edition, words, moment, day in rows
    ]
    return sorted(items, key=lambda item: (item.until is None, str(item.until or "")))
