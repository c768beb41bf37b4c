"""The box of a secret vote: opened once its closing is decided, emptied with it, destroyed unread on annulment.

The key file is destroyed once the transaction is committed; until then everything can be rolled back.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from workflow.base.errors import not_ready
from workflow.base.i18n import _
from workflow.db.after_commit import after_commit
from workflow.db.dialect import clear_traces, upsert
from workflow.engine.decision import Decision
from workflow.engine.poll_keys import KINDS, destroy_key, folder_of, make_key, read_key
from workflow.models.base import table_of
from workflow.rules.effects.base import BoxChange
from workflow.rules.electors import LaidOut
from workflow.rules.facts import Facts, Ref
from workflow.rules.secret_votes import linked_from, needs_emptying
from workflow.rules.session import Channel, Session
from workflow.voting.sealing import CannotOpen, Receipt, as_written, is_genuine, new_code, open_ballot

Item = TypeVar("Item")
# The code of the refusal of a receipt whose number and key do not belong together.
NO_RECEIPT = "no_receipt"
_random = secrets.SystemRandom()


def with_opened_box(tx: Connection, facts: Facts, decision: Decision) -> Facts:
    """The facts with the ballots that a step lays out, in random order; as they are for any other step.

    Raises NotReady where the key is lost, or ballots and ticks do not add up.
    """
    session = facts.session
    if session is None or "lay_out_ballots" not in decision.step.effects or not facts["secret"]:
        return facts
    if not needs_emptying(facts):
        return replace(facts, session=replace(session, card_ballots=_of_cards(session)))
    ballots = open_box(tx, facts.ref)
    ticked = sum(elector.voted and elector.channel == Channel.SCREEN for elector in session.electors)
    if len(ballots) != ticked:
        sentence = _("The box holds {ballots} ballots, but {ticked} members have voted. Annul the vote and repeat it.",
                     ballots=len(ballots), ticked=ticked)  # fmt: skip
        raise not_ready("box_differs", sentence)
    return replace(facts, session=replace(session, laid_out=_laid_out(ballots, linked=linked_from(facts["rules"]))))


def _laid_out(ballots: dict[str, str], *, linked: int) -> LaidOut:
    """Ballots by number; below `linked` ballots with fresh codes, and the numbers as a list of their own."""
    if len(ballots) >= linked:
        return LaidOut(tuple(shuffled(ballots.items())))
    pairs = zip(new_codes(len(ballots)), shuffled(ballots.values()), strict=True)
    return LaidOut(tuple(pairs), tuple(shuffled(ballots)))


def new_codes(count: int) -> list[str]:
    """So many different random numbers of ballots, in random order."""
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_code())
    return shuffled(codes)


def _of_cards(session: Session) -> LaidOut:
    """The ballots of cards that two people typed alike, with numbers that stand on no card: hands gave cards out.

    Where receipts are a list apart, each of them has a number there too, so that the list counts every ballot.
    """
    cards = session.cards.agreed if session.cards else None
    if cards is None:
        return LaidOut()
    by_number = dict(zip(new_codes(len(cards.lines)), cards.lines.values(), strict=True))
    is_linked = session.laid_out is not None and session.laid_out.ballots and not session.laid_out.receipts
    return _laid_out(by_number, linked=0 if is_linked else len(by_number) + 1)


def shuffled(items: Iterable[Item]) -> list[Item]:
    """The items in an order of the system's random source."""
    shuffled = list(items)
    _random.shuffle(shuffled)
    return shuffled


def genuine(key: bytes, poll: Ref, receipt: Receipt) -> Receipt:
    """The receipt in its one form; NotReady where number and key do not belong together in this vote."""
    receipt = Receipt(as_written(receipt.number), as_written(receipt.key))
    if not is_genuine(key, poll.id, receipt):
        sentence = _("Number and key of the ballot do not belong together in this vote. Nothing was changed.")
        raise not_ready(NO_RECEIPT, sentence)
    return receipt


def put_into_box(tx: Connection, poll: Ref, number: str, sealed: str) -> None:
    """Put a ballot into the box of an open vote; NotReady where its number lies there already."""
    row, table = {"poll_id": poll.id, "number": number, "revision": 0, "sealed": sealed}, table_of(KINDS[poll.kind].box)
    if tx.execute(upsert(tx)(table).on_conflict_do_nothing().values(**row).returning(table.c.number)).first() is None:
        sentence = _("This ballot form was used already. Open the page again and take the new one.")
        raise not_ready("number_taken", sentence)


def exchange_in_box(
    tx: Connection, poll: Ref, number: str, seal_anew: Callable[[str], str | None], *, revision: int | None
) -> int:
    """Put another ballot in the place of one in the box, under its lock; returns how often it was exchanged by now.

    `seal_anew` gets the sealed ballot that lies there and answers with the one to take its place, or with None where
    it says the same already. NotReady where the box has none of this number, or `revision` is not the present one.
    """
    b = KINDS[poll.kind].box
    here = b.poll_id == poll.id, b.number == number
    row = tx.execute(select(b.sealed, b.revision).where(*here).with_for_update()).one_or_none()
    if row is None:
        raise not_ready("voted_already", _("You have voted already. To change your ballot, use its number and key."))
    sealed, present = seal_anew(row.sealed), int(row.revision)
    if sealed is None:
        return present
    if revision is not None and present != revision:
        raise not_ready("ballot_exchanged", _("This ballot was exchanged elsewhere meanwhile. Nothing was changed."))
    tx.execute(update(b).where(*here).values(sealed=sealed, revision=present + 1))
    return present + 1


def open_box(tx: Connection, poll: Ref) -> dict[str, str]:
    """What every ballot in the box says, by number; NotReady where the key is lost or a ballot was changed."""
    b, key = KINDS[poll.kind].box, read_key(folder_of(tx), poll)
    rows = tx.execute(select(b.number, b.sealed).where(b.poll_id == poll.id)).all()
    try:
        return {row.number: open_ballot(key, poll.id, row.number, row.sealed) for row in rows}
    except CannotOpen:
        sentence = _("A ballot in the box was changed outside the vote. Annul the vote and repeat it.")
        raise not_ready("box_damaged", sentence) from None


def change_box(tx: Connection, poll: Ref, change: BoxChange) -> None:
    """Make the key of a vote that opens; or remove every ballot from its box, and after the commit its key."""
    folder, box = folder_of(tx), KINDS[poll.kind].box
    if change is BoxChange.MAKE:
        make_key(folder, poll)
        return
    tx.execute(delete(box).where(box.poll_id == poll.id))

    def destroy(connection: Connection) -> None:
        destroy_key(folder, poll)
        clear_traces(connection, table_of(box))

    after_commit(tx, destroy)
