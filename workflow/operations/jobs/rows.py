"""The rows of jobs: asking for one, claiming it under a lease, noting its progress and its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from workflow.base.i18n import Sentence, _
from workflow.models.base import table_of
from workflow.models.job import Job as Row
from workflow.notifications import outbox
from workflow.operations.jobs.kinds import TRIES, UNFINISHED, JobKind, JobState
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

LEASE = timedelta(seconds=60)
CUT_OFF = _("The work was cut off several times and is not tried again. Start it anew.")
_T = table_of(Row)


class Job(Struct, frozen=True):
    """A job as it is now; `total` is 0 while nobody knows how much there is to do."""

    id: int
    kind: JobKind
    title: str
    owner_id: int
    edition_id: int | None
    asked: Mapping[str, Any]
    state: JobState
    done: int
    total: int
    message: Sentence | None
    result: Mapping[str, Any]
    attempts: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        """Whether something may still come of it."""
        return self.state in UNFINISHED

    @property
    def has_failed(self) -> bool:
        """Whether nothing came of it."""
        return self.state is JobState.FAILED

    @property
    def percent(self) -> int | None:
        """How far it has come; None while that is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None


def ask(
    tx: Connection, kind: JobKind, *, title: str, owner_id: int, at: datetime, edition_id: int | None = None,
    asked: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Ask for work and return its number; a worker begins it after the commit, within a few seconds."""
    values = {"kind": kind, "title": title[:200], "owner_id": owner_id, "edition_id": edition_id, "created_at": at,
              "asked": dict(asked or {})}  # fmt: skip
    return int(tx.execute(insert(Row).values(values).returning(Row.id)).scalar_one())


def job_of(connection: Connection, job_id: int, *, owner_id: int) -> Job | None:
    """A job of a person; None where there is none or it is somebody else's."""
    row = connection.execute(select(_T).where(_T.c.id == job_id, _T.c.owner_id == owner_id)).one_or_none()
    return None if row is None else _job(row)


def jobs_of(connection: Connection, owner_id: int, *, limit: int = 50) -> list[Job]:
    """The jobs of a person, the newest first."""
    query = select(_T).where(_T.c.owner_id == owner_id).order_by(_T.c.id.desc()).limit(limit)
    return [_job(row) for row in connection.execute(query)]


def unfinished_of(connection: Connection, kind: JobKind, edition_id: int, owner_id: int) -> Job | None:
    """The job of this kind that a person has asked for in an edition and that is not over yet."""
    mine = _T.c.kind == kind, _T.c.edition_id == edition_id, _T.c.owner_id == owner_id, _T.c.state.in_(UNFINISHED)
    row = connection.execute(select(_T).where(*mine).order_by(_T.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _job(row)


def _job(row: Any) -> Job:
    message = Sentence(row.message["text"], row.message.get("params", {})) if row.message else None
    return Job(
        row.id, JobKind(row.kind), row.title, row.owner_id, row.edition_id, row.asked, JobState(row.state), row.done,
        row.total, message, row.result, row.attempts, row.created_at, row.ended_at,
    )  # fmt: skip


def _is_waiting(at: datetime) -> ColumnElement[bool]:
    """Jobs that nobody works on, those included whose worker did not come back in time."""
    return or_(_T.c.state == JobState.WAITING, and_(_T.c.state == JobState.RUNNING, _T.c.lease_until <= at))


def has_waiting(connection: Connection, *, at: datetime) -> bool:
    """Whether there is work for a worker; takes no lock."""
    query = select(_T.c.id).where(_T.c.state.in_(UNFINISHED), _is_waiting(at)).limit(1)
    return connection.execute(query).scalar_one_or_none() is not None


def claim(tx: Connection, *, owner: str, at: datetime) -> Job | None:
    """Take the oldest job that waits, for LEASE; None where there is none.

    One that was begun too often fails instead, and its owner is told; what another worker claims now is left to it.
    """
    query = select(_T).where(_T.c.state.in_(UNFINISHED), _is_waiting(at)).order_by(_T.c.id).limit(1)
    row = tx.execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    if row.attempts >= TRIES[JobKind(row.kind)]:
        _end(tx, _job(row), JobState.FAILED, at=at, message=CUT_OFF)
        return claim(tx, owner=owner, at=at)
    taken = {"state": JobState.RUNNING, "lease_owner": owner, "lease_until": at + LEASE, "started_at": at,
             "attempts": row.attempts + 1}  # fmt: skip
    changed = update(_T).where(_T.c.id == row.id).values(taken).returning(*_T.c)
    return _job(tx.execute(changed).one())


def _leased(job_id: int, owner: str) -> ColumnElement[bool]:
    return and_(_T.c.id == job_id, _T.c.lease_owner == owner, _T.c.state == JobState.RUNNING)


def renew(tx: Connection, job_id: int, *, owner: str, at: datetime, **progress: Any) -> bool:
    """Keep the lease, and note progress where it is given; False where the job is not this owner's any more."""
    kept = update(_T).where(_leased(job_id, owner)).values(lease_until=at + LEASE, **progress)
    return tx.execute(kept).rowcount == 1


def give_back(tx: Connection, job_id: int, *, owner: str) -> None:
    """Let another worker begin the job; it counts as no attempt."""
    values = {"state": JobState.WAITING, "lease_owner": None, "lease_until": None, "attempts": _T.c.attempts - 1}
    tx.execute(update(_T).where(_leased(job_id, owner)).values(values))


def finish(
    tx: Connection, job: Job, state: JobState, *, owner: str, at: datetime, message: Sentence | None = None,
    result: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Write what came of a job and tell its owner in the inbox; False, and nothing written, without the lease."""
    if tx.execute(select(_T.c.id).where(_leased(job.id, owner)).with_for_update()).one_or_none() is None:
        return False
    _end(tx, job, state, at=at, message=message, result=result)
    return True


def _end(
    tx: Connection, job: Job, state: JobState, *, at: datetime, message: Sentence | None,
    result: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    values = {"state": state, "lease_owner": None, "lease_until": None, "ended_at": at, "message": as_json(message),
              "result": dict(result or {})}  # fmt: skip
    tx.execute(update(_T).where(_T.c.id == job.id).values(values))
    topic = Topic.JOB_DONE if state is JobState.DONE else Topic.JOB_FAILED
    outbox.record(
        tx, key=f"job:{job.id}:{state}", topic=topic, ref=Ref("job", job.id), payload={"person": job.owner_id}, at=at
    )  # fmt: skip


def cancel(tx: Connection, job_id: int, *, owner_id: int, at: datetime) -> bool:
    """Stop a job of a person; whoever works on it notices at its next step. False where it is over already."""
    mine = _T.c.id == job_id, _T.c.owner_id == owner_id, _T.c.state.in_(UNFINISHED)
    values = {"state": JobState.CANCELLED, "lease_owner": None, "lease_until": None, "ended_at": at}
    return tx.execute(update(_T).where(*mine).values(values)).rowcount == 1


def as_json(sentence: Sentence | None) -> dict[str, Any]:
    """A sentence as a row keeps it; its parameters are words and numbers only."""
    return {} if sentence is None else {"text": sentence.text, "params": dict(sentence.params)}
