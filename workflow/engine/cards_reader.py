"""Reads the cards of secret votes as two people typed them."""

from collections import defaultdict
from collections.abc import Collection

from msgspec.structs import replace
from sqlalchemy import Connection, select

from workflow.models import PaperBatch, PaperCount, PaperLine, Person
from workflow.rules.cards import CardBatch, CardsTyped


def cards_of(tx: Connection, polls: Collection[int]) -> dict[int, CardBatch]:
    """The batch of each vote that is not void, with what was typed of it; three statements, none without votes."""
    if not polls:
        return {}
    b, c, line = PaperBatch, PaperCount, PaperLine
    valid = b.poll_id.in_(polls), b.voided_at.is_(None)
    batches = {row.poll_id: CardBatch(row.number, scan_name=row.scan_name)
               for row in tx.execute(select(b.poll_id, b.number, b.scan_name).where(*valid))}  # fmt: skip
    lines: dict[tuple[int, int, int], dict[int, str]] = defaultdict(dict)
    query = select(line.poll_id, line.batch, line.clerk, line.card, line.choice).where(line.poll_id.in_(batches))
    for poll, number, clerk, card, choice in tx.execute(query):
        lines[poll, number, clerk][card] = choice
    counts = select(c.poll_id, c.batch, c.clerk, c.person_id, Person.name, c.in_box, c.spoiled)
    counts = counts.join(Person, Person.id == c.person_id).where(c.poll_id.in_(batches)).order_by(c.clerk)
    for row in tx.execute(counts):
        batch = batches[row.poll_id]
        if row.batch == batch.number:
            typed = CardsTyped(row.person_id, row.name, row.in_box, row.spoiled,
                               lines[row.poll_id, row.batch, row.clerk])  # fmt: skip
            batches[row.poll_id] = replace(batch, typed=(*batch.typed, typed))
    return batches
