"""Casting and exchanging ballots of a secret vote, which bear a number and no name.

A ballot is no step: it moves no version, date or history, and no key of a request is kept of it. Poll, elector and
ballot are locked in this order; the poll shared, so closing it waits for every ballot on its way. Whoever votes is
ticked; nothing that is written says which ballot belongs to which tick.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select, update

from workflow.base.errors import not_ready
from workflow.base.i18n import _
from workflow.engine.ballot_box import exchange_in_box, genuine, put_into_box
from workflow.engine.poll_keys import folder_of, read_key
from workflow.models import Elector
from workflow.rules.facts import Actor, Ref
from workflow.rules.session import Channel
from workflow.selection.ballots import lock_open, no_elector, note_answer, read_choice, refuse_conflicted, votes_for
from workflow.voting.sealing import CannotOpen, Receipt, new_receipt, open_ballot, seal


class Received(Struct, frozen=True):
    """A ballot that lies in the box: its receipt, and how often it was exchanged."""

    receipt: Receipt
    revision: int


def new_form(tx: Connection, poll_id: int) -> Receipt:
    """The receipt of a ballot form that is shown; nothing is kept of it. NotReady where the key of the vote is lost."""
    return new_receipt(read_key(folder_of(tx), Ref("poll", poll_id)), poll_id)


def cast(
    tx: Connection, poll_id: int, choice: str, receipt: Receipt, *, actor: Actor, at: datetime,
    seat_id: int | None = None,
) -> Received:  # fmt: skip
    """Put a ballot into the box, in the caller's transaction; the same form with the same choice is answered again.

    With `seat_id` it is the ballot of a seat that lets the actor vote by proxy.

    Refused: NotFound and BadInput as by name; NotReady where the vote is not open, number and key do not belong
    together, somebody has voted already with another number, or the ballot was exchanged since this form was shown;
    NotAllowed for whoever is no elector, is recused, or has a conflict of interest that came up since.
    """
    wanted, ref = read_choice(choice), Ref("poll", poll_id)
    poll = lock_open(tx, poll_id, at, secret=True)
    key = read_key(folder_of(tx), ref)
    receipt = genuine(key, ref, receipt)
    e = Elector
    who = votes_for(actor, seat_id)
    mine = e.poll_id == poll_id, who, e.recused.is_(False)
    refuse_conflicted(tx, poll_id, who)
    ticked = (
        update(e).where(*mine, e.voted.is_(False), e.card_issued.is_(False)).values(voted=True, channel=Channel.SCREEN)
    )
    voted = tx.execute(ticked.returning(e.seat_id)).scalar()
    if voted is None:
        elector = tx.execute(select(e.voted, e.card_issued).where(*mine)).first()
        if elector is None:
            raise no_elector()
        if elector.card_issued:
            raise not_ready("has_card", _("You hold a card. Give it back to vote on a screen."))
        return _exchange(tx, poll_id, wanted, receipt, key, revision=0)
    put_into_box(tx, ref, receipt.number, seal(key, poll_id, receipt.number, wanted))
    if poll.due_at is not None:
        note_answer(tx, poll.meeting_id, int(voted), actor, at)
    return Received(receipt, 0)


def exchange(
    tx: Connection, poll_id: int, choice: str, receipt: Receipt, *, revision: int | None, at: datetime
) -> Received:
    """Put another choice in the place of a ballot, by its receipt alone; whoever asks is not looked at.

    `revision` is the one that the form was shown with; without one the ballot is exchanged as it is now. Refused:
    NotFound, BadInput and NotReady like `cast`, and NotReady where the box has no ballot of this number.
    """
    wanted, ref = read_choice(choice), Ref("poll", poll_id)
    lock_open(tx, poll_id, at, secret=True)
    key = read_key(folder_of(tx), ref)
    receipt = genuine(key, ref, receipt)
    return _exchange(tx, poll_id, wanted, receipt, key, revision=revision)


def _exchange(
    tx: Connection, poll_id: int, wanted: str, receipt: Receipt, key: bytes, *, revision: int | None
) -> Received:
    def seal_anew(sealed: str) -> str | None:
        number = receipt.number
        return None if _holds(key, poll_id, number, sealed, wanted) else seal(key, poll_id, number, wanted)

    return Received(receipt, exchange_in_box(tx, Ref("poll", poll_id), receipt.number, seal_anew, revision=revision))


def _holds(key: bytes, poll_id: int, number: str, sealed: str, choice: str) -> bool:
    """Whether a sealed ballot holds this choice already; one that cannot be opened does not."""
    try:
        return open_ballot(key, poll_id, number, sealed) == choice
    except CannotOpen:
        return False
