"""Letters on paper, for people without an e-mail address: to be printed, printed, handed over."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select, update

from workflow.models import Delivery, Person
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.message_data import Addressed, addressed
from workflow.notifications.messages import Letter, compose

MOST_SHOWN = 200
# What follows when the office says that it was done.
NEXT = {DeliveryState.CREATED: DeliveryState.PRINTED, DeliveryState.PRINTED: DeliveryState.SENT}


class PaperLetter(Struct, frozen=True):
    """A letter on paper; `postal_address` is empty where nobody has entered one."""

    id: int
    state: str
    at: datetime
    person_id: int
    name: str
    postal_address: str
    edition: str
    letter: Letter


def paper_letters(tx: Connection, edition_id: int, *, only: int | None = None) -> list[PaperLetter]:
    """What is to be printed or handed over in an edition, the oldest first; with `only` that letter in any state.

    A letter that no longer concerns its person is left out. A fixed number of statements.
    """
    d = Delivery
    mine = d.id == only if only is not None else d.state.in_(list(NEXT))
    query = select(d.id, d.state, d.created_at, Person.id.label("person_id"), Person.postal_address)
    query = query.join(Person, Person.id == d.recipient_id).where(d.channel == Channel.PAPER, mine)
    rows = tx.execute(query.order_by(d.id).limit(MOST_SHOWN)).all()
    letters = addressed(tx, [row.id for row in rows]) if rows else {}
    return [
        PaperLetter(row.id, row.state, row.created_at, row.person_id, letter.name, row.postal_address,
                    letter.facts.edition, compose(letter.facts, letter.text, letter.language))
        for row in rows if _is_of(letter := letters[row.id], edition_id)
    ]  # fmt: skip


def _is_of(letter: Addressed, edition_id: int) -> bool:
    return letter.reachable and letter.facts.edition_id == edition_id and bool(letter.facts.concerned)


def move_on(tx: Connection, edition_id: int, ids: Collection[int], *, seen: DeliveryState, at: datetime) -> int:
    """Say that letters were printed, or that printed ones were handed over; returns how many.

    Those that are not in the state that was `seen` any more are left alone, and so are those of other editions.
    """
    here = {letter.id for letter in paper_letters(tx, edition_id)} & set(ids)
    values = {"state": NEXT[seen], **({"sent_at": at} if NEXT[seen] is DeliveryState.SENT else {})}
    mine = Delivery.id.in_(here), Delivery.state == seen, Delivery.channel == Channel.PAPER
    return tx.execute(update(Delivery).where(*mine).values(**values)).rowcount


def set_postal_address(tx: Connection, edition_id: int, person_id: int, address: str) -> bool:
    """Keep where a person lives, whom letters on paper of this edition wait for; False for anybody else."""
    if person_id not in {letter.person_id for letter in paper_letters(tx, edition_id)}:
        return False
    tx.execute(update(Person).where(Person.id == person_id).values(postal_address=address))
    return True
