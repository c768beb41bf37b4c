"""Thousands of proposals at once, written past the machine: for what depends on their number alone."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from workflow.base.calendar import utc_now
from workflow.base.collation import fold, sort_key
from workflow.models import Proposal
from workflow.models.base import table_of
from workflow.rules.facts import Ref

STATES = ("idea", "group_work", "submitted", "returned", "selected", "not_selected", "withdrawn")
SECTORS = ("gospodarka", "edukacja", "kultura")
SUBJECTS = ("Świetlica", "Żłobek", "Łąka kwietna", "Ścieżka", "Ogród", "Ćwiczenia", "Kino")
BATCH = 1000


def add_many(tx: Connection, edition: Ref, count: int, **more: Any) -> None:
    """More proposals of an edition, no two alike in title, cost and date; a third has no cost, half has no date."""
    table = table_of(Proposal)
    last = tx.execute(select(table.c.number).where(table.c.edition_id == edition.id).order_by(table.c.number.desc()))
    first = (last.scalars().first() or 0) + 1
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        tx.execute(insert(table), [_row(edition, number) | more for number in numbers])


def _row(edition: Ref, number: int) -> dict[str, Any]:
    at = utc_now() - timedelta(minutes=number)
    title = f"{SUBJECTS[number % len(SUBJECTS)]} w Gąbinie {number:06}"
    sector = SECTORS[number % len(SECTORS)]
    return {
        "edition_id": edition.id, "number": number, "title": title, "summary": "Dla wszystkich.", "sector": sector,
        "lifecycle": "local_partnership", "lifecycle_version": 1, "state": STATES[number % len(STATES)], "version": 1,
        "sort_key": sort_key(title), "search": fold(f"{title} Dla wszystkich. {sector}"), "area": "",
        "cost": number * 700 % 1_000_003 if number % 3 else None,
        "due_at": at + timedelta(days=number % 90) if number % 2 else None,
        "sheet": {"places": ["Gąbin"], "principle": "plug_leaks"}, "created_at": at, "updated_at": at,
    }  # fmt: skip
