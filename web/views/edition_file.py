"""A whole edition as a file: tables for a spreadsheet, JSON and Pabulib for programs."""

import csv
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from web.views.spreadsheet import DAY, MOMENT, MONEY, Column, Table, Value, as_csv, as_xlsx
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.editions.export import SHEET, Export
from workflow.rules.fields import INPUTS
from workflow.rules.registry import newest, tables
from workflow.sheet.answers import answer_in_words

Row = Mapping[str, Any]
# Answers that take more room than a word or two.
LONG = 40


def _of(name: str) -> Callable[[Row], Value]:
    return lambda row: row[name]


def _field(name: str, language: str, width: int = LONG) -> Column:
    """A column with the answer to a field, in words."""
    spec = INPUTS[name]
    return Column(spec.label, lambda row: answer_in_words(spec, row[name], language), width)


def _flag(label: Sentence, name: str, language: str) -> Column:
    return Column(label, lambda row: (_("yes") if row[name] else _("no")).say(language), 10)


def _day(label: Sentence, name: str) -> Column:
    """A day; of a moment, its day by the clock of Warsaw."""

    def value(row: Row) -> date | None:
        at = row[name]
        return warsaw_date(at) if isinstance(at, datetime) else at

    return Column(label, value, 12, DAY)


def _proposals(language: str) -> tuple[Column, ...]:
    def state(row: Row) -> str:
        return tables()[row["lifecycle"], row["lifecycle_version"]].states[row["state"]].label.say(language)

    return (
        Column(_("Number"), _of("number"), 8),
        Column(INPUTS["title"].label, _of("title"), LONG),
        Column(_("State"), state, 20),
        _flag(_("Selected"), "selected", language),
        _field("sector", language, 20),
        _field("area", language, 20),
        _field("summary", language, 60),
        Column(INPUTS["cost"].label, _of("cost"), 16, MONEY),
        Column(_("Leader"), _of("leader"), 24),
        Column(_("People in the group"), _of("member_count"), 12),
        Column(INPUTS["position"].label, _of("reserve_position"), 12),
        Column(INPUTS["score"].label, _of("score"), 12),
        Column(INPUTS["resolution"].label, _of("resolution"), 20),
        *(_field(name, language) for name in SHEET),
        _day(_("Begun on"), "created_at"),
        Column(_("Last change"), _of("updated_at"), 18, MOMENT),
    )


def _state(kind: str, language: str) -> Column:
    return Column(_("State"), lambda row: newest(kind).states[row["state"]].label.say(language), 20)


def _conferences(language: str) -> tuple[Column, ...]:
    return (
        Column(_("Number"), _of("number"), 8),
        _field("purpose", language),
        _state("conference", language),
        _flag(INPUTS["is_summary"].label, "is_summary", language),
        Column(INPUTS["begins"].label, _of("starts_at"), 18, MOMENT),
        _field("host_commune", language, 20),
        _field("venue", language, 24),
        Column(INPUTS["participants"].label, _of("participants"), 12),
        Column(_("In the words of the source"), _of("participants_source"), LONG),
    )


def _agreement(language: str) -> tuple[Column, ...]:
    return (
        _field("title", language),
        _field("purpose", language, 60),
        _state("agreement", language),
        Column(_("Number of partners"), _of("partners"), 12),
        _day(_("Concluded on"), "concluded_on"),
        Column(_("In the words of the source"), _of("partners_source"), LONG),
    )


def _edition(language: str) -> tuple[Column, ...]:
    return (
        _field("key", language, 20),
        _field("title", language),
        _field("county", language, 20),
        _field("year", language, 8),
        _state("edition", language),
        *(_field(name, language) for name in ("initiators", "sectors", "areas", "communes", "places")),
        Column(INPUTS["budget"].label, _of("budget"), 16, MONEY),
        _day(_("Proposals until"), "submission_deadline"),
        _day(_("Summary conference on"), "summary_on"),
        _day(_("Implementation until"), "implementation_until"),
    )


def edition_tables(export: Export, language: str) -> tuple[Table, ...]:
    """Everything of an edition, a table a kind, with headings and words in a language."""
    return (
        Table(_("Proposals"), _proposals(language), export.proposals),
        Table(_("Conferences"), _conferences(language), export.conferences),
        Table(_("Partnership agreement"), _agreement(language), [export.agreement] if export.agreement else []),
        Table(_("Edition"), _edition(language), [export.edition]),
    )


def csv_file(export: Export, language: str) -> bytes:
    """The proposals alone: a file of this kind holds one table."""
    return as_csv(edition_tables(export, language)[0], language).getvalue()


def xlsx_file(export: Export, language: str) -> bytes:
    """Everything, one sheet a kind."""
    return as_xlsx(edition_tables(export, language), language).getvalue()


def json_file(export: Export, _language: str) -> bytes:
    """Everything by the names that programs use, moments in UTC, amounts in złoty."""
    content = {"edition": export.edition, "proposals": export.proposals, "conferences": export.conferences,
               "agreement": export.agreement}  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain).encode() + b"\n"


def _plain(value: Any) -> str | float:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    raise TypeError(type(value).__name__)


def pabulib_file(export: Export, _language: str) -> bytes:
    """The projects in the format of pabulib.org; there are no ballots, because a committee decides here."""
    edition, priced = export.edition, [row for row in export.proposals if row["cost"] is not None]
    meta = {
        "description": edition["title"], "country": "Poland", "unit": edition["county"], "instance": edition["year"],
        "num_projects": len(priced), "num_votes": 0, "budget": _amount(edition["budget"] or Decimal()),
        "vote_type": "approval", "rule": "unknown", "date_begin": edition["year"], "date_end": edition["year"],
    }  # fmt: skip
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerows(
        [["META"], ["key", "value"], *meta.items(), ["PROJECTS"], ["project_id", "cost", "name", "selected"]]
    )
    writer.writerows(
        [row["number"], _amount(row["cost"]), " ".join(row["title"].split()), int(row["selected"])] for row in priced
    )
    writer.writerows([["VOTES"], ["voter_id", "vote"]])
    return out.getvalue().encode()


def _amount(zloty: Decimal) -> str:
    return f"{zloty:.2f}".removesuffix(".00")


FORMATS: Mapping[str, Callable[[Export, str], bytes]] = {
    "csv": csv_file, "xlsx": xlsx_file, "json": json_file, "pb": pabulib_file,
}  # fmt: skip
