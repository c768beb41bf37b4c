"""Loads a list from the command line: the columns by their headings, in the caller's transaction."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from workflow.base.settings import Settings
from workflow.models import Edition
from workflow.participant_lists.headings import guess
from workflow.participant_lists.loading import load
from workflow.participant_lists.plan import Plan
from workflow.participant_lists.reading import read_people
from workflow.participant_lists.records import records_of
from workflow.participant_lists.tables import MEGABYTE, Limits
from workflow.rules.facts import SYSTEM


def limits_of(settings: Settings) -> Limits:
    """The limits of this installation."""
    return Limits(size=settings.participant_list_mb * MEGABYTE)


def sectors_of(connection: Connection, edition_id: int) -> tuple[str, ...]:
    """The sectors of an edition."""
    sectors = connection.execute(select(Edition.sectors).where(Edition.id == edition_id)).scalar_one()
    return tuple(map(str, sectors))


def read_list(tx: Connection, file: Path, edition_id: int, *, settings: Settings, at: datetime) -> Plan:
    """Read and load a file; the caller rolls back where the plan has problems. Raises Unreadable."""
    table = read_people(file, limits_of(settings))
    records = records_of(table, guess(table), sectors=sectors_of(tx, edition_id))
    return load(tx, edition_id, records, actor=SYSTEM, at=at)
