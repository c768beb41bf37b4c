"""Files for a spreadsheet: no cell is computed, and no cache keeps a file."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.web.shared_stage import shared_stage
from tests.web.stage import Stage
from web.views.spreadsheet import MONEY, Column, Table, as_xlsx, harmless
from workflow.base.i18n import Sentence as _

__all__ = ["shared_stage"]

FULL_WIDTH = ["\uff1d", "\uff0b", "\uff0d", "\uff20"]
SMALL = ["\ufe66", "\ufe62", "\ufe63", "\ufe6b"]
BEFORE = ["", "\t", "\r", "\n", " ", "\u00a0", "\u3000", "\r\n \t"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", *FULL_WIDTH, *SMALL])
def test_a_text_that_a_spreadsheet_may_compute_gets_an_apostrophe(sign: str) -> None:
    for before in BEFORE:
        text = f"{before}{sign}cmd|' /C calc'!A0"
        assert harmless(text) == f"'{text}", repr(text)


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx"])
def test_a_text_that_begins_with_a_control_character_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", " ", "Świetlica = dom", "a@example.org", -5, -1.5, "’=1"])
def test_other_values_are_written_as_they_are(value: object) -> None:
    assert harmless(value) == str(value)


def test_the_list_as_a_file_holds_no_formula_in_any_column(shared_stage: Stage) -> None:
    edition = shared_stage.world.edition("conferences")
    shared_stage.world.idea(edition, title="\uff1d1+1", summary="\uff20SUM(A1)", places=["\uff0b48", "Łąck"])
    key = shared_stage.world.facts(edition)["key"]
    text = shared_stage.page("staff", f"/edycje/{key}/lista.csv").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Tytuł"], row["Opis w kilku zdaniach"]) == ("'\uff1d1+1", "'\uff20SUM(A1)")
    assert row["Gdzie"] == "'\uff0b48, Łąck"


def test_a_spreadsheet_prints_across_as_wide_as_the_paper_with_its_headings_on_each_page() -> None:
    columns = (Column(_("Title"), lambda row: row[0], 30), Column(_("Amount"), lambda row: row[1], 4, MONEY))
    rows = [("Świetlica " * 20, Decimal("1234567.50")), ("Dom", None)]
    sheet = load_workbook(as_xlsx((Table(_("Proposals"), columns, rows),), "pl")).active
    assert isinstance(sheet, Worksheet)
    assert (sheet.title, sheet["A1"].value) == ("Projekty", "Tytuł")
    paper = sheet.page_setup
    # One page wide is what stands there where nothing is written.
    assert (paper.orientation, paper.fitToWidth or 1, paper.fitToHeight) == ("landscape", 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$1", "A2")
    # A text goes on in the next line, and no amount becomes "####".
    assert sheet["A2"].alignment.wrap_text
    assert sheet.column_dimensions["B"].width >= 16
    # A blank in a format groups thousands only once.
    assert (sheet["B2"].value, sheet["B2"].number_format) == (1234567.5, "#,##0.00")


def test_no_cache_keeps_an_exported_file(shared_stage: Stage) -> None:
    ref = shared_stage.world.proposal_in("selected")
    values = {"edition_key": shared_stage.world.facts(ref).edition["key"], "proposal_id": ref.id, "number": 1}
    # What is printed for a letter, a conference or an agreement, and what came of a list, is tried with its own pages.
    elsewhere = {"agreements.sheet", "paper_letters.pdf", "participant_lists.result_file", "attendance.printed",
                 "paper_cards.printed",
                 # Open data are for everybody, and asked for again only when they changed.
                 "public_accounts.edition_csv", "public_accounts.project_csv"}  # fmt: skip
    rules = [rule for rule in shared_stage.app.url_map.iter_rules()
             if rule.rule.endswith((".csv", ".xlsx", ".pdf")) and rule.endpoint not in elsewhere]  # fmt: skip
    assert len(rules) >= 4
    for rule in rules:
        _subdomain, address = rule.build(values, append_unknown=False) or ("", "")
        answers = {who: shared_stage.as_(who).client.get(address) for who in ("staff", None)}
        assert answers["staff"].status_code == 200, address
        for answer in answers.values():
            # A visitor is sent to sign in, or finds nothing, where the file is not for everybody.
            assert answer.status_code in {303, 404} or answer.headers["Cache-Control"] == "no-store", address
    assert shared_stage.as_(None).client.get(f"/edycje/{values['edition_key']}/lista.csv").status_code == 200
