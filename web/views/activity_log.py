"""The log of an edition in the reader's words, on its page and in a file."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from web.views.case_file import PUPIL, private_names
from web.views.spreadsheet import Column
from web.views.subject import address_of
from web.views.timeline import SYSTEM_NAME, UNDONE
from workflow.base.collation import fold
from workflow.base.i18n import Sentence, _, format_datetime
from workflow.engine import machine
from workflow.engine.move import UNDO
from workflow.overview.activity_log import LogLine
from workflow.rules.facts import Ref
from workflow.rules.roles import NAMES_MINORS, READS_PRIVATE

__all__ = ["COLUMNS", "KINDS", "READS_PRIVATE", "Line", "lines", "private_rows", "rows_saying"]

KINDS: Mapping[str, Sentence] = {
    "proposal": _("Project"),
    "edition": _("Edition"),
    "conference": _("Conference"),
    "meeting": _("Meeting"),
    "poll": _("Vote of a meeting"),
    "hall_poll": _("Voting in the hall"),
    "agreement": _("Partnership agreement"),
    "agreement_partner": _("Partner of the agreement"),
    "milestone": _("Milestone"),
    "change_request": _("Request to change the plan"),
}
# Kinds whose page is found by the number alone.
LINKED = frozenset(KINDS) - {"hall_poll"}


class Line(Struct, frozen=True):
    """One line: when, who, what, with what."""

    at: datetime
    who: str
    what: str
    kind: str
    subject: str
    url: str


def lines(found: Iterable[LogLine], edition: Mapping[str, Any]) -> list[Line]:
    """Lines in the reader's words."""
    named = bool(identity.reader().roles(edition["id"]) & NAMES_MINORS)
    return [_line(line, edition["key"], named=named) for line in found]


def _line(line: LogLine, edition_key: str, *, named: bool) -> Line:
    kind = say(KINDS[line.kind])
    who = say(PUPIL) if line.by_minor and not named else line.who or say(SYSTEM_NAME)
    url = address_of(Ref(line.kind, line.subject_id), edition_key) if line.kind in LINKED else ""
    return Line(line.at, who, _done(line), kind, _subject(line, kind), url)


def _subject(line: LogLine, kind: str) -> str:
    """What it was done with, as people call it; numbers of the database are nobody's business."""
    if line.kind == "poll":
        return say(_("Vote on motion {number}", number=line.number))
    if line.title:
        return f"{line.number}. {line.title}" if line.number else f"{kind}: {line.title}"
    return f"{kind} {line.number}" if line.number else kind


def _done(line: LogLine) -> str:
    """What was done, told in the past."""
    if line.step == UNDO:
        return say(UNDONE)
    table = machine.tables().get((line.lifecycle, line.lifecycle_version))
    row = next((row for row in table.rows if row.id == line.row), None) if table else None
    return row.done.say(identity.language()) if row else line.step


@cache
def private_rows() -> frozenset[tuple[str, str]]:
    """Records that stay between the office and the bodies, by table and row."""
    return frozenset(
        (name, row) for (name, _version), table in machine.tables().items() for row in private_names(table)
    )


def rows_saying(words: str) -> frozenset[tuple[str, str]]:
    """The rows of all tables whose words in the past hold these."""
    wanted, language = fold(words), identity.language()
    if not wanted:
        return frozenset()
    return frozenset(
        (name, row.id)
        for (name, _version), table in machine.tables().items()
        for row in table.rows
        if wanted in fold(row.done.say(language))
    )


COLUMNS = (
    Column(_("When"), lambda line: format_datetime(line.at, identity.language()), 26),
    Column(_("Who"), lambda line: line.who, 28),
    Column(_("What was done"), lambda line: line.what, 48),
    Column(_("Kind"), lambda line: line.kind, 20),
    Column(_("About what"), lambda line: line.subject, 48),
)
