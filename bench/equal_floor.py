"""The equal floor: the same rows as a step writes, by hand with the driver, in the same tables, without an engine.

The edition is locked FOR SHARE and the proposal FOR NO KEY UPDATE, the rights are read, the step is looked up in a
dict; then the row, a chained history entry, its salted content, the outbox row, the timer, and what else these four
steps write. `tests/house/test_bench.py` compares the rows with those of `take()`, and each run verifies the chains.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from workflow.base.calendar import deadline
from workflow.base.collation import fold, sort_key
from workflow.engine import history
from workflow.rules.registry import newest

# The version of the table that new proposals live by.
VERSION = newest("proposal").version
LOCK = " FOR SHARE OF e FOR NO KEY UPDATE OF p"
READ = (
    "SELECT p.state, p.version, p.head_hash, p.recorded, p.member_count, p.leader_id, p.number, p.title, p.sector,"
    " p.area, p.cost, p.sheet, p.summary, p.previous_state, p.due_at, e.id, e.key, e.title, e.minimum_members,"
    " e.settings"
    " FROM proposal p JOIN edition e ON e.id = p.edition_id WHERE p.id = ?"
)
RIGHTS = (
    "SELECT g.edition_id, g.role, m.role FROM person p"
    " LEFT JOIN role_grant g ON g.person_id = p.id AND g.withdrawn_at IS NULL"
    " LEFT JOIN group_member m ON m.person_id = p.id AND m.proposal_id = ? AND m.left_at IS NULL"
    " WHERE p.id = ? AND p.active IS TRUE"
)
ENTRY = (
    "INSERT INTO history (subject_kind, subject_id, version, lifecycle, lifecycle_version, row, step, from_state,"
    " to_state, actor_id, role, at, content_digest, prev_hash, hash)"
    f" VALUES ('proposal', ?, ?, 'local_partnership', {VERSION}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ENTRY_ID = "(SELECT id FROM history WHERE subject_kind = 'proposal' AND subject_id = ? AND version = ?)"
CONTENT = f"INSERT INTO history_content (history_id, salt, note, data, before) VALUES ({ENTRY_ID}, ?, '', ?, ?)"
OUTBOX = (
    "INSERT INTO outbox (key, topic, subject_kind, subject_id, history_id, payload, at)"
    f" VALUES (?, ?, 'proposal', ?, {ENTRY_ID}, '{{}}', ?)"
)
SET_TIMER = (
    "INSERT INTO timer (subject_kind, subject_id, state, since, reminded_until, due_at)"
    " VALUES ('proposal', ?, ?, ?, ?, ?) ON CONFLICT (subject_kind, subject_id)"
    " DO UPDATE SET state = excluded.state, since = excluded.since, reminded_until = excluded.reminded_until,"
    " due_at = excluded.due_at, outcome = ''"
)
END_TIMER = "UPDATE timer SET due_at = NULL, outcome = '' WHERE subject_kind = 'proposal' AND subject_id = ?"
SHEET_VERSION = (
    "INSERT INTO sheet_version (proposal_id, number, reason, label, content, digest, by_id, by_name, at, receipt)"
    " VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM sheet_version WHERE proposal_id = ?), 'resubmitted', '',"
    " ?, ?, ?, ?, ?, ?)"
)
RECEIPT = "INSERT INTO receipt (number, proposal_id, digest, at, printed) VALUES (?, ?, ?, ?, ?)"
SECTIONS = [["title", "Tytuł"], ["summary", "Opis w kilku zdaniach"], ["sector", "Sektor"],
            ["principle", "Zasada ożywienia"], ["area", "Obszar do poprawy"], ["places", "Gdzie"],
            ["problem", "Problem"], ["goals", "Cele"],
            ["beneficiaries", "Kto na tym skorzysta"], ["activities", "Działania"], ["partners", "Partnerzy"],
            ["timetable", "Harmonogram"], ["budget", "Budżet"], ["risks", "Ryzyka"],
            ["sustainability", "Co zostanie po zakończeniu projektu"]]  # fmt: skip
# The product works the day out from the edition's settings.
REMINDER = timedelta(days=4)
Statements = list[tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class HandStep:
    """What the table says of one step: its row, where it leads, who may take it, and who is told."""

    row: str
    source: str
    target: str
    role: str
    topic: str = ""


STEPS = {
    "return_for_completion": HandStep("T04", "submitted", "returned", "staff", "proposal.returned_for_completion"),
    "edit_sheet": HandStep("edit_sheet", "returned", "returned", "group_leader"),
    "resubmit": HandStep("T05", "returned", "submitted", "group_leader", "proposal.resubmitted"),
    "merit_opinion": HandStep("merit_opinion", "submitted", "submitted", "staff"),
}


class EqualFloor:
    """Takes steps by hand on one connection; `pipelined` sends the two reads at once, and all the writes at once."""

    def __init__(self, connection: Any, *, is_sqlite: bool, pipelined: bool = False) -> None:
        self.connection, self.is_sqlite, self.pipelined = connection, is_sqlite, pipelined

    def take(self, number: int, name: str, actor: tuple[int, str], data: Mapping[str, Any], version: int) -> None:
        """One step of one proposal in the version that was seen, durable when this returns."""
        if self.is_sqlite:
            self.connection.execute("BEGIN IMMEDIATE")
        lock = "" if self.is_sqlite else LOCK
        row, rights = self.run([(READ + lock, (number,)), (RIGHTS, (number, actor[0]))])
        subject = dict(zip(NAMES, row.fetchone(), strict=True))
        if self.is_sqlite:
            subject |= {column: json.loads(subject[column]) for column in ("recorded", "sheet", "settings")}
        step = STEPS[name]
        check(step, subject, rights.fetchall(), actor[0], version)
        written, *_ = self.run(self.writes(number, name, actor, data, subject))
        if written.rowcount != 1:
            raise RuntimeError("the proposal has changed")
        if self.is_sqlite:
            self.connection.execute("COMMIT")
        else:
            self.connection.commit()

    def run(self, statements: Statements) -> list[Any]:
        """Run statements in their order; their cursors."""
        if self.is_sqlite:
            return [self.connection.execute(statement, values) for statement, values in statements]
        with self.connection.pipeline() if self.pipelined else nullcontext():
            return [self.connection.execute(for_psycopg(words), values) for words, values in statements]

    def writes(
        self, number: int, name: str, actor: tuple[int, str], data: Mapping[str, Any], subject: dict[str, Any]
    ) -> Statements:
        """Every row of one step."""
        step, now, version = STEPS[name], datetime.now(UTC), subject["version"] + 1
        at, text = self.moment(now), now.isoformat(timespec="microseconds")
        columns, extra = self.effects(number, name, actor, data, subject, now)
        before = before_of(subject, columns) if name == "return_for_completion" else {}
        salt, head = secrets.token_hex(8), subject["head_hash"]
        digest = history.content_digest(salt, "", data, before)
        link = history.linked([
            f"proposal:{number}", version, f"local_partnership/{VERSION}", step.row, name, step.source, step.target,
            actor[0], step.role, text, digest, head,
        ])  # fmt: skip
        columns |= {"state": step.target, "version": version, "previous_state": None, "head_hash": link}
        if "recorded" in columns:
            recorded = {**subject["recorded"], **columns["recorded"]}
            columns["recorded"] = to_json({key: value for key, value in recorded.items() if value is not None})
        names = ", ".join(f"{column} = ?" for column in columns)
        entry = (number, version, step.row, name, step.source, step.target, actor[0], step.role, at, digest, head, link)
        key = f"proposal:{number}:{version}"
        outbox = [(OUTBOX, (key, step.topic, number, number, version, at))] if step.topic else []
        return [
            (f"UPDATE proposal SET {names}, updated_at = ? WHERE id = ? AND version = ?",
             (*columns.values(), at, number, version - 1)),
            (ENTRY, entry),
            (CONTENT, (number, version, salt, to_json(data), to_json(before))),
            *outbox,
            *extra,
        ]  # fmt: skip

    def effects(
        self, number: int, name: str, actor: tuple[int, str], data: Mapping[str, Any], subject: dict[str, Any],
        now: datetime,
    ) -> tuple[dict[str, Any], Statements]:  # fmt: skip
        """What a step changes beside the state: columns of the row, and rows of other tables."""
        at, entry = self.moment(now), {"by": actor[0], "by_name": actor[1], "at": now.isoformat(), **data}
        match name:
            case "return_for_completion":
                timer = (number, "returned", at, at, self.moment(now + REMINDER))
                due_at = self.moment(deadline(now, days=subject["settings"].get("completion_days", 7)))
                return {"recorded": {"completion_call": entry}, "due_at": due_at}, [(SET_TIMER, timer)]
            case "edit_sheet":
                title, summary = subject["title"], data["summary"]
                search = fold(" ".join(filter(None, (title, summary, subject["sector"], subject["area"]))))
                texts = {"summary": summary, "search": search, "sort_key": sort_key(title)}
                return texts | {"sheet": to_json(subject["sheet"])}, []
            case "resubmit":
                return self.handed_in(number, actor, entry, subject, at)
        return {"recorded": {name: entry}}, []

    def handed_in(
        self, number: int, actor: tuple[int, str], entry: dict[str, Any], subject: dict[str, Any], at: Any
    ) -> tuple[dict[str, Any], Statements]:
        """The frozen version of the sheet and its receipt; the opinion of the round before is gone."""
        receipt = f"{subject['key']}/{subject['number']}/{subject['version'] + 1}"
        content = {column: subject[column] for column in SHEET}
        digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        printed = {"edition": subject["edition_title"], "members": subject["member_count"], "sections": SECTIONS,
                   "leader_id": subject["leader_id"]}  # fmt: skip
        count = subject["recorded"]["submission"]["count"] + 1
        recorded = {
            "submission": {**entry, "count": count, "receipt": receipt, "digest": digest},
            "merit_opinion": None,
        }
        return {"recorded": recorded, "due_at": None}, [
            (SHEET_VERSION, (number, number, to_json(content), digest, *actor, at, receipt)),
            (RECEIPT, (receipt, number, digest, at, to_json(printed))),
            (END_TIMER, (number,)),
        ]

    def moment(self, at: datetime) -> Any:
        return at.isoformat(timespec="microseconds") if self.is_sqlite else at


SHEET = ("title", "summary", "sector", "area", "cost", "sheet")
NAMES = ("state", "version", "head_hash", "recorded", "member_count", "leader_id", "number", "title", "sector", "area",
         "cost", "sheet", "summary", "previous_state", "due_at", "edition_id", "key",
         "edition_title", "minimum_members", "settings")  # fmt: skip


@cache
def for_psycopg(words: str) -> str:
    return words.replace("?", "%s")


def check(step: HandStep, subject: Mapping[str, Any], rights: list[Any], actor: int, version: int) -> None:
    """Whether the step leads from here, the actor may take it, and the version is the one that was seen."""
    roles = {role for edition, role, _ in rights if edition == subject["edition_id"]}
    may = step.role in roles if step.role == "staff" else actor == subject["leader_id"]
    if not rights or not may or subject["member_count"] < subject["minimum_members"]:
        raise PermissionError(step.row)
    if subject["version"] != version or subject["state"] != step.source:
        raise RuntimeError("the proposal has changed")


def before_of(subject: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """What the one step that can be undone overwrites."""
    recorded = {name: subject["recorded"].get(name) for name in columns["recorded"]}
    return {"previous_state": subject["previous_state"], "columns": {"due_at": subject["due_at"]}, "recorded": recorded}


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
