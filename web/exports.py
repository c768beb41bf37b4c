"""Lists as files for a spreadsheet, safe to open: nothing in them is taken for a formula."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from web import identity
from web.context import say
from workflow import machine
from workflow.inputs import INPUTS
from workflow.language import _
from workflow.queries.proposals import Line
from workflow.times import WARSAW

# A cell that begins with one of these would be counted instead of read.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Tells a spreadsheet that the file is UTF-8.
MARK = "\ufeff"


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def proposals_csv(lines: Iterable[Line]) -> str:
    """Proposals as a CSV file with the reader's words in its first row."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    names = ("title", "sector", "area", "places", "cost")
    labels = [say(INPUTS[name].label) for name in names]
    write.writerow([say(_("Number")), *labels[:1], say(_("State")), *labels[1:], say(_("Last change"))])
    for line in lines:
        write.writerow([safe(cell) for cell in _cells(line)])
    return MARK + out.getvalue()


def _cells(line: Line) -> list[str]:
    state = machine.tables()[line.lifecycle, line.lifecycle_version].states[line.state]
    cost = "" if line.cost is None else f"{Decimal(line.cost) / 100:.2f}".replace(".", ",")
    changed = line.updated_at.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M")
    label = state.label.say(identity.language())
    return [str(line.number), line.title, label, line.sector, line.area, ", ".join(line.places), cost, changed]
