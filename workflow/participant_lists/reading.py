"""Reads a list, whatever office program saved it."""

from pathlib import Path

from workflow.base.i18n import Sentence, _
from workflow.participant_lists.headings import guess
from workflow.participant_lists.tables import MEGABYTE, Limits, Stopwatch, Table, Unreadable
from workflow.participant_lists.text_lists import read_text
from workflow.participant_lists.workbook_guard import OLE_HEAD
from workflow.participant_lists.workbooks import read_workbook

# Of a workbook so many sheets are looked at for the one with the people.
MOST_SHEETS = 5


def read_table(path: Path, limits: Limits, *, sheet: int = 0) -> Table:
    """The list in a file, by what is in it and not by its name; raises Unreadable.

    All limits hold while it is read: bytes, rows, columns, what a workbook unpacks to, and time.
    """
    size = path.stat().st_size
    if size > limits.size:
        raise Unreadable(too_large(limits))
    with path.open("rb") as file:
        head = file.read(4)
    is_workbook = head.startswith(b"PK") or head == OLE_HEAD
    table = read_workbook(path, limits, sheet=sheet) if is_workbook else read_text(path, limits)
    if not any(table.rows) and not (len(table.sheets) > 1):
        raise Unreadable(_("The list is empty. Choose the file with the people."))
    return table


def read_people(path: Path, limits: Limits) -> Table:
    """The list in a file: of a workbook the first sheet whose headings name people, such as the one behind a cover.

    Looks at few sheets and no longer than one of them may take; where none names people, the first. Raises Unreadable.
    """
    watch, first = Stopwatch(limits), read_table(path, limits)
    table = first
    for sheet in range(1, min(len(first.sheets), MOST_SHEETS)):
        if has_people(table):
            return table
        try:
            watch.check()
            table = read_table(path, limits, sheet=sheet)
        except Unreadable:
            break
    return table if has_people(table) else first


def has_people(table: Table) -> bool:
    """Whether the headings of a sheet name people."""
    choice = guess(table)
    return choice.heading is not None and choice.names_people


def too_large(limits: Limits) -> Sentence:
    """The reason why a file is not taken."""
    return _("The file is too large: at most {count} MB are read.", count=limits.size // MEGABYTE)
