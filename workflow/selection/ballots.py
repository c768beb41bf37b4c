"""Casting votes by name, on one's own screen or entered by the minute-taker; and what every ballot is asked first.

A ballot is no step: it moves no version, date or history. Poll and elector are locked in this order, so a vote and the
count of its poll never pass each other; a vote replaces the one before until the count.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    select,
    update,
)

from workflow.base.errors import BadInput, NoSuchStep, NotAllowed, NotReady, found, not_ready
from workflow.base.i18n import _
from workflow.db.dialect import upsert
from workflow.db.statements import Query
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.conflicts_of_interest import conflicts_of
from workflow.engine.move_sql import insert_row, update_other
from workflow.models import Attendance, Ballot, Elector, MotionItem, Poll
from workflow.models.base import table_of
from workflow.rules.bodies import Capacity
from workflow.rules.facts import SYSTEM, Actor, Ref
from workflow.rules.session import Channel, Choice
from workflow.rules.states import PollState


def cast(
    tx: Connection, poll_id: int, choice: str, *, actor: Actor, at: datetime, seat_id: int | None = None
) -> None:  # fmt: skip
    """Cast or replace one's own vote, or with `seat_id` that of a seat by proxy, in the caller's transaction.

    Refused: NotFound where there is no such poll, BadInput for another choice, NotReady where the poll is not open,
    NotAllowed for whoever is no elector of it, is recused, or has a conflict of interest that came up since.
    """
    wanted = read_choice(choice)
    poll = lock_open(tx, poll_id, at, secret=False)
    voted = _vote(tx, poll_id, votes_for(actor, seat_id), wanted, Channel.SCREEN, actor, at)
    if poll.due_at is not None:
        note_answer(tx, poll.meeting_id, voted, actor, at)


def count_if_complete(tx: Connection, poll_id: int, *, at: datetime) -> bool:
    """Count a vote by circulation once everybody has answered; False where it goes on or was already counted.

    Called in a transaction of its own after that of the answer: the count locks the poll exclusively.
    """
    waiting = exists().where(Elector.poll_id == Poll.id, Elector.recused.is_(False), Elector.voted.is_(False))
    query = select(Poll.id).where(Poll.id == poll_id, Poll.state == PollState.OPEN, Poll.due_at.is_not(None), ~waiting)
    if tx.execute(query).first() is None:
        return False
    try:
        machine.take(tx, StepCommand(Ref("poll", poll_id), "count", actor=SYSTEM, at=at))
    except (NoSuchStep, NotReady):
        # Counted by another request, or a conflict of interest came up, so that it is for people to annul it.
        return False
    return True


def enter(tx: Connection, poll_id: int, seat_id: int, choice: str, *, actor: Actor, at: datetime) -> None:
    """Enter the vote of a seat as it was given by hand; the caller asks who may. Refused like `cast`.

    A vote that its elector has cast on a screen is not replaced by it.
    """
    wanted = read_choice(choice)
    if lock_open(tx, poll_id, at, secret=False).due_at is not None:
        raise not_ready("by_circulation", _("By circulation members vote on their own screens."))
    b = Ballot
    own = select(b.seat_id).where(b.poll_id == poll_id, b.seat_id == seat_id, b.channel == Channel.SCREEN)
    if tx.execute(own).first():
        raise not_ready("voted_on_screen", _("This member has voted on a screen already."))
    _vote(tx, poll_id, Elector.seat_id == seat_id, wanted, Channel.HANDS, actor, at)


def votes_for(actor: Actor, seat_id: int | None) -> ColumnElement[bool]:
    """The elector for whom somebody votes: oneself, or the seat that is named, as its holder or by proxy."""
    e = Elector
    if seat_id is None:
        return and_(e.person_id == actor.id, e.cast_by_id.is_(None))
    return and_(e.seat_id == seat_id, func.coalesce(e.cast_by_id, e.person_id) == actor.id)


def read_choice(given: str) -> Choice:
    """A choice as it was sent; BadInput for any other."""
    try:
        return Choice(given)
    except ValueError:
        raise BadInput({"choice": _("Vote for, against, or abstain.")}) from None


# Constants, because each ballot asks them.
_POLL: Any = bindparam("poll", None, BigInteger)
_LOCKED = Query(
    select(Poll.state, Poll.due_at, Poll.meeting_id, Poll.by_hands, Poll.secret).where(Poll.id == _POLL)
    .with_for_update(read=True)
)  # fmt: skip
_ABOUT = Query(
    select(Poll.edition_id, MotionItem.proposal_id)
    .join(MotionItem, and_(Poll.meeting_id == MotionItem.meeting_id, Poll.motion_number == MotionItem.motion_number))
    .where(Poll.id == _POLL)
)  # fmt: skip

_BALLOT, _SAID = table_of(Ballot), frozenset({"choice", "channel", "cast_at", "entered_by_id"})
_WHOSE = frozenset({"poll_id", "seat_id"})
_REPLACE, _INSERT = update_other(_BALLOT, _WHOSE, frozenset(), _SAID), insert_row(_BALLOT, _WHOSE | _SAID)


def lock_open(tx: Connection, poll_id: int, at: datetime, *, secret: bool) -> Any:
    """The poll, locked shared, so that it is not closed before the caller's transaction ends.

    Raises NotFound, or NotReady where it is not open, its time for answers is over at this moment, or it is of another
    kind than the ballot: secret or by name.
    """
    poll = found(_LOCKED.first(tx, {"poll": poll_id}))
    if poll.state != PollState.OPEN or (poll.due_at is not None and at >= poll.due_at):
        raise not_ready("vote_closed", _("The vote is not open. Nothing was changed."))
    if poll.by_hands:
        raise not_ready("by_hands", _("The hands of this vote are counted by two people."))
    if poll.secret and not secret:
        raise not_ready("secret_vote", _("This vote is secret: each member votes with a ballot that bears no name."))
    if secret and not poll.secret:
        raise not_ready("by_name", _("This vote is by name, and has no secret ballots."))
    return poll


def note_answer(tx: Connection, meeting_id: int, seat_id: int, actor: Actor, at: datetime) -> None:
    """Whoever answers by circulation is present from the first answer on."""
    values = {"meeting_id": meeting_id, "seat_id": seat_id, "person_id": actor.id, "capacity": Capacity.HOLDER,
              "arrived_at": at, "entered_by_id": actor.id}  # fmt: skip
    tx.execute(upsert(tx)(table_of(Attendance)).on_conflict_do_nothing().values(**values))


def _vote(
    tx: Connection, poll_id: int, who: ColumnElement[bool], choice: Choice, channel: Channel, actor: Actor, at: datetime
) -> int:
    e = Elector
    refuse_conflicted(tx, poll_id, who)
    ticked = update(e).where(e.poll_id == poll_id, who, e.recused.is_(False)).values(voted=True).returning(e.seat_id)
    seat_id = tx.execute(ticked).scalar()
    if seat_id is None:
        raise no_elector()
    values = {"choice": choice, "channel": channel, "cast_at": at, "entered_by_id": actor.id}
    if _REPLACE.run(tx, {**values, "key_poll_id": poll_id, "key_seat_id": seat_id}).rowcount == 0:
        _INSERT.run(tx, {**values, "poll_id": poll_id, "seat_id": seat_id})
    return int(seat_id)


def no_elector() -> NotAllowed:
    """The refusal of whoever does not vote in a poll."""
    return NotAllowed(sentence=_("You do not vote on this motion: you are no elector of it, or are recused."))


def refuse_conflicted(tx: Connection, poll_id: int, who: ColumnElement[bool]) -> None:
    """Refuse the vote of an elector for whom a conflict of interest has come up since the vote was opened."""
    projects = _ABOUT.all(tx, {"poll": poll_id})
    if not projects:
        return
    electors = tx.execute(select(Elector.person_id, Elector.cast_by_id).where(Elector.poll_id == poll_id, who))
    people = [person for row in electors for person in row if person is not None]
    conflicts = conflicts_of(tx, projects[0].edition_id, proposals={row.proposal_id for row in projects}, people=people)
    for conflict in conflicts:
        if conflict.binds:
            raise NotAllowed(sentence=_("There is a conflict of interest, so this vote does not count: {reason}",
                                        reason=conflict.words))  # fmt: skip
