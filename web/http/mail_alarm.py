"""The warning on every page of the office that letters wait and none goes out."""

import time
from datetime import datetime

from flask import current_app
from msgspec import Struct

from web.http import identity
from web.http.resources import reading, resources
from workflow.db.database import Database
from workflow.notifications.mail_health import stalled_since
from workflow.rules.page_permissions import PAGES

KEY = "mail_alarm"
# Seconds for which one answer of the database holds, in each process.
HOLDS = 30.0


class Known(Struct, frozen=True):
    """The last answer of a database."""

    database: Database
    asked_at: float
    since: datetime | None


def stalled() -> datetime | None:
    """Since when letters wait while none goes out, for whoever looks after the post; None for everybody else."""
    if not PAGES["staff_or_admin"](identity.current(), None):
        return None
    known: Known | None = current_app.extensions.get(KEY)
    if known is None or known.database is not resources().database or time.monotonic() - known.asked_at > HOLDS:
        with reading() as tx:
            since = stalled_since(tx, at=identity.at(), after=resources().settings.mail_alarm)
        known = current_app.extensions[KEY] = Known(resources().database, time.monotonic(), since)
    return known.since
