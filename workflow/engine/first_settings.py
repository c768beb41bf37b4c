"""The settings with which a new edition begins: those of the last edition of the same county."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from workflow.engine.command import CreateCommand
from workflow.engine.decision import Decision
from workflow.models import Edition


def with_settings(tx: Connection, command: CreateCommand, decision: Decision) -> Decision:
    """The decision to create an edition with the settings that it takes over, which its first entry names.

    A record of the past takes over none, and begins with the defaults. Decisions of other kinds stay as they are.
    """
    if command.kind != "edition":
        return decision
    answers = decision.attempt.data or {}
    is_historical = bool((command.columns or {}).get("historical"))
    settings = {} if is_historical else settings_of_last(tx, str(answers.get("county", "")))
    return decision._replace(attempt=decision.attempt.answered({**answers, "settings": dict(settings)}))


def settings_of_last(tx: Connection, county: str) -> Mapping[str, Any]:
    """What differs from the defaults in the last edition of a county that is no record of the past; one statement."""
    e = Edition
    query = select(e.settings).where(e.county == county, e.historical.is_(False)).order_by(e.year.desc(), e.id.desc())
    return tx.execute(query.limit(1)).scalar() or {}
