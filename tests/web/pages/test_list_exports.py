"""Everything found as a file: all rows, readable headings, amounts and days as such, nothing that counts."""

import csv
import io
import time
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from tests.conftest import database_url as database_url
from tests.web.many import add_many
from tests.web.stage import Stage
from workflow.base.calendar import warsaw_date
from workflow.models import Person, Proposal
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

LIST = "/edycje/lista/lista"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition("conferences", key="lista")


def csv_rows(stage: Stage, who: str | None, query: str = "") -> list[dict[str, str]]:
    text = stage.as_(who).get(f"{LIST}.csv{query}").text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def xlsx_rows(stage: Stage, who: str | None, query: str = "", address: str = LIST) -> list[dict[str, Any]]:
    answer = stage.as_(who).client.get(f"{address}.xlsx{query}")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_a_table_holds_everything_found_and_nothing_that_counts(stage: Stage, edition: Ref) -> None:
    for number in range(30):
        stage.world.idea(edition, title=f"=SUM(A{number})")
    answer = stage.as_("staff").get(f"{LIST}.csv?q=sum")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 31
    assert rows[0][:3] == ["Numer", "Tytuł", "Stan"]
    assert all(row[1].startswith("'=SUM(") for row in rows[1:])


def test_a_spreadsheet_has_amounts_days_and_texts_as_such(stage: Stage, edition: Ref) -> None:
    ref = stage.world.idea(edition, title="=1+1", sector="kultura", places=["Gąbin", "Łąck"])
    stage.world.take(ref, "edit_sheet", "leader", cost="12 500,50", summary="@dla wszystkich")
    stage.world.take(ref, "assign_reviewer", "staff", person=stage.world["staff2"].id)
    answer = stage.as_("staff").client.get(f"{LIST}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = {str(head.value): cell for head, cell in zip(*sheet.iter_rows(), strict=True)}
    assert {name: cells[name].data_type for name in ("Tytuł", "Opis w kilku zdaniach", "Koszt projektu")} == {
        "Tytuł": "s", "Opis w kilku zdaniach": "s", "Koszt projektu": "n",
    }  # fmt: skip
    assert (cells["Tytuł"].value, cells["Koszt projektu"].value) == ("=1+1", 12500.5)
    assert cells["Ostatnia zmiana"].value == datetime.combine(
        warsaw_date(stage.world.facts(ref)["updated_at"]), datetime.min.time()
    )
    assert (cells["Osoba weryfikująca"].value, cells["Lider"].value) == ("Staff2", "Leader")
    assert cells["Gdzie"].value == "Gąbin, Łąck"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(
    "query", ["", "?sector=kultura&sort=-cost", "?q=zlobka&sort=due", "?lacks=reviewer&sort=number"]
)
def test_both_files_hold_what_the_list_holds_in_its_order(stage: Stage, edition: Ref, query: str) -> None:
    from tests.web.pages.test_lists import all_titles

    with stage.db.transaction() as tx:
        add_many(tx, edition, 60)
    listed = all_titles(stage, "staff", f"{LIST}{query}")
    assert [row["Tytuł"] for row in csv_rows(stage, "staff", query)] == listed
    assert [row["Tytuł"] for row in xlsx_rows(stage, "staff", query)] == listed


def test_outsiders_get_only_what_is_public_and_nobody_named(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    facts = stage.world.facts(ref)
    address = f"/edycje/{facts.edition['key']}/lista"
    rows = xlsx_rows(stage, None, address=address)
    assert facts["title"] in [row["Tytuł"] for row in rows]
    assert {row["Stan"] for row in rows} == {"Wybrany do realizacji"}
    assert not {"Lider", "Animator", "Osoba weryfikująca", "Do kiedy"} & set(rows[0])


def test_decisions_under_embargo_stay_out_of_lists_and_files(stage: Stage) -> None:
    ref = stage.world.proposal_in("presented")
    address = f"/edycje/{stage.world.facts(ref).edition['key']}/lista"
    before = {who: xlsx_rows(stage, who, address=address) for who in (None, "participant", "leader")}
    stage.world.decide(ref, "select")
    for who, rows in before.items():
        seen = xlsx_rows(stage, who, address=address)
        assert [(row["Tytuł"], row["Stan"]) for row in seen] == [(row["Tytuł"], row["Stan"]) for row in rows]


def test_a_pupil_who_leads_is_named_only_to_those_who_need_to_know(stage: Stage, edition: Ref) -> None:
    stage.world.idea(edition, title="Szkolny ogród")
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == stage.world["leader"].id).values(is_minor=True))
    for who, name in (
        ("staff", "Leader"),
        ("animator", "Leader"),
        ("participant", "uczeń lub uczennica"),
        ("chair", "uczeń lub uczennica"),
    ):
        assert [row["Lider"] for row in csv_rows(stage, who)] == [name], who


def test_ten_thousand_rows_take_seconds_and_few_statements(stage: Stage, edition: Ref) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, 10_000)
    browser = stage.as_("staff")
    began = time.perf_counter()
    with stage.statements() as asked:
        answer = browser.client.get(f"{LIST}.xlsx")
    print(f"10,000 rows in {time.perf_counter() - began:.1f} s, {len(answer.data)} bytes, {len(asked)} statements")
    assert len(asked) <= 25
    assert openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True).active.max_row == 10_001


def test_a_file_is_of_one_moment(stage: Stage, edition: Ref) -> None:
    with stage.db.transaction() as tx:
        add_many(tx, edition, 10)
        tx.execute(update(Proposal).where(Proposal.number == 1).values(title="Przedtem"))
    assert "Przedtem" in [row["Tytuł"] for row in csv_rows(stage, "staff")]
