"""What kinds of jobs there are and in which states one can be."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _


class JobKind(StrEnum):
    """What a job does; `tasks.jobs.RUNNERS` says how."""

    REHEARSAL = "rehearsal"
    PARTICIPANT_LIST = "participant_list"


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (JobState.WAITING, JobState.RUNNING)
LABELS: Mapping[JobState, Sentence] = {
    JobState.WAITING: _("Waits for its turn"),
    JobState.RUNNING: _("Is being worked on"),
    JobState.DONE: _("Is ready"),
    JobState.FAILED: _("Could not be finished"),
    JobState.CANCELLED: _("Was stopped"),
}
# How often a job is begun whose worker was killed, before it counts as cut off.
TRIES: Mapping[JobKind, int] = {JobKind.REHEARSAL: 3, JobKind.PARTICIPANT_LIST: 3}
