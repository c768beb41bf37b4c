"""The organisation for which somebody comes to a conference: found by its folded name, created where it is new."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from workflow.base.collation import fold
from workflow.models import Organisation


def organisation_named(tx: Connection, name: str, *, at: datetime) -> int | None:
    """The organisation of this name, created where it is new; None for an empty name."""
    folded = fold(name)[:200]
    if not folded:
        return None
    known = select(Organisation.id).where(Organisation.search == folded, Organisation.merged_into_id.is_(None))
    number = tx.execute(known.order_by(Organisation.id).limit(1)).scalar()
    if number is None:
        values = {"name": " ".join(name.split()), "search": folded, "created_at": at}
        number = tx.execute(insert(Organisation).values(**values).returning(Organisation.id)).scalar_one()
    return int(number)
