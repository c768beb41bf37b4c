"""The files that jobs make: one folder for each in the data folder, removed a month after the job ended."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from workflow.db.database import Database
from workflow.models.job import Job

KEPT = timedelta(days=30)


def folder_of(data: Path, job_id: int) -> Path:
    """Where the files of a job are."""
    return data / "jobs" / str(job_id)


def sweep_job_files(database: Database, data: Path, *, at: datetime) -> int:
    """Remove the folders of jobs that ended a month ago, and of those that there are none; returns how many."""
    folders = {int(path.name): path for path in (data / "jobs").glob("*") if path.name.isdecimal()}
    with database.reading() as connection:
        rows = connection.execute(select(Job.id, Job.ended_at).where(Job.id.in_(folders))).all() if folders else ()
    kept = {row.id for row in rows if row.ended_at is None or row.ended_at > at - KEPT}
    old = folders.keys() - kept
    for number in old:
        shutil.rmtree(folders[number], ignore_errors=True)
    return len(old)
