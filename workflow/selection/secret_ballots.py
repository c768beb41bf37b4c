"""Casting and exchanging ballots of a secret vote, which bear a number and no name.

A ballot is no step: it moves no version, date or history, and no key of a request is kept of it. Poll, elector and
ballot are locked in this order; the poll shared, so closing it waits for every ballot on its way. Whoever votes is
ticked; nothing that is written says which ballot belongs to which tick.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from workflow.base.errors import Missing, NotReady
from workflow.base.i18n import _
from workflow.db.dialect import upsert
from workflow.engine.poll_keys import folder_of, read_key
from workflow.models import BallotBox, Elector
from workflow.models.base import table_of
from workflow.rules.facts import Actor, Ref
from workflow.rules.session import Channel
from workflow.selection.ballots import lock_open, no_elector, note_answer, read_choice, refuse_conflicted, votes_for
from workflow.voting.sealing import CannotOpen, Receipt, as_written, is_genuine, new_receipt, open_ballot, seal


@dataclass(frozen=True, slots=True)
class Received:
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
    wanted = read_choice(choice)
    poll = lock_open(tx, poll_id, at, secret=True)
    receipt, key = _genuine(tx, poll_id, receipt)
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
            raise NotReady([Missing("has_card", _("You hold a card. Give it back to vote on a screen."))])
        return _exchange(tx, poll_id, wanted, receipt, key, revision=0)
    row = {"poll_id": poll_id, "number": receipt.number, "revision": 0,
           "sealed": seal(key, poll_id, receipt.number, wanted)}  # fmt: skip
    if tx.execute(upsert(tx)(table_of(BallotBox)).on_conflict_do_nothing().values(**row)).rowcount == 0:
        sentence = _("This ballot form was used already. Open the page again and take the new one.")
        raise NotReady([Missing("number_taken", sentence)])
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
    wanted = read_choice(choice)
    lock_open(tx, poll_id, at, secret=True)
    receipt, key = _genuine(tx, poll_id, receipt)
    return _exchange(tx, poll_id, wanted, receipt, key, revision=revision)


def _genuine(tx: Connection, poll_id: int, receipt: Receipt) -> tuple[Receipt, bytes]:
    """The receipt in its one form, and the key of the vote; NotReady where number and key do not belong together."""
    receipt = Receipt(as_written(receipt.number), as_written(receipt.key))
    key = read_key(folder_of(tx), Ref("poll", poll_id))
    if not is_genuine(key, poll_id, receipt):
        sentence = _("Number and key of the ballot do not belong together in this vote. Nothing was changed.")
        raise NotReady([Missing("no_receipt", sentence)])
    return receipt, key


def _exchange(
    tx: Connection, poll_id: int, wanted: str, receipt: Receipt, key: bytes, *, revision: int | None
) -> Received:
    b = BallotBox
    here = b.poll_id == poll_id, b.number == receipt.number
    row = tx.execute(select(b.sealed, b.revision).where(*here).with_for_update()).one_or_none()
    if row is None:
        sentence = _("You have voted already. To change your ballot, use its number and key.")
        raise NotReady([Missing("voted_already", sentence)])
    if _holds(key, poll_id, receipt.number, row.sealed, wanted):
        return Received(receipt, row.revision)
    if revision is not None and row.revision != revision:
        sentence = _("This ballot was exchanged elsewhere meanwhile. Nothing was changed.")
        raise NotReady([Missing("ballot_exchanged", sentence)])
    sealed = seal(key, poll_id, receipt.number, wanted)
    tx.execute(update(b).where(*here).values(sealed=sealed, revision=row.revision + 1))
    return Received(receipt, row.revision + 1)


def _holds(key: bytes, poll_id: int, number: str, sealed: str, choice: str) -> bool:
    """Whether a sealed ballot holds this choice already; one that cannot be opened does not."""
    try:
        return open_ballot(key, poll_id, number, sealed) == choice
    except CannotOpen:
        return False
