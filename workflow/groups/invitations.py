"""Invitations into a group by a link in a letter: one use, one purpose, one address, two weeks.

Only a digest of the token is kept; the token travels to the letter in the outbox row, locked with `SECRET_KEY`.
Whoever accepts joins by a record of the table (`join_group`), so that the history of the proposal knows it.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from workflow.accounts.clauses import note_shown
from workflow.accounts.sealing import HasKey, digest, new_token, seal
from workflow.base.addresses import folded_address
from workflow.base.errors import BadInput, NotFound, Refusal, not_ready
from workflow.base.i18n import Sentence, _
from workflow.engine import facts_reader, machine
from workflow.engine.authorize import lock_proposal, require
from workflow.engine.command import StepCommand
from workflow.engine.membership import holds_here, works_here
from workflow.engine.move import Moved
from workflow.models import Edition, GroupInvitation, Person, Proposal, RoleGrant
from workflow.notifications import outbox
from workflow.people.roles import NewPerson, add_person
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.roles import Role
from workflow.rules.topics import Topic

LIVES = timedelta(days=14)
# So long after its end an address that somebody else gave is forgotten.
KEPT_FOR = timedelta(days=30)
# Letters to strangers: not too many of a group at once, and none twice in a row.
MOST_OPEN = 30
REST = timedelta(minutes=5)
NOBODY_OF_THIS_NAME = _("Nobody can be invited by this name. Check how it is written, or give the e-mail address.")
MAY_INVITE = (Role.GROUP_LEADER, Role.DEPUTY, Role.ANIMATOR, Role.STAFF)
WHOM = Input("email", "line", _("E-mail address, or exact name and surname"), maximum=254)
EMAIL = Input("email", "email", _("E-mail address"), maximum=254)
PLACE = Input("place", "choice", _("What this person may do in the group"), choices="places")
NAME = Input("name", "line", _("Your name"), maximum=200)

i = GroupInvitation


class InvitationOver(Refusal):
    """The link was used, withdrawn or too old, or it is for somebody else."""

    def __init__(self) -> None:
        super().__init__(_("This invitation does not work any more. Ask the group for a new one."))


class Newcomer(Struct, frozen=True):
    """What somebody without an account gives when accepting."""

    name: str
    language: str = "pl"
    is_minor: bool = False


def invite(
    tx: Connection, settings: HasKey, ref: Ref, *, email: str, place: str, actor: Actor, at: datetime
) -> int:  # fmt: skip
    """Invite somebody into the group and record the letter, in one transaction; returns the invitation's number.

    `email` is an address, or the exact name of one person of the edition, whose address the group does not learn.
    Raises NotFound, NotAllowed, NotReady, or BadInput where the address is wrong, invited already, or of a member, and
    with the same sentence where nobody or more than one person has the name.
    """
    facts = _may_invite(tx, ref, actor)
    name = "" if "@" in email else read((WHOM,), {"email": email})["email"]
    if name:
        email = find_address(tx, facts.edition["id"], name) or ""
        if not email:
            raise BadInput({"email": NOBODY_OF_THIS_NAME})
    given = read((EMAIL, PLACE), {"email": email, "place": place})
    address = folded_address(given["email"])
    if refused := _objection(tx, facts, address, at):
        raise BadInput({"email": refused})
    token = new_token()
    language = select(Person.language).where(Person.email == address)
    values = {
        "proposal_id": ref.id, "email": address, "name": name, "role": given["place"], "token_digest": digest(token),
        "language": tx.execute(language).scalar_one_or_none() or actor.language, "invited_by_id": actor.id,
        "invited_at": at, "sent_at": at, "expires_at": at + LIVES,
    }  # fmt: skip
    number: int = tx.execute(insert(i).values(values).returning(i.id)).scalar_one()
    _record_letter(tx, settings, number, token, at)
    return number


def find_address(tx: Connection, edition_id: int, name: str) -> str | None:
    """The address of the one adult of the edition who has exactly this name; None for nobody, and for two."""
    adult = Person.name == name, Person.active.is_(True), Person.is_minor.is_(False), Person.email != ""
    addresses = tx.execute(select(Person.email).where(*adult, holds_here(edition_id)).limit(2)).scalars().all()
    return addresses[0] if len(addresses) == 1 else None


def send_again(tx: Connection, settings: HasKey, ref: Ref, number: int, *, actor: Actor, at: datetime) -> None:
    """Send another letter with a new link and a new term; the old link works no more. Raises as `invite` does."""
    _may_invite(tx, ref, actor)
    token = new_token()
    mine = (i.id == number, i.proposal_id == ref.id, i.closed_at.is_(None), i.sent_at <= at - REST)
    fresh = {"token_digest": digest(token), "sent_at": at, "expires_at": at + LIVES}
    if tx.execute(update(i).where(*mine).values(fresh)).rowcount != 1:
        raise not_ready("sent_just_now", _("A letter was sent just now; wait a few minutes."))
    _record_letter(tx, settings, number, token, at)


def withdraw(tx: Connection, ref: Ref, number: int, *, actor: Actor, at: datetime) -> None:
    """Make an invitation useless; raises NotFound where it is not open."""
    _may_invite(tx, ref, actor)
    mine = (i.id == number, i.proposal_id == ref.id, i.closed_at.is_(None))
    if tx.execute(update(i).where(*mine).values(closed_at=at, outcome="withdrawn")).rowcount != 1:
        raise NotFound


def decline(tx: Connection, number: int, *, at: datetime, token: str = "", person_id: int | None = None) -> None:
    """Say no, with the link of the letter or as the person with that address. Raises InvitationOver."""
    done = update(i).where(_open(number, at), _belongs(token, person_id))
    if tx.execute(done.values(closed_at=at, outcome="declined")).rowcount != 1:
        raise InvitationOver


def accept(tx: Connection, number: int, *, actor: Actor, clause_version: str, at: datetime) -> Moved:
    """Join the group as the person whose address was invited: place, role in the edition, clause and history at once.

    Of two who press at the same time one gets in. Raises InvitationOver, or what the record refuses, having written
    nothing.
    """
    proposal_id = tx.execute(select(i.proposal_id).where(i.id == number)).scalar_one_or_none()
    if proposal_id is None:
        raise InvitationOver
    ref = Ref("proposal", proposal_id)
    # First the proposal, then the invitation: the order in which all others take them.
    facts_reader.lock_subject(tx, ref, actor=actor, scope=None, data={})
    taken = update(i).where(_open(number, at), _belongs("", actor.id))
    values = {"closed_at": at, "outcome": "accepted", "accepted_by_id": actor.id, "is_fresh": True}
    inviter = tx.execute(taken.values(values).returning(i.invited_by_id)).scalar_one_or_none()
    if inviter is None:
        raise InvitationOver
    _inviter_still_may(tx, ref, inviter)
    _enter_edition(tx, ref, actor, invited_by=inviter, clause_version=clause_version, at=at)
    moved = machine.take(tx, StepCommand(ref, "join_group", actor=actor, at=at, answers={"person": actor.id}))
    tx.execute(update(i).where(i.id == number).values(is_fresh=False))
    return moved


def accept_as_new(
    tx: Connection, token: str, *, newcomer: Newcomer, clause_version: str, at: datetime
) -> tuple[int, Moved]:
    """Make an account for the invited address and join; returns the person's number and the move.

    Only the link in the letter proves the address, so this takes the token. Raises InvitationOver, or BadInput where
    the name is missing or the address has got an account since.
    """
    name = read((NAME,), {"name": newcomer.name})["name"]
    query = select(i.id, i.email).where(i.token_digest == digest(token), i.closed_at.is_(None), i.expires_at > at)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise InvitationOver
    person_id = add_person(tx, NewPerson(row.email, name, language=newcomer.language), at=at)
    if newcomer.is_minor:
        tx.execute(update(Person).where(Person.id == person_id).values(is_minor=True))
    actor = Actor(person_id, name, newcomer.language)
    return person_id, accept(tx, row.id, actor=actor, clause_version=clause_version, at=at)


def forget_addresses(tx: Connection, *, at: datetime) -> int:
    """Empty the addresses of invitations that ended a month ago; returns how many."""
    past = func.coalesce(i.closed_at, i.expires_at) <= at - KEPT_FOR
    ended = update(i).where(i.email != "", past)
    return tx.execute(ended.values(email="", name="", closed_at=func.coalesce(i.closed_at, i.expires_at))).rowcount


def _may_invite(tx: Connection, ref: Ref, actor: Actor) -> Facts:
    facts = lock_proposal(tx, ref, actor, during="join_group")
    require(facts, MAY_INVITE)
    return facts


def _objection(tx: Connection, facts: Facts, address: str, at: datetime) -> Sentence | None:
    here = and_(i.proposal_id == facts.ref.id, i.closed_at.is_(None))
    # One that has run out makes room for a new one to the same address.
    tx.execute(update(i).where(here, i.expires_at <= at).values(closed_at=i.expires_at, outcome="expired"))
    if tx.execute(select(Person.id).where(Person.email == address, works_here(facts.ref.id))).first():
        return _("This person already belongs to the group.")
    if tx.execute(select(i.id).where(here, i.email == address)).first():
        return _("This address has been invited already; you can send the letter again.")
    if tx.execute(select(func.count()).select_from(i).where(here)).scalar_one() >= MOST_OPEN:
        return _("Many invitations are waiting for an answer; withdraw some of them first.")
    return None


def _record_letter(tx: Connection, settings: HasKey, number: int, token: str, at: datetime) -> None:
    outbox.record(
        tx, key=f"invitation:{digest(token)}", topic=Topic.GROUP_INVITATION, ref=Ref("invitation", number),
        payload={"box": seal(settings, token), "until": (at + LIVES).isoformat()}, at=at,
    )  # fmt: skip


def _open(number: int, at: datetime) -> ColumnElement[bool]:
    return and_(i.id == number, i.closed_at.is_(None), i.expires_at > at)


def _belongs(token: str, person_id: int | None) -> ColumnElement[bool]:
    """The letter's own token, or the account with the address that was invited."""
    if token:
        return i.token_digest == digest(token)
    return i.email == select(Person.email).where(Person.id == person_id, Person.active.is_(True)).scalar_subquery()


