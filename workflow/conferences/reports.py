"""The report of a conference as a document that is opened before it is approved."""

from datetime import datetime

from sqlalchemy import Connection, select

from workflow.base.errors import NotFound
from workflow.documents import store
from workflow.models import Document
from workflow.rules.documents import DocumentKind
from workflow.rules.facts import Actor, Ref


def newest_report(tx: Connection, conference: Ref) -> int | None:
    """The number of the version that was generated last; one statement."""
    d = Document
    here = d.kind == DocumentKind.REPORT, d.subject_kind == conference.kind, d.subject_id == conference.id
    return tx.execute(select(d.id).where(*here).order_by(d.version.desc()).limit(1)).scalar()


def read_report(tx: Connection, conference: Ref, *, actor: Actor, at: datetime) -> str:
    """Keep that a person has opened the version generated last; its control code. Raises NotFound where there is none.

    An approved version gets its renderings, which are kept from then on.
    """
    number = newest_report(tx, conference)
    stored = store.find(tx, number) if number is not None else None
    if number is None or stored is None or actor.id is None:
        raise NotFound
    store.note_reading(tx, number, actor.id, at=at)
    if not store.is_complete(tx, number):
        store.keep_renderings(tx, stored)
    return stored.digest
