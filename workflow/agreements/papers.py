"""The papers of a partner: mandates and scans of signatures."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import AgreementPartnerFile

F = AgreementPartnerFile
COLUMNS = (F.id, F.paper, F.file_name, F.file_type, F.file_size, F.file_key, F.recorded_at)


class Paper(Struct, frozen=True):
    """A mandate or a scan; `paper` says which, `file_key` names its bytes."""

    id: int
    paper: str
    file_name: str
    file_type: str
    file_size: int
    file_key: str | None
    recorded_at: datetime


def papers_of(tx: Connection, partner_id: int) -> Sequence[Paper]:
    """The papers of a partner, oldest first; one statement."""
    rows = tx.execute(select(*COLUMNS).where(F.partner_id == partner_id).order_by(F.id))
    return [Paper(*row) for row in rows]


def paper_of(tx: Connection, partner_id: int, number: int) -> Paper | None:
    """One paper of a partner, by its number; None where it has no such paper."""
    return next((paper for paper in papers_of(tx, partner_id) if paper.id == number), None)
