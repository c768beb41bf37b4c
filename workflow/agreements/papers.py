"""The papers of a partner: mandates and scans of signatures."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from workflow.models import AgreementPartnerFile

F = AgreementPartnerFile
COLUMNS = (F.id, F.paper, F.file_name, F.file_type, F.file_size, F.file_key, F.recorded_at)


def papers_of(tx: Connection, partner_id: int) -> Sequence[Row[Any]]:
    """The papers of a partner, oldest first; one statement."""
    return tx.execute(select(*COLUMNS).where(F.partner_id == partner_id).order_by(F.id)).all()


def paper_of(tx: Connection, partner_id: int, number: int) -> Row[Any] | None:
    """One paper of a partner, by its number; None where it has no such paper."""
    return tx.execute(select(*COLUMNS).where(F.partner_id == partner_id, F.id == number)).one_or_none()
