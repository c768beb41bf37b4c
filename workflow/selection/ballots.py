"""Casting votes by name: on one's own screen, or entered by the minute-taker as seen in the room.

A ballot is no step: it moves no version, date or history. Poll and elector are locked in this order, so a vote and the
count of its poll never pass each other; a vote replaces the one before until the count.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from workflow.base.errors import BadInput, Missing, NotAllowed, NotFound, NotReady
from workflow.base.i18n import _
from workflow.engine.conflicts_of_interest import conflicts_of
from workflow.models import Ballot, Elector, MotionItem, Poll
from workflow.rules.facts import Actor
from workflow.rules.session import Channel, Choice
from workflow.rules.states import PollState


def cast(tx: Connection, poll_id: int, choice: str, *, actor: Actor, at: datetime) -> None:
    """Cast or replace one's own vote, in the caller's transaction.

    Refused: NotFound where there is no such poll, BadInput for another choice, NotReady where the poll is not open,
    NotAllowed for whoever is no elector of it, is recused, or has a conflict of interest that came up since.
    """
    wanted = _choice(choice)
    _lock_open(tx, poll_id)
    _vote(tx, poll_id, Elector.person_id == actor.id, wanted, Channel.SCREEN, actor, at)


def enter(tx: Connection, poll_id: int, seat_id: int, choice: str, *, actor: Actor, at: datetime) -> None:
    """Enter the vote of a seat as it was given by hand; the caller asks who may. Refused like `cast`.

    A vote that its elector has cast on a screen is not replaced by it.
    """
    wanted = _choice(choice)
    _lock_open(tx, poll_id)
    b = Ballot
    own = select(b.seat_id).where(b.poll_id == poll_id, b.seat_id == seat_id, b.channel == Channel.SCREEN)
    if tx.execute(own).first():
        raise NotReady([Missing("voted_on_screen", _("This member has voted on a screen already."))])
    _vote(tx, poll_id, Elector.seat_id == seat_id, wanted, Channel.HANDS, actor, at)


def _choice(given: str) -> Choice:
    try:
        return Choice(given)
    except ValueError:
        raise BadInput({"choice": _("Vote for, against, or abstain.")}) from None


def _lock_open(tx: Connection, poll_id: int) -> None:
    query = select(Poll.state).where(Poll.id == poll_id)
    state = tx.execute(query.with_for_update(read=True)).scalar()
    if state is None:
        raise NotFound
    if state != PollState.OPEN:
        raise NotReady([Missing("vote_closed", _("The vote is not open. Nothing was changed."))])


def _vote(
    tx: Connection, poll_id: int, who: ColumnElement[bool], choice: Choice, channel: Channel, actor: Actor, at: datetime
) -> None:
    e, b = Elector, Ballot
    _refuse_conflicted(tx, poll_id, who)
    ticked = update(e).where(e.poll_id == poll_id, who, e.recused.is_(False)).values(voted=True).returning(e.seat_id)
    seat_id = tx.execute(ticked).scalar()
    if seat_id is None:
        raise NotAllowed(sentence=_("You do not vote on this motion: you are no elector of it, or are recused."))
    values = {"choice": choice, "channel": channel, "cast_at": at, "entered_by_id": actor.id}
    there = update(b).where(b.poll_id == poll_id, b.seat_id == seat_id).values(**values)
    if tx.execute(there).rowcount == 0:
        tx.execute(insert(b).values(poll_id=poll_id, seat_id=seat_id, **values))


def _refuse_conflicted(tx: Connection, poll_id: int, who: ColumnElement[bool]) -> None:
    """Refuse the vote of an elector for whom a conflict of interest has come up since the vote was opened."""
    i, p = MotionItem, Poll
    about = (p.meeting_id == i.meeting_id) & (p.motion_number == i.motion_number)
    projects = tx.execute(select(p.edition_id, i.proposal_id).join(i, about).where(p.id == poll_id)).all()
    if not projects:
        return
    people = tx.execute(select(Elector.person_id).where(Elector.poll_id == poll_id, who)).scalars().all()
    conflicts = conflicts_of(tx, projects[0].edition_id, proposals={row.proposal_id for row in projects}, people=people)
    for conflict in conflicts:
        if conflict.binds:
            raise NotAllowed(sentence=_("There is a conflict of interest, so this vote does not count: {reason}",
                                        reason=conflict.words))  # fmt: skip
