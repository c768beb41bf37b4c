"""Reads a list, whatever office program saved it."""

from pathlib import Path

from workflow.base.i18n import Sentence, _
from workflow.participant_lists.tables import MEGABYTE, Limits, Table, Unreadable
from workflow.participant_lists.text_lists import read_text
from workflow.participant_lists.workbook_guard import OLE_HEAD
from workflow.participant_lists.workbooks import read_workbook


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


def too_large(limits: Limits) -> Sentence:
    """The reason why a file is not taken."""
    return _("The file is too large: at most {count} MB are read.", count=limits.size // MEGABYTE)
