"""As of which moment something of an edition is late: its clocks rest while it is suspended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.rules.states import EditionState


def counted_at(edition: Mapping[str, Any], at: datetime) -> datetime:
    """`at`, or for an edition that is suspended the moment since when it is; from its state and case file; pure.

    What was late by then stays late; a day that passes later moves when the edition goes on.
    """
    since = edition["recorded"].get("suspension") if edition["state"] == EditionState.SUSPENDED else None
    return min(datetime.fromisoformat(since["at"]), at) if since else at
