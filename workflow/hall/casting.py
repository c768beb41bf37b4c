"""Casting and exchanging ballots of a vote in the hall: secret ones, which bear a number, and votes by name.

A ballot is no step: it moves no version, date or history, and no key of a request is kept of it. The vote is locked
shared, so closing it waits for every ballot on its way; whoever votes is ticked under a condition. Nothing that is
written says which ballot belongs to which tick. Call these in a queued transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update

from workflow.base.errors import BadInput, NotAllowed, found, not_ready
from workflow.base.i18n import Sentence, _
from workflow.engine.ballot_box import exchange_in_box, genuine, put_into_box
from workflow.engine.hall_box import opened_choice, sealed_text, stratum_of
from workflow.engine.hall_reader import ref_of
from workflow.engine.poll_keys import folder_of, read_key
from workflow.models import HallElector, HallNamedBallot, HallPoll
from workflow.rules.session import Channel
from workflow.rules.states import PollState
from workflow.voting.counting.ballots import Choice, Fault, Mark, Method, choice, fault
from workflow.voting.results.hall import choice_text, terms_of
from workflow.voting.sealing import CannotOpen, Receipt, new_receipt, open_ballot, seal

FAULTS: dict[Fault, Sentence] = {
    Fault.UNKNOWN: _("This vote has no such option."),
    Fault.REPEATED: _("Choose each option once."),
    Fault.TOO_MANY: _("You have chosen more options than this vote allows."),
    Fault.NUMBER: _("Give whole numbers; places of a ranking go from 1 without a gap."),
    Fault.EACH: _("One option has more points than this vote allows."),
    Fault.TOTAL: _("You have given more points than you have."),
    Fault.EMPTY: _("Vote for, against, or abstain."),
}


class CastBallot(Struct, frozen=True):
    """A ballot that lies in the box: its receipt, its choice, and how often it was exchanged; the sealing key aside."""

    receipt: Receipt
    choice: Choice
    revision: int


class _Sealing(Struct, frozen=True):
    """What a ballot is sealed with: the key, the vote, its frozen rules."""

    key: bytes
    poll_id: int
    rules: dict[str, Any]

    def seal(self, number: str, text: str, stratum: str) -> str:
        place = self.rules["strata"].index(stratum)
        return seal(self.key, self.poll_id, number, sealed_text(text, place), size=self.rules["bytes"])


def new_form(tx: Connection, poll_id: int) -> Receipt:
    """The receipt of a ballot form that is shown; nothing is kept of it. NotReady where the key of the vote is lost."""
    return new_receipt(read_key(folder_of(tx), ref_of(poll_id)), poll_id)


def cast(
    tx: Connection, poll_id: int, marks: Iterable[Mark], receipt: Receipt, *, registration_id: int, at: datetime
) -> CastBallot:
    """Put a ballot into the box, in the caller's transaction; the same form with the same choice is answered again.

    Refused: NotFound; BadInput for a choice that is not legal; NotReady where the vote is not open, number and key do
    not belong together, or somebody has voted already with another number; NotAllowed for whoever is no elector.
    """
    poll = _lock_open(tx, poll_id, at, secret=True)
    wanted, sealing = _legal(poll.rules, marks), _sealing(tx, poll_id, poll.rules)
    receipt, text = genuine(sealing.key, ref_of(poll_id), receipt), choice_text(Method(poll.method), wanted)
    e = HallElector
    mine = e.poll_id == poll_id, e.registration_id == registration_id
    ticked = update(e).where(*mine, e.voted.is_(False), e.card_issued.is_(False))
    stratum = tx.execute(ticked.values(voted=True, channel=Channel.SCREEN).returning(e.stratum)).scalar()
    if stratum is None:
        elector = tx.execute(select(e.stratum, e.card_issued).where(*mine)).first()
        if elector is None:
            raise no_elector()
        if elector.card_issued:
            raise not_ready("has_card", _("You hold a card. Give it back to vote on a screen."))
        return _exchange(tx, sealing, wanted, text, receipt, revision=0)
    put_into_box(tx, ref_of(poll_id), receipt.number, sealing.seal(receipt.number, text, stratum))
    return CastBallot(receipt, wanted, 0)


def exchange(
    tx: Connection, poll_id: int, marks: Iterable[Mark], receipt: Receipt, *, revision: int | None, at: datetime
) -> CastBallot:
    """Put another choice in the place of a ballot, by its receipt alone; whoever asks is not looked at.

    `revision` is the one that the form was shown with; without one the ballot is exchanged as it is now. Refused like
    `cast`, and NotReady where the box has no ballot of this number.
    """
    poll = _lock_open(tx, poll_id, at, secret=True)
    wanted, sealing = _legal(poll.rules, marks), _sealing(tx, poll_id, poll.rules)
    text = choice_text(Method(poll.method), wanted)
    return _exchange(tx, sealing, wanted, text, genuine(sealing.key, ref_of(poll_id), receipt), revision=revision)


def cast_by_name(
    tx: Connection, poll_id: int, marks: Iterable[Mark], *, registration_id: int, at: datetime
) -> Choice:  # fmt: skip
    """Cast or replace one's own vote by name, in the caller's transaction; refused like `cast`."""
    poll = _lock_open(tx, poll_id, at, secret=False)
    wanted = _legal(poll.rules, marks)
    e, b = HallElector, HallNamedBallot
    mine = e.poll_id == poll_id, e.registration_id == registration_id
    ticked = update(e).where(*mine, e.card_issued.is_(False)).values(voted=True, channel=Channel.SCREEN)
    if tx.execute(ticked).rowcount == 0:
        raise no_elector()
    values = {"choice": choice_text(Method(poll.method), wanted), "cast_at": at}
    there = update(b).where(b.poll_id == poll_id, b.registration_id == registration_id).values(**values)
    if tx.execute(there).rowcount == 0:
        tx.execute(insert(b).values(poll_id=poll_id, registration_id=registration_id, **values))
    return wanted


def lock_poll(tx: Connection, poll_id: int) -> Row[str, datetime | None, bool, str, dict[str, Any]]:
    """The vote, locked shared, so that it is not closed before the caller's transaction ends; raises NotFound."""
    p = HallPoll
    query = select(p.state, p.due_at, p.secret, p.method, p.rules).where(p.id == poll_id)
    return found(tx.execute(query.with_for_update(read=True)).one_or_none())


