"""Switches of the whole installation, such as the one that holds back all mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from workflow.models import Switch

ON = "yes"


class Name(StrEnum):
    """What can be switched."""

    MAIL_PAUSED = "mail_paused"
    # A copy to rehearse with: its clock may be moved.
    REHEARSAL = "rehearsal"


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
    tx.execute(delete(Switch).where(Switch.name == Name.MAIL_PAUSED))
