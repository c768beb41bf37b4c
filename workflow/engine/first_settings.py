"""What a new edition begins with: settings and texts of letters of the last edition of the same county."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from workflow.engine.command import CreateCommand
from workflow.engine.decision import Decision
from workflow.engine.move import Moved
from workflow.models import Edition, LetterTextVersion


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
    return tx.execute(_last(county, Edition.settings)).scalar() or {}


def copy_texts(tx: Connection, command: CreateCommand, moved: Moved) -> None:
    """Give a new edition the texts of letters that were approved in the last one of its county, still approved.

    A text that nobody has approved, or that was reset, is not taken over.
    """
    if command.kind != "edition" or (command.columns or {}).get("historical"):
        return
    county = select(Edition.county).where(Edition.id == moved.ref.id).scalar_subquery()
    v = LetterTextVersion
    last = _last(county, Edition.id, but=moved.ref.id).scalar_subquery()
    rows = tx.execute(select(v).where(v.edition_id == last).order_by(v.id)).mappings()
    newest = {(row["topic"], row["language"]): dict(row) for row in rows}
    copies = [
        {name: value for name, value in row.items() if name != "id"} | {"edition_id": moved.ref.id, "at": moved.at}
        for row in newest.values() if row["approved_at"] and not row["is_shipped"]
    ]  # fmt: skip
    if copies:
        tx.execute(insert(v), copies)


def _last(county: Any, column: Any, *, but: int = 0) -> Select[Any]:
    e = Edition
    query = select(column).where(e.county == county, e.historical.is_(False), e.id != but)
    return query.order_by(e.year.desc(), e.id.desc()).limit(1)
