"""All sheets of an edition as one tagged PDF: a list with pages first, then sheet by sheet, with bookmarks."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from workflow.base.calendar import WARSAW
from workflow.base.i18n import _, format_datetime, format_money, say
from workflow.base.typesetting import typeset
from workflow.rules.sheet_sections import values_of
from workflow.sheet.pdf import LANGUAGE, Print, pieces

TEMPLATE = Path(__file__).with_name("packet.typ")


class Packet(Struct, frozen=True):
    """The sheets of an edition in the order of their numbers, as they are at a moment."""

    edition: str
    sheets: Sequence[Print]
    at: datetime


def packet_pdf(packet: Packet) -> bytes:
    """The PDF; the same sheets and moment give the same bytes. Forty sheets take about a second."""
    day = packet.at.astimezone(WARSAW)
    words = {"page": _("page"), "about": _("What"), "value": _("Text")}
    columns = (_("Number"), _("Title"), _("Sector"), _("Cost"), _("Page"))
    value = {
        "title": say(_("Packet of project sheets"), LANGUAGE), "edition": packet.edition,
        "moment": format_datetime(packet.at, LANGUAGE), "date": [day.year, day.month, day.day],
        "words": {name: say(label, LANGUAGE) for name, label in words.items()},
        "columns": [say(label, LANGUAGE) for label in columns], "sheets": [_sheet(sheet) for sheet in packet.sheets],
    }  # fmt: skip
    return typeset(TEMPLATE, "packet", value, at=packet.at)


def _sheet(sheet: Print) -> dict[str, Any]:
    values, cost = values_of(sheet.content), sheet.content["cost"]
    facts = [
        (_("Number of the project"), str(sheet.number)), (_("Group leader"), sheet.leader),
        (_("People in the group"), str(sheet.members)), (_("As of"), format_datetime(sheet.at, LANGUAGE)),
    ]  # fmt: skip
    if sheet.handed_in:
        facts += [(_("Receipt"), sheet.handed_in.receipt), (_("Digest of the text"), sheet.handed_in.digest)]
    return {
        "number": sheet.number, "title": str(sheet.content["title"]), "sector": str(sheet.content["sector"] or "–"),
        "cost": format_money(cost, LANGUAGE) if cost is not None else "–",
        "facts": [[say(label, LANGUAGE), text] for label, text in facts if text],
        "sections": [{"label": label, "pieces": pieces(name, values)} for name, label in sheet.sections
                     if name != "title"],
    }  # fmt: skip
