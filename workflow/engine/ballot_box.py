"""The box of a secret vote: opened once its closing is decided, emptied with it, destroyed unread on annulment.

The key file is destroyed once the transaction is committed; until then everything can be rolled back.
"""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, delete, select

from workflow.base.errors import Missing, NotReady
from workflow.base.i18n import _
from workflow.db.dialect import after_commit, clear_traces
from workflow.engine.decision import Decision
from workflow.engine.poll_keys import KINDS, destroy_key, folder_of, make_key, read_key
from workflow.models import BallotBox
from workflow.models.base import table_of
from workflow.rules.effects.base import BoxChange
from workflow.rules.electors import LaidOut
from workflow.rules.facts import Facts, Ref
from workflow.rules.secret_votes import linked_from, needs_emptying
from workflow.rules.session import Channel, Session
from workflow.voting.sealing import CannotOpen, new_code, open_ballot

Item = TypeVar("Item")
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
    ballots = _open_all(tx, facts.ref.id)
    ticked = sum(elector.voted and elector.channel == Channel.SCREEN for elector in session.electors)
    if len(ballots) != ticked:
        sentence = _("The box holds {ballots} ballots, but {ticked} members have voted. Annul the vote and repeat it.",
                     ballots=len(ballots), ticked=ticked)  # fmt: skip
        raise NotReady([Missing("box_differs", sentence)])
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


def _open_all(tx: Connection, poll_id: int) -> dict[str, str]:
    """The choice of every ballot in the box, by number."""
    b, key = BallotBox, read_key(folder_of(tx), Ref("poll", poll_id))
    rows = tx.execute(select(b.number, b.sealed).where(b.poll_id == poll_id)).all()
    try:
        return {row.number: open_ballot(key, poll_id, row.number, row.sealed) for row in rows}
    except CannotOpen:
        sentence = _("A ballot in the box was changed outside the vote. Annul the vote and repeat it.")
        raise NotReady([Missing("box_damaged", sentence)]) from None


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