def _inviter_still_may(tx: Connection, ref: Ref, inviter: int) -> None:
    """Whoever lost the right to invite lets nobody in by a letter written before."""
    facts = facts_reader.read_facts(tx, [ref], actor=Actor(inviter))[ref]
    try:
        require(facts, MAY_INVITE)
    except Refusal:
        raise InvitationOver from None


def _enter_edition(
    tx: Connection, ref: Ref, actor: Actor, *, invited_by: int, clause_version: str, at: datetime
) -> None:  # fmt: skip
    """Make the newcomer a participant of the edition who has been shown its information clause."""
    query = select(Edition.id, Edition.clause_version).join(Proposal, Proposal.edition_id == Edition.id)
    edition = tx.execute(query.where(Proposal.id == ref.id)).one()
    if edition.clause_version != clause_version:
        raise BadInput({"clause": _("The information on how your data are used has changed; read it again.")})
    g = RoleGrant
    granted = (g.person_id == actor.id, g.edition_id == edition.id, g.withdrawn_at.is_(None))
    if not tx.execute(select(g.id).where(*granted)).first():
        grant = {"person_id": actor.id, "edition_id": edition.id, "role": Role.PARTICIPANT, "granted_by_id": invited_by}
        tx.execute(insert(g).values(**grant, granted_at=at))
    if clause_version:
        note_shown(tx, actor.id or 0, edition_id=edition.id, version=clause_version, at=at)
