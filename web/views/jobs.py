"""What the pages of jobs show: a state in words, and where the result of each kind is."""

from collections.abc import Callable, Mapping

from flask import url_for
from sqlalchemy import Connection, select

from web.http.template_context import say
from workflow.models import Edition
from workflow.operations.jobs.kinds import LABELS, JobKind, JobState
from workflow.operations.jobs.rows import Job


def state_sentence(job: Job) -> str:
    """Where a job is, and what it says about that."""
    label = say(LABELS[job.state])
    return f"{label}. {say(job.message)}" if job.message else f"{label}."


# The page of the result of each kind, from the key of the edition and the number of the job.
RESULTS: Mapping[JobKind, Callable[[str, int], str]] = {
    JobKind.PARTICIPANT_LIST: lambda key, number: url_for("participant_lists.of_job", edition_key=key, job_id=number),
    JobKind.REHEARSAL: lambda key, number: url_for("rehearsals.result", edition_key=key, job_id=number),
}


def result_address(tx: Connection, job: Job) -> str | None:
    """Where the result of a job is to be read; None while there is none."""
    if job.state is not JobState.DONE or job.edition_id is None:
        return None
    key = tx.execute(select(Edition.key).where(Edition.id == job.edition_id)).scalar_one()
    return RESULTS[job.kind](key, job.id)
