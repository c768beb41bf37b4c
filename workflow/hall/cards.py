"""Cards of a vote in the hall: handed out while it is open, typed by two people once it is closed.

None of it is a step. While the vote is open it is locked shared and the elector's row changes under a condition, so a
card and a ballot on a screen never both count; typing locks the vote exclusively, so the count waits.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from workflow.base.errors import BadInput, found, not_ready
from workflow.base.i18n import _
from workflow.engine.hall_reader import cards_in_hall, electors_of
from workflow.files import storage
from workflow.files.storage import IncomingFile
from workflow.hall.casting import FAULTS, is_open, lock_poll
from workflow.models import HallCardCount, HallCardLine, HallCardScan, HallElector, HallPoll
from workflow.rules.cards import CardMove, does_not_add_up
from workflow.rules.facts import Actor
from workflow.rules.hands import CLERKS
from workflow.rules.session import Channel
from workflow.rules.states import PollState
from workflow.voting.counting.ballots import Mark, Method, choice, fault
from workflow.voting.results.hall import choice_text, terms_of


def move_card(tx: Connection, poll_id: int, registration_id: int, move: CardMove, *, at: datetime) -> None:
    """Hand a card to an elector, take it back, or note that it dropped into the box; the caller asks who may.

    A card bars the screen until it is given back; the name is ticked when the card drops. Refused: NotFound, and
    NotReady where the vote is not an open secret one, or the card is not where the move begins.
    """
    poll = lock_poll(tx, poll_id)
    if not (poll.secret and is_open(poll.state, poll.due_at, at)):
        raise not_ready("vote_closed", _("Cards are handed out while a secret vote is open."))
    e = HallElector
    here = [e.poll_id == poll_id, e.registration_id == registration_id, e.voted.is_(False),
            e.card_issued.is_(move is not CardMove.ISSUE)]  # fmt: skip
    if move is CardMove.DROP:
        values: dict[str, object] = {"voted": True, "channel": Channel.CARD}
    else:
        values = {"card_issued": move is CardMove.ISSUE}
    if tx.execute(update(e).where(*here).values(**values)).rowcount == 0:
        raise not_ready("card_elsewhere", _("This person has voted or is no elector, or the card is elsewhere."))


def type_cards(
    tx: Connection, poll_id: int, lines: Mapping[int, Iterable[Mark]], *, spoiled: int, actor: Actor, at: datetime
) -> None:
    """Hand in or replace what one of two people read from the cards; the caller asks who may.

    Refused: NotFound; NotReady where the vote is not closed, two others have typed, or both agree already; BadInput
    with the figures where cards and ticks do not add up, or for a choice that is not legal.
    """
    texts = _lock_closed(tx, poll_id, lines)
    dropped = sum(elector.channel == Channel.CARD for elector in electors_of(tx, poll_id))
    if problem := does_not_add_up(len(texts), spoiled, len(texts), dropped):
        raise BadInput({"cards": problem})
    batch = cards_in_hall(tx, poll_id)
    if batch.agreed:
        raise not_ready("cards_agree", _("Both have typed the same already. Nothing was changed."))
    own = next((number for number, typed in enumerate(batch.typed, 1) if typed.person_id == actor.id), None)
    if own is None and len(batch.typed) == CLERKS:
        raise not_ready("two_typed", _("Two other people have typed the cards already."))
    key = {"poll_id": poll_id, "clerk": own or len(batch.typed) + 1}
    for table in (HallCardLine, HallCardCount):
        tx.execute(delete(table).where(table.poll_id == poll_id, table.clerk == key["clerk"]))
    tx.execute(insert(HallCardCount).values(**key, person_id=actor.id, in_box=len(texts), spoiled=spoiled, typed_at=at))
    if texts:
        tx.execute(insert(HallCardLine), [{**key, "card": card, "choice": text} for card, text in texts.items()])


def attach_scan(
    tx: Connection, uploads: Path, poll_id: int, incoming: IncomingFile, *, actor: Actor, at: datetime
) -> None:
    """Keep the scan of the cards, in the place of one before; the caller asks who may, and on a Refusal removes what
    was received. Refused: NotFound, and NotReady where the vote is not closed or is counted already."""
    _lock_closed(tx, poll_id, {})
    storage.store(uploads, incoming)
    tx.execute(delete(HallCardScan).where(HallCardScan.poll_id == poll_id))
    tx.execute(insert(HallCardScan).values(
        poll_id=poll_id, name=incoming.name, media_type=incoming.kind.media_type, size=incoming.size,
        sha256=incoming.sha256, file_key=incoming.key, attached_by_id=actor.id, attached_at=at,
    ))  # fmt: skip


def scan_of(tx: Connection, poll_id: int) -> tuple[str, str, str] | None:
    """Name, type and key of the scan of a vote's cards; one statement."""
    s = HallCardScan
    row = tx.execute(select(s.name, s.media_type, s.file_key).where(s.poll_id == poll_id)).one_or_none()
    return None if row is None else (row.name, row.media_type, row.file_key)


def _lock_closed(tx: Connection, poll_id: int, lines: Mapping[int, Iterable[Mark]]) -> dict[int, str]:
    """The vote, locked exclusively, and the choices as ballots keep them."""
    p = HallPoll
    query = select(p.state, p.method, p.rules).where(p.id == poll_id, p.secret.is_(True)).with_for_update()
    poll = found(tx.execute(query).one_or_none())
    if poll.state != PollState.CLOSED:
        raise not_ready("not_closed", _("Cards are typed after the vote is closed and before it is counted."))
    method, texts = Method(poll.method), dict[int, str]()
    for card, marks in lines.items():
        wanted = choice(method, marks)
        if problem := fault(wanted, terms_of(poll.rules)):
            raise BadInput({"cards": _("Card {number}: {problem}", number=card, problem=FAULTS[problem])})
        texts[card] = choice_text(method, wanted)
    return texts
