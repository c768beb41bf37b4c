"""Switches of the whole installation, such as the one that holds back all mail."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from workflow.db import wake_up
from workflow.db.dialect import upsert
from workflow.models import Switch
from workflow.models.base import table_of

ON = "yes"
VALUE_LENGTH = 200


class Name(StrEnum):
    """What can be switched."""

    MAIL_PAUSED = "mail_paused"
    # A copy to rehearse with: its clock may be moved.
    REHEARSAL = "rehearsal"
    MAIL_DOWN = "mail_down"


def is_mail_paused(connection: Connection) -> bool:
    """Whether letters wait, as they do after every restore until a person releases them."""
    value = connection.execute(select(Switch.value).where(Switch.name == Name.MAIL_PAUSED)).scalar_one_or_none()
    return value == ON


def pause_mail(tx: Connection, *, at: datetime, by: int | None = None) -> None:
    """Hold back all letters; what is already being sent at this moment still goes out."""
    release_mail(tx)
    tx.execute(insert(Switch).values(name=Name.MAIL_PAUSED, value=ON, changed_at=at, changed_by_id=by))


def release_mail(tx: Connection) -> None:
    """Let letters go out again; those that waited go first."""
    wake_up.after_commit(tx)
    tx.execute(delete(Switch).where(Switch.name == Name.MAIL_PAUSED))


class ServerDown(Struct, frozen=True):
    """The mail server could not be reached: since when workers know it, and why."""

    at: datetime
    reason: str


def note_server_down(tx: Connection, *, reason: str, at: datetime) -> None:
    """Note that nothing can be sent at the moment; the first moment of it stays."""
    fresh = {"name": Name.MAIL_DOWN, "value": reason[:VALUE_LENGTH], "changed_at": at}
    statement = upsert(tx)(table_of(Switch)).values(**fresh)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": fresh["value"]}))


def note_server_up(tx: Connection) -> None:
    """Note that letters are accepted."""
    tx.execute(delete(Switch).where(Switch.name == Name.MAIL_DOWN))


def server_down(connection: Connection) -> ServerDown | None:
    """What workers know of a mail server that is down; None while letters are accepted."""
    row = connection.execute(select(Switch.changed_at, Switch.value).where(Switch.name == Name.MAIL_DOWN)).one_or_none()
    return ServerDown(*row) if row else None
