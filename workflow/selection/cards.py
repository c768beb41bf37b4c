"""Cards of a secret vote on paper: handed out while it is open, typed by two people once it is closed.

None of it is a step: it moves no version, date or history. While the vote is open its poll is locked shared and the
elector's row changes under a condition, so a card and a ballot on a screen never both count; typing locks the poll
exclusively, so two people never take the same place, and the count waits.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from workflow.base.errors import BadInput, found, not_ready
from workflow.base.i18n import _
from workflow.engine.cards_reader import cards_of
from workflow.files import storage
from workflow.files.storage import IncomingFile
from workflow.models import Elector, PaperBatch, PaperCount, PaperLine, Poll
from workflow.rules.cards import CardBatch, CardMove, does_not_add_up
from workflow.rules.facts import Actor
from workflow.rules.hands import CLERKS
from workflow.rules.session import Channel, Choice
from workflow.rules.states import PollState
from workflow.selection.ballots import lock_open, refuse_conflicted


def move_card(tx: Connection, poll_id: int, seat_id: int, move: CardMove, *, at: datetime) -> None:
    """Hand a card to a member, take it back, or note that it dropped into the box; the caller asks who may.

    A card bars the screen until it is given back; the name is ticked when the card drops. Refused: NotFound, and
    NotReady where the vote is not open, or the card is not where the move begins.
    """
    lock_open(tx, poll_id, at, secret=True)
    e = Elector
    here = [e.poll_id == poll_id, e.seat_id == seat_id, e.recused.is_(False), e.voted.is_(False),
            e.card_issued.is_(move is not CardMove.ISSUE)]  # fmt: skip
    if move is CardMove.DROP:
        refuse_conflicted(tx, poll_id, e.seat_id == seat_id)
        values: dict[str, object] = {"voted": True, "channel": Channel.CARD}
    else:
        values = {"card_issued": move is CardMove.ISSUE}
    if tx.execute(update(e).where(*here).values(**values)).rowcount == 0:
        raise not_ready("card_elsewhere", _("This member has voted, is recused, or the card is elsewhere."))


def type_cards(
    tx: Connection, poll_id: int, lines: Mapping[int, str], *, in_box: int, spoiled: int, actor: Actor, at: datetime
) -> None:
    """Hand in or replace what one of two people read from the cards; the caller asks who may.

    Refused: NotFound; NotReady where the vote is not closed, the actor is recused, two others have typed, or both
    agree already; BadInput with the figures where cards and ticks do not add up, or for a choice that there is not.
    """
    _lock_closed(tx, poll_id)
    _refuse_recused(tx, poll_id, actor)
    if not set(lines.values()) <= {*Choice}:
        raise BadInput({"cards": _("Vote for, against, or abstain.")})
    if problem := does_not_add_up(in_box, spoiled, len(lines), _dropped(tx, poll_id)):
        raise BadInput({"cards": problem})
    batch = _batch(tx, poll_id)
    if batch.agreed:
        raise not_ready("cards_agree", _("Both have typed the same already. Nothing was changed."))
    own = next((number for number, typed in enumerate(batch.typed, 1) if typed.person_id == actor.id), None)
    if own is None and len(batch.typed) == CLERKS:
        raise not_ready("two_typed", _("Two other people have typed the cards already."))
    key = {"poll_id": poll_id, "batch": batch.number, "clerk": own or len(batch.typed) + 1}
    for table in (PaperLine, PaperCount):
        tx.execute(delete(table).filter_by(**key))
    tx.execute(insert(PaperCount).values(**key, person_id=actor.id, in_box=in_box, spoiled=spoiled, typed_at=at))
    if lines:
        tx.execute(insert(PaperLine), [{**key, "card": card, "choice": str(choice)} for card, choice in lines.items()])


def attach_scan(tx: Connection, uploads: Path, poll_id: int, incoming: IncomingFile, *, actor: Actor) -> None:
    """Keep the scan of the cards, in the place of one before; on a Refusal the caller removes what was received."""
    _lock_closed(tx, poll_id)
    _refuse_recused(tx, poll_id, actor)
    batch = _batch(tx, poll_id)
    storage.store(uploads, incoming)
    b = PaperBatch
    tx.execute(update(b).where(b.poll_id == poll_id, b.number == batch.number).values(
        scan_name=incoming.name, scan_type=incoming.kind.media_type, scan_size=incoming.size,
        scan_sha256=incoming.sha256, scan_key=incoming.key, scanned_by_id=actor.id,
    ))  # fmt: skip


def void_cards(tx: Connection, poll_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Make what was typed void, so that the cards are typed again; it stays on record with the reason."""
    _lock_closed(tx, poll_id)
    if not reason.strip():
        raise BadInput({"reason": _("Say why the cards have to be typed again.")})
    b, batch = PaperBatch, cards_of(tx, [poll_id]).get(poll_id)
    if batch is None:
        raise not_ready("nothing_typed", _("Nothing has been typed yet."))
    voided = {"voided_at": at, "voided_by_id": actor.id, "void_reason": reason.strip()}
    tx.execute(update(b).where(b.poll_id == poll_id, b.number == batch.number).values(**voided))


def _lock_closed(tx: Connection, poll_id: int) -> None:
    query = select(Poll.state).where(Poll.id == poll_id, Poll.secret.is_(True))
    state = found(tx.execute(query.with_for_update()).scalar())
    if state != PollState.CLOSED:
        raise not_ready("not_closed", _("Cards are typed after the vote is closed and before it is counted."))


def _refuse_recused(tx: Connection, poll_id: int, actor: Actor) -> None:
    here = Elector.poll_id == poll_id, Elector.person_id == actor.id, Elector.recused.is_(True)
    if tx.execute(select(Elector.seat_id).where(*here)).first():
        raise not_ready("recused", _("You have a conflict of interest in this matter, so others type the cards."))


def _dropped(tx: Connection, poll_id: int) -> int:
    """How many members dropped a card into the box."""
    here = Elector.poll_id == poll_id, Elector.voted.is_(True), Elector.channel == Channel.CARD
    return int(tx.execute(select(func.count()).where(*here)).scalar_one())


def _batch(tx: Connection, poll_id: int) -> CardBatch:
    """The valid batch of a vote, made where there is none."""
    if batch := cards_of(tx, [poll_id]).get(poll_id):
        return batch
    b = PaperBatch
    number = int(tx.execute(select(func.coalesce(func.max(b.number), 0)).where(b.poll_id == poll_id)).scalar_one()) + 1
    tx.execute(insert(b).values(poll_id=poll_id, number=number))
    return CardBatch(number)
