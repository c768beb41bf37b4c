"""What was done in an edition, by whom and when: entries of all its subjects in one order, searched and narrowed."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from workflow.base.calendar import at_hour, end_of_day
from workflow.base.collation import fold
from workflow.base.grouping import grouped
from workflow.engine.facts_reader import KINDS
from workflow.models import HistoryEntry, Person, Proposal

PAGE, BATCH, MOST = 20, 1000, 20_000
# Everything that lives by a table within an edition.
MODELS: Mapping[str, Any] = {kind: model for kind, model in KINDS.items() if kind != "edition"}
# What people call some of them by: a number, a title.
NUMBERED: Mapping[str, str] = {
    "proposal": "number",
    "conference": "number",
    "meeting": "number",
    "poll": "motion_number",
}
NAMED: Mapping[str, str] = {"proposal": "title", "milestone": "title", "agreement_partner": "name"}
# What the bodies do among themselves, which an administrator without a role in the edition is not told.
OF_BODIES = frozenset({"meeting", "poll"})


class LogFilter(Struct, frozen=True):
    """What of the log is wanted; empty values leave everything in."""

    words: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    # Rows of the tables whose words match those asked for, and rows that the reader may not know of.
    rows: frozenset[tuple[str, str]] = frozenset()
    hidden: frozenset[tuple[str, str]] = frozenset()
    without: frozenset[str] = frozenset()


class LogLine(Struct, frozen=True):
    """One entry: what was done with which subject."""

    id: int
    kind: str
    subject_id: int
    lifecycle: str
    lifecycle_version: int
    row: str
    step: str
    target: str
    at: datetime
    # None is the system.
    who: str | None
    by_minor: bool
    # By which people call it: the number of a project, a conference, a meeting or a motion, and the title, if any.
    number: int | None
    title: str | None


class LogPage(Struct, frozen=True):
    """Lines, newest first, and where the next page starts."""

    lines: tuple[LogLine, ...]
    before: int | None = None


def read_log(
    tx: Connection, edition_id: int, wanted: LogFilter, *, before: int | None = None, limit: int = PAGE
) -> LogPage:
    """A page of the log; one statement, three where words are looked for."""
    query = _query(edition_id, wanted, _matches(tx, edition_id, wanted))
    if before:
        query = query.where(HistoryEntry.id < before)
    rows = tx.execute(query.limit(limit + 1)).all()
    lines = tuple(LogLine(*row) for row in rows[:limit])
    return LogPage(lines, lines[-1].id if len(rows) > limit else None)


def every_line(tx: Connection, edition_id: int, wanted: LogFilter) -> Iterator[LogLine]:
    """The newest MOST lines, read a batch at a time; the caller keeps one snapshot for all of them."""
    before, count = None, 0
    while count < MOST:
        page = read_log(tx, edition_id, wanted, before=before, limit=BATCH)
        yield from page.lines
        count += len(page.lines)
        if page.before is None:
            return
        before = page.before


def _query(edition_id: int, wanted: LogFilter, matches: ColumnElement[bool] | None) -> Select[*tuple[Any, ...]]:
    h = HistoryEntry
    kinds = [kind for kind in MODELS if kind not in wanted.without and wanted.kind in ("", kind)]
    of_edition = {kind: select(MODELS[kind].id).where(MODELS[kind].edition_id == edition_id) for kind in kinds}
    inside = [and_(h.subject_kind == kind, h.subject_id.in_(numbers)) for kind, numbers in of_edition.items()]
    if wanted.kind in ("", "edition"):
        inside.append(and_(h.subject_kind == "edition", h.subject_id == edition_id))
    query: Select[*tuple[Any, ...]] = (
        select(h.id, h.subject_kind, h.subject_id, h.lifecycle, h.lifecycle_version, h.row, h.step, h.to_state, h.at,
               Person.name, func.coalesce(Person.is_minor, False), func.coalesce(*_columns(NUMBERED)).label("number"),
               func.coalesce(*_columns(NAMED)).label("title"))
        .outerjoin(Person, Person.id == h.actor_id)
        .where(or_(*inside))
        .order_by(h.id.desc())
    )  # fmt: skip
    for kind in {**NUMBERED, **NAMED}:
        query = query.outerjoin(MODELS[kind], and_(h.subject_kind == kind, MODELS[kind].id == h.subject_id))
    if wanted.since:
        query = query.where(h.at >= at_hour(wanted.since, 0))
    if wanted.until:
        query = query.where(h.at <= end_of_day(wanted.until))
    if wanted.hidden:
        query = query.where(~_rows(wanted.hidden))
    return query if matches is None else query.where(matches)


def _columns(names: Mapping[str, str]) -> list[Any]:
    return [getattr(MODELS[kind], name) for kind, name in names.items()]


def _rows(rows: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Entries of these rows of these tables."""
    h = HistoryEntry
    return or_(*(and_(h.lifecycle == lifecycle, h.row.in_(ids)) for lifecycle, ids in grouped(sorted(rows)).items()))


def _matches(tx: Connection, edition_id: int, wanted: LogFilter) -> ColumnElement[bool] | None:
    """Entries by people, about proposals, or of steps whose words hold those asked for; None where none are."""
    words = fold(wanted.words)
    if not wanted.words:
        return None
    h, p = HistoryEntry, Proposal
    acted = select(h.actor_id).where(h.actor_id.is_not(None)).distinct()
    people = [id_ for id_, name in tx.execute(select(Person.id, Person.name).where(Person.id.in_(acted)))
              if words and words in fold(name)]  # fmt: skip
    titles = tx.execute(select(p.id, p.title).where(p.edition_id == edition_id))
    proposals = [id_ for id_, title in titles if words and words in fold(title)]
    about = and_(h.subject_kind == "proposal", h.subject_id.in_(proposals))
    return or_(h.actor_id.in_(people), about, *([_rows(wanted.rows)] if wanted.rows else []))
