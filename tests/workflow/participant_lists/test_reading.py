"""Lists as office programs save them, and files that were made to do harm."""

import csv
import io
import time
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from workflow.participant_lists.headings import Column, guess
from workflow.participant_lists.reading import read_people, read_table
from workflow.participant_lists.records import records_of
from workflow.participant_lists.tables import Limits, Unreadable, clean

LIMITS = Limits()
ROWS = [["Imię i nazwisko", "E-mail", "Organizacja"], ["Łucja Żak", "lucja@example.org", "OSP Łąck"],
        ["Jan Śliż", "", "Koło; gospodyń"]]  # fmt: skip
LETTERS = st.characters(codec="cp1250", categories=("L", "Nd", "Pd", "Po"), include_characters=' ;,"')
CELLS = st.text(LETTERS, max_size=20).map(clean)
POLISH = st.text(st.sampled_from('aąbcćeęlłnńoósśzźżAĄĆĘŁŃÓŚŹŻ ;,"1'), max_size=20).map(clean)


def saved(rows: list[list[str]], encoding: str, separator: str = ";", head: str = "") -> bytes:
    """A file as a program would save it."""
    out = io.StringIO()
    out.write(head)
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def read(tmp_path: Path, content: bytes, limits: Limits = LIMITS) -> list[list[str]]:
    path = tmp_path / "lista"
    path.write_bytes(content)
    return [list(row) for row in read_table(path, limits).rows]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "iso8859-2"])
