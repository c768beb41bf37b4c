"""The versions of a project sheet: the list without their texts, and single ones with them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, exists, literal, select

from workflow.models import Person, SheetVersion


class VersionLine(Struct, frozen=True):
    """One version of a sheet as a list names it."""

    number: int
    reason: str
    label: str
    digest: str
    by_name: str
    at: datetime
    receipt: str | None


class VersionText(VersionLine, frozen=True):
    """One version with its text: title, summary, sector, area, cost in grosze, and the sheet."""

    content: Mapping[str, Any]


# The columns of a line, in its order.
LISTED = (
    SheetVersion.number, SheetVersion.reason, SheetVersion.label, SheetVersion.digest, SheetVersion.by_name,
    SheetVersion.at, SheetVersion.receipt,
)  # fmt: skip


def written_by(*, names_minors: bool) -> ColumnElement[str]:
    """By whom a version was kept; empty for a minor whom the reader may not know."""
    v = SheetVersion
    by_minor = exists().where(Person.id == v.by_id, Person.is_minor.is_(True))
    return case((and_(by_minor, literal(not names_minors)), ""), else_=v.by_name)


def versions_of(tx: Connection, proposal_id: int, *, names_minors: bool) -> tuple[VersionLine, ...]:
    """Every version of a proposal's sheet, newest first; one statement."""
    v = SheetVersion
    listed: list[Any] = [written_by(names_minors=names_minors) if column is v.by_name else column for column in LISTED]
    rows = tx.execute(select(*listed).where(v.proposal_id == proposal_id).order_by(v.number.desc()))
    return tuple(VersionLine(*row) for row in rows)


def texts_of(tx: Connection, proposal_id: int, numbers: Collection[int]) -> dict[int, VersionText]:
    """Versions with their texts, by number; unknown numbers are left out; one statement."""
    v = SheetVersion
    query = select(*LISTED, v.content).where(v.proposal_id == proposal_id, v.number.in_(list(numbers)))
    return {row.number: VersionText(*row) for row in tx.execute(query)}
