"""A rehearsal as a job: its days in a file of the data folder, one a line, and in the result where each of them is."""

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from workflow.base.i18n import _
from workflow.base.settings import Settings
from workflow.operations.jobs import rows
from workflow.operations.jobs.files import folder_of
from workflow.operations.jobs.kinds import JobKind
from workflow.operations.jobs.running import Work
from workflow.operations.rehearsal.course import Day, Rehearsal
from workflow.operations.rehearsal.events import Happened
from workflow.operations.rehearsal.report import day_as_json, ending_as_json

DAYS = "days.jsonl"


def ask_for_rehearsal(
    tx: Connection, edition_id: int, *, title: str, until: date | None, owner_id: int, at: datetime
) -> int:  # fmt: skip
    """Ask for a rehearsal of an edition; the one that waits already where there is one. Returns the job's number."""
    if job := rows.unfinished_of(tx, JobKind.REHEARSAL, edition_id, owner_id):
        return job.id
    asked = {"until": until.isoformat() if until else None}
    return rows.ask(
        tx, JobKind.REHEARSAL, title=title, owner_id=owner_id, at=at, edition_id=edition_id, asked=asked
    )  # fmt: skip


def run(work: Work) -> Mapping[str, Any]:
    """Rehearse the edition of a job from now on, and write its days down; the result says on which there is what."""
    until = work.job.asked.get("until")
    rehearsal = Rehearsal(
        work.database, work.job.edition_id or 0, at=work.at, base_url=work.settings.base_url,
        until=date.fromisoformat(until) if until else None,
        progress=lambda done, total: work.report(done, total, _("Days: {done} of {total}.", done=done, total=total)),
    )  # fmt: skip
    folder = folder_of(work.settings.data, work.job.id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    with (folder / DAYS).open("wb") as file:
        days = [_write(file, day) for day in rehearsal.days()]
    return {"days": days, **ending_as_json(rehearsal)}


def _write(file: Any, day: Day) -> dict[str, Any]:
    """One line, and what stands in the result about it: where it begins and how much of what it holds."""
    line = json.dumps(day_as_json(day), ensure_ascii=False).encode() + b"\n"
    begins = file.tell()
    file.write(line)
    kinds = Counter(event.kind for event in day.events)
    return {
        "day": day.day.isoformat(), "begins": begins, "length": len(line),
        **{kind.value: kinds[kind] for kind in Happened}, "over": sum(event.is_over for event in day.events),
        "letters": len(day.letters), "recipients": sum(len(letter.recipients) for letter in day.letters),
    }  # fmt: skip


def read_day(settings: Settings, job_id: int, entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """What happens on one day; None where the files of the job were removed since."""
    try:
        with (folder_of(settings.data, job_id) / DAYS).open("rb") as file:
            file.seek(entry["begins"])
            day: dict[str, Any] = json.loads(file.read(entry["length"]))
    except FileNotFoundError:
        return None
    return day
