"""The files of a proposal as its page shows them; one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, select

from workflow.base.errors import found
from workflow.models import Person, ProposalFile

# More than a proposal can have at a time, so that only very old ones that were taken away are left out.
MOST_SHOWN = 400


class By(Struct, frozen=True):
    """Who did something; a minor's name is for few."""

    name: str
    is_minor: bool

    @classmethod
    def of(cls, name: str | None, is_minor: Any) -> "By | None":
        """The person of a joined row, or None where there is none."""
        return cls(name, bool(is_minor)) if name else None


class FileRow(Struct, frozen=True):
    """One file: what it is, who added it, and who took it away."""

    id: int
    name: str
    kind: str
    media_type: str
    size: int
    sha256: str
    key: str
    has_small: bool
    # Of slides: how many pages the screen in the hall shows.
    pages: int | None
    added_by: By | None
    added_at: datetime
    removed_by: By | None
    removed_at: datetime | None
    # Gone for good: only the row is left.
    is_gone: bool


def files_of(tx: Connection, proposal_id: int) -> tuple[FileRow, ...]:
    """The files of a proposal, the latest first, those that were taken away among them."""
    query = _query().where(ProposalFile.proposal_id == proposal_id).order_by(ProposalFile.id.desc())
    return tuple(_row(tuple(row)) for row in tx.execute(query.limit(MOST_SHOWN)))


def file_of(tx: Connection, proposal_id: int, number: int) -> FileRow:
    """One file that is there; NotFound where the proposal has none of this number, or it was taken away."""
    f = ProposalFile
    query = _query().where(f.id == number, f.proposal_id == proposal_id, f.removed_at.is_(None))
    return _row(tuple(found(tx.execute(query).one_or_none())))


def _query() -> Select[Any]:
    f, added, removed = ProposalFile, Person.__table__.alias("added"), Person.__table__.alias("removed")
    return (
        select(
            f.id, f.name, f.kind, f.media_type, f.size, f.sha256, f.key, f.has_small, f.pages, added.c.name,
            added.c.is_minor, f.added_at, removed.c.name, removed.c.is_minor, f.removed_at, f.bytes_removed_at,
        )
        .select_from(f)
        .outerjoin(added, added.c.id == f.added_by_id)
        .outerjoin(removed, removed.c.id == f.removed_by_id)
    )  # fmt: skip


def _row(values: Iterable[Any]) -> FileRow:
    (number, name, kind, media_type, size, sha256, key, small, pages, by, by_minor, added_at, off, off_minor,
     removed_at, gone_at) = values  # fmt: skip
    return FileRow(
        number, name, kind, media_type, size, sha256, key, bool(small), pages, By.of(by, by_minor), added_at,
        By.of(off, off_minor), removed_at, gone_at is not None,
    )  # fmt: skip