def is_open(state: str, due_at: datetime | None, at: datetime) -> bool:
    """Whether ballots are taken at a moment."""
    return state == PollState.OPEN and (due_at is None or at < due_at)


def no_elector() -> NotAllowed:
    """The refusal of whoever does not vote in a poll."""
    sentence = _("You do not vote here: you were not checked in when it was opened. You can vote in the next one.")
    return NotAllowed(sentence=sentence)


def _lock_open(
    tx: Connection, poll_id: int, at: datetime, *, secret: bool
) -> Row[str, datetime | None, bool, str, dict[str, Any]]:
    poll = lock_poll(tx, poll_id)
    if not is_open(poll.state, poll.due_at, at):
        raise not_ready("vote_closed", _("The vote is not open. Nothing was changed."))
    if poll.secret is not secret:
        sentence = _("This vote is secret: ballots bear no name.") if poll.secret else _("This vote is by name.")
        raise not_ready("other_kind", sentence)
    return poll


def _legal(rules: dict[str, Any], marks: Iterable[Mark]) -> Choice:
    wanted = choice(Method(rules["method"]), marks)
    if problem := fault(wanted, terms_of(rules)):
        raise BadInput({"choice": FAULTS[problem]})
    return wanted


def _sealing(tx: Connection, poll_id: int, rules: dict[str, Any]) -> _Sealing:
    return _Sealing(read_key(folder_of(tx), ref_of(poll_id)), poll_id, rules)


def _exchange(
    tx: Connection, sealing: _Sealing, wanted: Choice, text: str, receipt: Receipt, *, revision: int | None
) -> CastBallot:
    def seal_anew(sealed: str) -> str | None:
        stratum, before = _opened(sealing, receipt.number, sealed)
        return None if before == text else sealing.seal(receipt.number, text, stratum)

    number = exchange_in_box(tx, ref_of(sealing.poll_id), receipt.number, seal_anew, revision=revision)
    return CastBallot(receipt, wanted, number)


def _opened(sealing: _Sealing, number: str, sealed: str) -> tuple[str, str]:
    """Stratum and choice of a ballot in the box, in memory alone; NotReady where it was changed outside the vote."""
    try:
        text = open_ballot(sealing.key, sealing.poll_id, number, sealed)
    except CannotOpen:
        raise not_ready("box_damaged", _("This ballot was changed outside the vote. Tell the moderator.")) from None
    return stratum_of(sealing.rules, text), opened_choice(text)
