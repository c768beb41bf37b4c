import csv
import json
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import text

from tests.web.commands.conftest import Run
from tests.world import World
from workflow.db.database import Database

LIST = "Imię i nazwisko;E-mail;Organizacja;Rola\nŁucja Żak;Lucja@example.org;OSP Łąck;animator\nJan Gil;jan@example.org;;\n"


@pytest.fixture
def key(database: Database) -> str:
    world = World(database)
    return str(world.facts(world.edition())["key"])


def as_file(path: Path, kind: str) -> Path:
    if kind == "xlsx":
        book = Workbook()
        for row in csv.reader(StringIO(LIST), delimiter=";"):
            book.active.append(row)
        book.save(path)
    else:
        path.write_bytes(LIST.encode("cp1250" if kind == "windows" else "utf-8-sig"))
    return path


@pytest.mark.parametrize("kind", ["csv", "windows", "xlsx"])
def test_a_list_of_people_is_read_once(run: Run, database: Database, key: str, tmp_path: Path, kind: str) -> None:
    file = str(as_file(tmp_path / "list", kind))
    command = ("import", "participants", file, "--edition", key)

    assert "2 would be new" in run(*command, "--dry-run")[1]
    assert people(database) == []
    assert run(*command)[1].splitlines() == [
        "line 2: lucja@example.org is added: animator.",
        "line 3: jan@example.org is added: participant.",
        "2 lines, 2 new.",
    ]
    assert run(*command)[1].splitlines()[-1] == "2 lines, 0 new."
    assert people(database) == [("Jan Gil", "participant"), ("Łucja Żak", "animator")]


def people(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        rows = connection.execute(text(
            "SELECT p.name, g.role FROM person p JOIN role_grant g ON g.person_id = p.id "
            "WHERE p.email IN ('jan@example.org', 'lucja@example.org') ORDER BY p.name"
        ))  # fmt: skip
        return [(row.name, row.role) for row in rows]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            "name,email\nJan,jan@example.org\nEwa,nie-adres\n",
            "line 3, E-mail address: This does not look like an e-mail address.",
        ),
        ("name,email,role\nJan,jan@example.org,król\n", "line 2, Role: There is no such role."),
        ("name,email\n,jan@example.org\n", "line 2, Name and surname: The name is missing."),
        ("email,rola\njan@example.org,animator\n", "line 1, Name and surname: Say which column holds the names."),
        (
            "name,email,role,sector\nJan,jan@example.org,committee_member,górnictwo\n",
            "line 2, Sector: This edition has no such",
        ),
    ],
)
def test_one_wrong_line_keeps_everybody_out(
    run: Run, database: Database, key: str, tmp_path: Path, lines: str, told: str
) -> None:
    (tmp_path / "list.csv").write_text(lines, "utf-8")
    code, _out, err = run("import", "participants", str(tmp_path / "list.csv"), "--edition", key)

    assert code == 1
    assert told in err
    assert "nothing was changed" in err
    assert people(database) == []


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\x00\x01\x02", b'"open\n' + b"x" * 200_000])
def test_a_file_that_is_no_table_is_one_sentence(run: Run, key: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list").write_bytes(content)
    code, _out, err = run("import", "participants", str(tmp_path / "list"), "--edition", key)

    assert code == 1
    assert "unforeseen" not in err


# --- editions out ------------------------------------------------------------------------------------------


@pytest.fixture
def risky(database: Database) -> str:
    """An edition with a title that a spreadsheet would compute."""
    world = World(database)
    edition = world.edition()
    world.idea(edition, title='=HYPERLINK("http://zle.example","kliknij")', summary="+48 600 100 200")
    return str(world.facts(edition)["key"])


def test_csv_holds_no_formula(run: Run, risky: str) -> None:
    (row,) = csv.DictReader(StringIO(run("export", risky)[1].removeprefix("\ufeff")), delimiter=";")

    assert row["Tytuł"].startswith("'=HYPERLINK")
    assert row["Opis w kilku zdaniach"].startswith("'+48")
    assert row["Stan"] == "Pomysł"


def test_xlsx_holds_no_formula(run: Run, risky: str, tmp_path: Path) -> None:
    assert run("export", risky, "--format", "xlsx", "--output", str(tmp_path / "x.xlsx"))[0] == 0
    book = load_workbook(BytesIO((tmp_path / "x.xlsx").read_bytes()))

    assert book.sheetnames == ["Projekty", "Konferencje", "Umowa partnerstwa", "Edycja"]
    assert {cell.data_type for row in book["Projekty"].iter_rows() for cell in row} <= {"s", "n", "d"}
    assert "=HYPERLINK" in book["Projekty"]["B2"].value


def test_an_export_has_amounts_moments_and_headings_of_the_language_as_the_lists_of_the_web_do(
    run: Run, database: Database, tmp_path: Path
) -> None:
    world = World(database)
    ref = world.proposal_in("selected", budget="1 500 000,00")
    key = str(world.facts(world.edition_of(ref))["key"])
    (row,) = csv.DictReader(StringIO(run("export", key)[1].removeprefix("\ufeff")), delimiter=";")
    assert (row["Koszt projektu"], row["Wybrany"]) == ("12500,00", "tak")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row["Ostatnia zmiana"])
    assert not {"{", "'", "[", "None"} & set("".join(row.values()))

    assert run("export", key, "--format", "xlsx", "--language", "en", "--output", str(tmp_path / "x.xlsx"))[0] == 0
    book = load_workbook(tmp_path / "x.xlsx")
    budget = column_of(book["Edition"], "Budget in złoty")
    assert (budget.value, budget.number_format) == (1_500_000, "#,##0.00")
    assert column_of(book["Proposals"], "Last change").is_date
    assert column_of(book["Proposals"], "Cost in złoty").data_type == "n"


def column_of(sheet: Worksheet, heading: str) -> Cell:
    """The cell of the first row under a heading."""
    (cell,) = (below for head, below in zip(sheet[1], sheet[2], strict=True) if head.value == heading)
    return cell


def test_json_and_pabulib_hold_the_costs_in_zloty(run: Run, database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("selected", budget="20 000,00")
    key = world.facts(world.edition_of(ref))["key"]

    exported = json.loads(run("export", key, "--format", "json")[1])
    assert (exported["edition"]["budget"], exported["proposals"][0]["cost"]) == (20000, 12500)
    lines = run("export", key, "--format", "pb")[1].splitlines()
    assert "budget;20000" in lines
    assert lines[lines.index("PROJECTS") + 2] == "1;12500;Świetlica „Razem”;1"


def test_an_unknown_edition_is_refused(run: Run, database: Database) -> None:
    assert run("export", "nowhere") == (1, "", "partnerstwo: There is no edition nowhere.\n")
