"""Loads an accepted list of participants as a job."""

from collections.abc import Mapping
from typing import Any

from workflow.base.errors import NotFound, Refusal
from workflow.operations.jobs.files import folder_of
from workflow.operations.jobs.running import Work
from workflow.participant_lists.accepted import load_accepted
from workflow.participant_lists.commands import limits_of
from workflow.participant_lists.uploads import list_of_job
from workflow.rules.facts import Actor


def run(work: Work) -> Mapping[str, Any]:
    """Load the list of a job; its figures are the result. Everything happens in one transaction or not at all."""
    job = work.job
    try:
        with work.database.reading() as connection:
            sent = list_of_job(connection, job.id, owner_id=job.owner_id)
    except NotFound as refusal:
        raise Refusal(refusal.sentence) from None
    return load_accepted(
        work.database, sent, data=work.settings.data, folder=folder_of(work.settings.data, job.id),
        limits=limits_of(work.settings), actor=Actor(job.owner_id, ""), at=work.at, progress=work.report,
    )  # fmt: skip