@given(cells=st.lists(st.tuples(POLISH, POLISH, POLISH), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_list_comes_back_as_it_was_saved(
    tmp_path_factory: pytest.TempPathFactory, encoding: str, separator: str, cells: list[tuple[str, str, str]]
) -> None:
    rows = [["Imię i nazwisko", "E-mail", "Nazwa organizacji ąęśźż"], *map(list, cells)]
    content = saved(rows, encoding, separator)

    assert read(tmp_path_factory.mktemp("list"), content) == trimmed(rows)


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without empty cells at their ends, and without empty rows at the end."""
    cut = [list(row) for row in rows]
    for row in cut:
        while row and not row[-1]:
            row.pop()
    while cut and not cut[-1]:
        cut.pop()
    return cut


@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_a_workbook_comes_back_as_it_was_saved(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]
) -> None:
    rows = [["Imię", "Nazwisko"], *map(list, cells)]
    book = Workbook()
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = book.active.cell(number, column, text)
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)

    assert read(tmp_path_factory.mktemp("list"), out.getvalue()) == trimmed(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1250"])
@pytest.mark.parametrize(("head", "separator"), [("sep=;\r\n", ";"), ("sep=,\r\n", ","), ("sep=\t\r\n", "\t")])
def test_a_line_that_names_the_separator_is_no_row(tmp_path: Path, encoding: str, head: str, separator: str) -> None:
    assert read(tmp_path, saved(ROWS, encoding, separator, head)) == trimmed(ROWS)


def test_what_cannot_be_seen_is_taken_out(tmp_path: Path) -> None:
    rows = [["\u200bE\u2011mail\xa0", "Imie\u0328 i\xa0nazwisko"], ["a@example.org\u200e", "Z\u0307ak\nJan"]]

    assert read(tmp_path, saved(rows, "utf-8"))[1] == ["a@example.org", "Żak Jan"]
    (tmp_path / "x").write_bytes(saved(rows, "utf-8"))
    assert guess(read_table(tmp_path / "x", LIMITS)).columns == {0: Column.EMAIL, 1: Column.NAME}


HEADINGS = [
    (["Lp.", "Nazwisko", "Imię", "Adres e-mail", "Reprezentowana instytucja", "Gmina", "Telefon"],
     {1: Column.LAST_NAME, 2: Column.FIRST_NAME, 3: Column.EMAIL, 4: Column.ORGANISATION, 5: Column.COMMUNE}),
    (["IMIĘ I NAZWISKO*", "e-mail:", "Instytucja / firma", "Typ podmiotu", "Stanowisko (funkcja)"],
     {0: Column.NAME, 1: Column.EMAIL, 2: Column.ORGANISATION, 3: Column.KIND, 4: Column.POSITION}),
    (["Full name", "E-mail address", "Organization", "Role", "Sector"],
     {0: Column.NAME, 1: Column.EMAIL, 2: Column.ORGANISATION, 3: Column.ROLE, 4: Column.SECTOR}),
    (["Nazwa", "Name", "Name"], {1: Column.NAME}),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "columns"), HEADINGS)
@pytest.mark.parametrize("above", [[], [["Lista uczestników konferencji III"], [""], ["Płock, 5 maja 2017"]]])
def test_headings_are_known_in_many_spellings_below_titles(
    tmp_path: Path, headings: list[str], columns: dict[int, Column], above: list[list[str]]
) -> None:
    (tmp_path / "x").write_bytes(saved([*above, headings, ["1", "2", "3", "4", "5"]], "utf-8"))
    choice = guess(read_table(tmp_path / "x", LIMITS))

    assert (choice.heading, choice.columns) == (len(above), columns)


def test_headings_in_two_rows_with_merged_cells_are_read_as_one(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    rows = [["Lista uczestników"], ["Lp.", "Uczestnik", None, "Kontakt", None, "Organizacja"],
            [None, "Imię", "Nazwisko", "E-mail", "Telefon", None],
            [1, "Anna", "Żuk", "anna@example.org", "600100200", "OSP"],
            [2, "Jan", "Kos", None, None, None]]  # fmt: skip
    for row in rows:
        sheet.append(row)
    for cells in ("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"):
        sheet.merge_cells(cells)
    path = tmp_path / "lista.xlsx"
    book.save(path)
    table = read_table(path, LIMITS)
    choice = guess(table)
    assert choice.heading == 2
    assert dict(choice.columns) == {
        1: Column.FIRST_NAME, 2: Column.LAST_NAME, 3: Column.EMAIL, 5: Column.ORGANISATION
    }  # fmt: skip
    people = records_of(table, choice, sectors=()).people
    assert [(one.name, one.organisation) for one in people] == [("Anna Żuk", "OSP"), ("Jan Kos", "")]


def test_a_list_without_headings_is_guessed_by_its_contents(tmp_path: Path) -> None:
    rows = [["1", "Jan Gil", "jan@example.org"], ["2", "Ola Sowa", "ola@example.org"]]
    (tmp_path / "x").write_bytes(saved(rows, "cp1250"))
    choice = guess(read_table(tmp_path / "x", LIMITS))

    assert (choice.heading, choice.columns) == (None, {1: Column.NAME, 2: Column.EMAIL})


def test_of_a_workbook_the_sheet_that_names_people_is_read_else_the_first(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Lista uczestników 2026"])
    book.create_sheet("Osoby").append(["Imię i nazwisko", "Gmina"])
    book.save(tmp_path / "cover.xlsx")
    del book["Osoby"]
    book.create_sheet("Notatki").append(["Kawa"])
    book.save(tmp_path / "nobody.xlsx")

    assert [read_people(tmp_path / f"{name}.xlsx", LIMITS).sheet for name in ("cover", "nobody")] == [1, 0]


def test_days_numbers_and_sheets_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Spis treści"])
    people = book.create_sheet("Osoby")
    people.append(["Imię i nazwisko", "Organizacja", "Od kiedy", "Niepełnoletni"])
    people.append(["Jan Gil", "OSP", 44197, False])
    people.append(["Ola Sowa", 600100200.0, date(2020, 5, 1), "tak"])
    people.append(["Jan Lis", "OSP", "3.05.2019", ""])
    book.save(tmp_path / "x.xlsx")
    table = read_table(tmp_path / "x.xlsx", LIMITS, sheet=1)
    records = records_of(table, guess(table), sectors=())

    assert (table.sheets, table.sheet) == (("Sheet", "Osoby"), 1)
    assert records.problems == ()
    assert [(record.since, record.is_minor) for record in records.people] == [
        (date(2021, 1, 1), False), (date(2020, 5, 1), True), (date(2019, 5, 3), None),
    ]  # fmt: skip
    assert records.people[1].organisation == "600100200"


def test_a_formula_without_a_value_is_named(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Imię i nazwisko", "E-mail"])
    book.active.append(["Jan Gil", '="jan"&"@example.org"'])
    book.save(tmp_path / "x.xlsx")
    table = read_table(tmp_path / "x.xlsx", LIMITS)
    problems = records_of(table, guess(table), sectors=()).problems

    assert [(problem.row, problem.column) for problem in problems] == [(2, Column.EMAIL)]
    assert "formula" in problems[0].sentence.text


def test_every_problem_is_said_by_row_and_column(tmp_path: Path) -> None:
    rows = [["Imię i nazwisko", "E-mail", "Rola", "Rodzaj", "Sektor", "Od kiedy", "Niepełnoletni"],
            ["", "nie-adres", "król", "kosmos", "górnictwo", "wczoraj", "może"], ["Ola \x07", "", "", "", "", "", ""],
            ["x" * 300, "", "", "#N/D!", "", "", ""], ["Jan \ufffd", "#N/A", "", "", "", "", ""]]  # fmt: skip
    (tmp_path / "x").write_bytes(saved(rows, "utf-8"))
    table = read_table(tmp_path / "x", LIMITS)
    records = records_of(table, guess(table), sectors=("społeczny",))

    assert records.people == ()
    assert {(problem.row, problem.column) for problem in records.problems} == {
        (2, Column.NAME), (2, Column.EMAIL), (2, Column.ROLE), (2, Column.KIND), (2, Column.SECTOR), (2, Column.SINCE),
        (2, Column.MINOR), (3, Column.NAME), (4, Column.NAME), (4, Column.KIND), (5, Column.NAME), (5, Column.EMAIL),
    }  # fmt: skip


# --- files made to do harm -------------------------------------------------------------------------------------


def workbook(**parts: bytes) -> bytes:
    """A small workbook with some of its parts replaced; `sheet`, `strings` and `other` name them."""
    book, out, changed = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["Imię i nazwisko"])
    book.save(out)
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml", "other": "xl/media/x.bin"}
    replaced = {names[key]: content for key, content in parts.items()}
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in {*source.namelist(), *replaced}:
            target.writestr(name, replaced[name] if name in replaced else source.read(name))
    return changed.getvalue()


NS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CELL = b'<c t="inlineStr"><is><t>Jan</t></is></c>'
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "a bomb of zeros": lambda: workbook(other=b"\x00" * 100_000_000),
    "a sheet of millions of rows": lambda: workbook(sheet=NS + b"<row/>" * 3_500_000 + b"</sheetData></worksheet>"),
    "one row of a million cells": lambda: workbook(sheet=NS + b"<row>" + b"<c/>" * 1_000_000),
    "one element of a hundred thousand attributes": lambda: workbook(
        sheet=b"<worksheet " + b" ".join(b'a%d="1"' % number for number in range(200_000)) + b"/>"),
    "entities": lambda: workbook(sheet=ENTITIES + NS + b"</sheetData></worksheet>"),
    "entities in two-byte letters": lambda: workbook(
        sheet=('<?xml version="1.0" encoding="utf-16"?>' + ENTITIES.decode() + "<worksheet/>").encode("utf-16")),
    "no end": lambda: workbook()[:-300],
    "no workbook": lambda: b"PK\x03\x04" + b"x" * 100,
    "an old or protected workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "broken markup": lambda: workbook(sheet=NS + b"<row><c></row>"),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20,
    "an open quotation mark": lambda: b'Imie;E-mail\n"Jan;jan@example.org\n' + b"x" * 200_000,
    "nothing": lambda: b"",
    "nothing but a mark": lambda: b"\xef\xbb\xbf\r\n",
    "too many bytes": lambda: b"Imie\n" + b"Jan Gil\n" * 2_700_000,
    "too many rows": lambda: b"Imie i nazwisko\n" + b"Jan Gil\n" * 20_000,
    "too many columns": lambda: b";".join([b"x"] * 5_000) + b"\n",
    "a row far down": lambda: workbook(sheet=NS + b'<row r="1"><c r="A1"/></row><row r="1048576">' + CELL + b"</row>"
                                       b"</sheetData></worksheet>"),
    "many sheets": lambda: many_sheets(),
}  # fmt: skip


def many_sheets() -> bytes:
    book, out = Workbook(), io.BytesIO()
    for _number in range(60):
        book.create_sheet()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("head", [
    "<html><body><table>", "\r\n <TABLE border=1>", "<!DOCTYPE html>\n<html>", '<?xml version="1.0"?>\n<Workbook>',
    "MIME-Version: 1.0\nContent-Type: multipart/related\n\n",
])  # fmt: skip
def test_a_web_page_that_is_called_a_spreadsheet_is_told_what_it_is(tmp_path: Path, head: str, encoding: str) -> None:
    path = tmp_path / "lista.xls"
    path.write_bytes((head + "<tr><td>Imię i nazwisko</td></tr><tr><td>Jan Łoś</td></tr>").encode(encoding))
    with pytest.raises(Unreadable) as refusal:
        read_table(path, LIMITS)
    assert "To jest strona internetowa" in refusal.value.fields["file"].say("pl")


def test_a_list_whose_first_cell_stands_in_angle_brackets_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("<jan@example.org>;Jan Łoś\n<ola@example.org>;Ola Sowa\n".encode())
    assert read_table(tmp_path / "x", LIMITS).width == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_do_harm_is_one_sentence_in_little_time_and_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "lista"
    path.write_bytes(HOSTILE[name]())
    tracemalloc.start()
    begun = time.process_time()
    try:
        with pytest.raises(Unreadable) as refusal:
            read_table(path, LIMITS)
    finally:
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert refusal.value.fields["file"].say("pl")
    # Processor time under a tracer of memory, which makes everything several times slower.
    assert time.process_time() - begun < 20
    assert most < 60_000_000
