"""Loads a list that was accepted, as a job does: read, checked, compared with what was shown, written at once."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from workflow.base.errors import NotFound, Refusal
from workflow.base.i18n import Sentence, _
from workflow.db.database import Database
from workflow.participant_lists.commands import sectors_of
from workflow.participant_lists.headings import guess
from workflow.participant_lists.loading import load
from workflow.participant_lists.plan import Outcome, Plan
from workflow.participant_lists.reading import read_table
from workflow.participant_lists.records import Records, records_of
from workflow.participant_lists.tables import Limits
from workflow.participant_lists.uploads import SentList, note_loaded, path_of, remove, remove_bytes
from workflow.rules.facts import Actor

LINES = "lines.json"
CHANGED = _("Something has changed since the list was looked through. Look at it again. Nobody was loaded.")
Progress = Callable[[int, int, Sentence], None]


def records_in(connection: Connection, data: Path, sent: SentList, limits: Limits) -> Records:
    """The people of a list, as sheet, headings and columns were chosen or are guessed. Raises Unreadable, NotFound."""
    table = read_table(path_of(data, sent), limits, sheet=sent.sheet)
    return records_of(table, sent.choice or guess(table), sectors=sectors_of(connection, sent.edition_id))


def load_accepted(
    database: Database, sent: SentList, *, data: Path, folder: Path, limits: Limits, actor: Actor, at: datetime,
    progress: Progress,
) -> Mapping[str, Any]:  # fmt: skip
    """Load the list and return its figures; what became of each row is written to `folder` before the commit.

    All people come with one commit or nobody does, so that a process that is killed leaves nothing; a list that was
    loaded already is left as it is. Raises Refusal where the list would do something else than what was accepted.
    Progress is told while the list is read; the writing itself takes one short transaction and tells nothing.
    """
    if sent.loaded_at is not None:
        return sent.result
    try:
        with database.reading() as connection:
            progress(0, 1, _("The list is being read."))
            records = records_in(connection, data, sent, limits)
    except NotFound as refusal:
        raise Refusal(refusal.sentence) from None
    count = len(records.people)
    progress(count // 2, count, _("Read: {count}. Now they are written.", count=count))
    with database.transaction() as tx:
        plan = load(tx, sent.edition_id, records, actor=actor, at=at)
        if plan.problems or plan.digest != sent.accepted_digest:
            raise Refusal(CHANGED)
        result = figures(plan)
        write_lines(folder, plan)
        note_loaded(tx, sent.id, result, at=at)
        remove(tx, sent.id, at=at)
    remove_bytes(data, sent.storage_key)
    return result


def figures(plan: Plan) -> dict[str, int]:
    """How many rows have which outcome."""
    return {**{outcome: plan.count(outcome) for outcome in Outcome}, "differing": len(plan.differing)}


def write_lines(folder: Path, plan: Plan) -> None:
    """Write down what becomes of each row."""
    lines = [
        {"row": line.record.row, "name": line.record.name, "email": line.record.email, "text": line.sentence.text,
         "outcome": line.outcome, "role": line.record.role,
         "differences": [[each.column, each.kept, each.listed] for each in line.differences]}
        for line in plan.lines
    ]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / LINES).write_text(json.dumps(lines, ensure_ascii=False), "utf-8")


def read_lines(folder: Path) -> list[dict[str, Any]]:
    """What became of each row; NotFound once the folder was removed."""
    try:
        lines: list[dict[str, Any]] = json.loads((folder / LINES).read_text("utf-8"))
    except OSError:
        raise NotFound from None
    return lines
