"""Whether the service can work: database and migrations decide; broker and worker are only reported."""

from datetime import datetime, timedelta
from typing import Any

import redis
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from web.http.resources import BROKER_SECONDS, Resources
from workflow.db.revision import newest, revision
from workflow.models import Heartbeat, OutboxRow
from workflow.notifications.mail_health import stalled_since
from workflow.notifications.mail_pause import is_mail_paused
from workflow.notifications.outbox import may_go

# A worker without a heartbeat for so long counts as dead; an outbox row that waits for so long is late.
SILENT_AFTER = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=5)


def report(resources: Resources, *, at: datetime) -> dict[str, Any]:
    """The state of each part; `status` is "ready" when database and migrations are in order."""
    parts: dict[str, Any] = {"database": "ok", "migrations": "ok"}
    try:
        with resources.database.reading() as tx:
            parts["migrations"] = migrations(tx)
            if parts["migrations"] == "ok":
                parts |= queue(tx, at=at) | mail(tx, at=at, after=resources.settings.mail_alarm)
    except (DBAPIError, SQLAlchemyError):
        parts["database"] = "unreachable"
    parts["broker"] = broker(resources.settings.redis_url)
    is_ready = parts["database"] == parts["migrations"] == "ok"
    return {"status": "ready" if is_ready else "not_ready", **parts}


def migrations(tx: Connection) -> str:
    """Whether the database has the shape that this program was written for."""
    present = revision(tx)
    if present is None:
        return "missing"
    return "ok" if present == newest() else "pending"


def queue(tx: Connection, *, at: datetime) -> dict[str, Any]:
    """Whether a worker lives, and for how long the oldest outbox row has waited that waits for no person."""
    seen = tx.execute(select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1)).scalar_one_or_none()
    oldest = tx.execute(select(OutboxRow.at).where(may_go()).order_by(OutboxRow.id).limit(1)).scalar_one_or_none()
    alive = seen is not None and at - seen < SILENT_AFTER
    waited = at - oldest if oldest else timedelta(0)
    return {
        "worker": "ok" if alive else "silent",
        "worker_seen_at": seen.isoformat() if seen else None,
        "outbox": "ok" if waited < LATE_AFTER else "late",
        "outbox_oldest_seconds": max(0, int(waited.total_seconds())),
    }


def mail(tx: Connection, *, at: datetime, after: timedelta) -> dict[str, Any]:
    """Whether letters go out: "ok", "paused" by a person, or "stalled", and then since when."""
    since = stalled_since(tx, at=at, after=after)
    state = "stalled" if since else "paused" if is_mail_paused(tx) else "ok"
    return {"mail": state, "mail_stalled_since": since.isoformat() if since else None}


def broker(redis_url: str | None) -> str:
    """Whether the broker answers a PING within BROKER_SECONDS: "ok", "silent", "refuses", "unreachable" or "none".

    Everything that it carries is in the database as well, so no answer of it makes the service unready.
    """
    if not redis_url or redis_url.startswith("filesystem:"):
        return "none"
    timeouts = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(redis_url, **timeouts) as client:
            client.ping()
    except redis.TimeoutError:
        return "silent"
    except (redis.AuthenticationError, redis.ResponseError):
        return "refuses"
    except redis.RedisError:
        return "unreachable"
    return "ok"
