"""Signs of life: each worker says every few seconds that it works, and that it hears the bells of beat."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete

from workflow.db.dialect import upsert
from workflow.models import Heartbeat
from workflow.models.base import table_of

FORGET = timedelta(days=1)


class Kind(StrEnum):
    """Who beats."""

    WORKER = "worker"
    # Written by the worker that handles a wake-up message: it shows that beat, broker and worker reach each other.
    BEAT = "beat"


def beat(tx: Connection, name: str, kind: Kind, *, at: datetime) -> None:
    """Write a sign of life, and forget those of a day ago."""
    statement = upsert(tx)(table_of(Heartbeat)).values(name=name, kind=kind, at=at)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"kind": kind, "at": at}))
    tx.execute(delete(Heartbeat).where(Heartbeat.at < at - FORGET))
