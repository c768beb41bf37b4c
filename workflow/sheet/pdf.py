"""A project sheet on paper: a tagged PDF (PDF/UA-1) of one version, or of the present text marked as a draft.

Everything that is printed is handed to `sheet.typ` as data, never as source. The same version gives the same bytes:
dates are those of the version, fonts are those of the typesetter.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from workflow.base.calendar import WARSAW
from workflow.base.collation import fold
from workflow.base.i18n import Money, _, format_datetime, say
from workflow.base.typesetting import typeset
from workflow.rules.field_types import Input
from workflow.rules.fields import INPUTS
from workflow.rules.sheet_sections import FIELDS, as_rows, values_of
from workflow.sheet.answers import cell_in_words

TEMPLATE = Path(__file__).with_name("sheet.typ")
# The document is the office's, so it speaks the office's language whoever opens it.
LANGUAGE = "pl"
# How much of the width a column takes, by what stands in it.
WIDTHS = {"text": 4, "line": 3, "money": 2, "date": 2, "flag": 2}
GROUP = 8
NAME_LENGTH = 60


class HandedIn(Struct, frozen=True):
    """What proves that a version was handed in."""

    receipt: str
    digest: str
    by: str
    at: datetime


class Print(Struct, frozen=True):
    """All that a printed sheet says; without `handed_in` it is a draft."""

    content: Mapping[str, Any]
    edition: str
    number: int
    # The name and the label of each section, in order, as they were called when it was handed in.
    sections: Sequence[Sequence[str]]
    leader: str
    members: int
    at: datetime
    handed_in: HandedIn | None = None

    @property
    def filename(self) -> str:
        """A name that is safe in every file system: plain letters, digits and hyphens."""
        folded = fold(str(self.content["title"]))
        words = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in folded)
        kind = self.handed_in.receipt.rsplit("/", 1)[-1] if self.handed_in else "wersja-robocza"
        title = "-".join(filter(None, words.split("-")))[:NAME_LENGTH].strip("-")
        return f"karta-{self.number}-{kind}-{title}".strip("-") + ".pdf"


def pdf_of(sheet: Print, *, base_url: str) -> bytes:
    """The PDF; the same bytes for the same version. `base_url` is where a receipt can be checked."""
    return typeset(TEMPLATE, "sheet", said(sheet, base_url=base_url), at=sheet.at)


def check_url(base_url: str, handed_in: HandedIn) -> str:
    """The page that says whether a receipt is genuine."""
    return f"{base_url}/potwierdzenie?{urlencode({'numer': handed_in.receipt, 'skrot': handed_in.digest})}"


def said(sheet: Print, *, base_url: str) -> dict[str, Any]:
    """Everything that is printed, in words, as the template takes it."""
    day, title = sheet.at.astimezone(WARSAW), str(sheet.content["title"])
    pairs = [(_("Number of the project"), str(sheet.number)), (_("Edition"), sheet.edition)]
    pairs += [(_("Group leader"), sheet.leader)] if sheet.leader else []
    pairs += [(_("People in the group"), str(sheet.members)), (_("As of"), format_datetime(sheet.at, LANGUAGE))]
    labels = {"kind": _("Project sheet"), "draft": _("draft"), "receipt": _("Receipt"), "page": _("page"),
              "about": _("What"), "value": _("Text"), "proof": _("Receipt"),
              "qr": _("QR code with the address of the page that checks this receipt")}  # fmt: skip
    values = values_of(sheet.content)
    return {
        "title": title, "short": title, "edition": sheet.edition, "date": [day.year, day.month, day.day],
        "words": {name: say(label, LANGUAGE) for name, label in labels.items()},
        "facts": [[say(label, LANGUAGE), text] for label, text in pairs],
        "sections": [{"label": label, "pieces": pieces(name, values)} for name, label in sheet.sections
                     if name != "title"],
        **_proof(sheet.handed_in, base_url),
    }  # fmt: skip


def _proof(handed_in: HandedIn | None, base_url: str) -> dict[str, Any]:
    if handed_in is None:
        return {"receipt": None}
    lines = (
        say(_("Receipt number: {receipt}", receipt=handed_in.receipt), LANGUAGE),
        say(_("Handed in: {moment}", moment=handed_in.at), LANGUAGE),
        say(_("By: {name}", name=handed_in.by), LANGUAGE) if handed_in.by else "",
        say(_("Digest of the text (SHA-256):"), LANGUAGE),
    )
    digest = [handed_in.digest[n : n + GROUP] for n in range(0, len(handed_in.digest), GROUP)]
    address = check_url(base_url, handed_in)
    return {"receipt": handed_in.receipt, "proof": [line for line in lines if line], "digest": " ".join(digest),
            "check": address, "address": address.partition("?")[0], "qr": _qr(address)}  # fmt: skip


def _qr(address: str) -> str:
    import segno

    drawn = BytesIO()
    segno.make(address, error="l").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def pieces(name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands under the heading of a section: texts, lists, tables."""
    if name == "budget":
        blocks = _budget(values)
    elif INPUTS[name].type == "rows":
        blocks = _table(INPUTS[name].columns, as_rows(name, values.get(name)))
    else:
        blocks = [piece for field in FIELDS.get(name, (name,)) for piece in _plain(INPUTS[field], values.get(field))]
    return blocks or [{"kind": "none", "lines": [say(_("Not filled in."), LANGUAGE)]}]


def _budget(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines, cost = as_rows("budget_lines", values.get("budget_lines")), values.get("cost")
    blocks = _table(INPUTS["budget_lines"].columns, lines)
    if cost is not None:
        own = sum(line.get("amount") or 0 for line in lines if line.get("own"))
        sums = [_("Total: {amount}", amount=Money(cost))]
        sums += [_("Own contribution: {amount}", amount=Money(own))] if own else []
        blocks.append({"kind": "text", "lines": [say(line, LANGUAGE) for line in sums]})
    for name in ("funding", "no_budget_reason"):
        blocks += _plain(INPUTS[name], values.get(name))
    return blocks


def _plain(spec: Input, value: Any) -> list[dict[str, Any]]:
    if not value:
        return []
    if isinstance(value, list):
        return [{"kind": "list", "lines": [cell_in_words(spec, item, LANGUAGE) for item in value]}]
    lines = cell_in_words(spec, value, LANGUAGE).split("\n")
    return [{"kind": "text", "lines": [line for line in lines if line.strip()]}]


def _table(columns: Sequence[Input], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A table of the columns in which anything is written; where it is one column, its cells are plain texts."""
    used = [column for column in columns if any(row.get(column.name) for row in rows)]
    if len(used) <= 1:
        return [piece for column in used for row in rows for piece in _plain(column, row.get(column.name))]
    return [{
        "kind": "table", "columns": [say(column.label, LANGUAGE) for column in used],
        "widths": [WIDTHS.get(column.type, 3) for column in used],
        "numbers": [column.type in ("money", "number") for column in used],
        "rows": [[cell_in_words(column, row.get(column.name), LANGUAGE) for column in used] for row in rows],
    }]  # fmt: skip
