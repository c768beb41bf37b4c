"""The public account of an edition and its open data: the same numbers, nothing that is not public, no formula."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import update

from tests.growth import copies
from tests.web.html_faults import html_faults
from tests.web.pages.test_public_project import plan
from tests.web.stage import Stage
from workflow.models import Proposal
from workflow.rules.facts import Ref

FORMULA = "=HYPERLINK(1)"


def account(stage: Stage) -> Ref:
    """A project under way whose milestone was reached late and whose money is spent in part."""
    ref = stage.world.proposal_in("in_implementation")
    plan(stage, ref)
    with stage.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(plan_accepted_at=stage.world.now))
    return ref


def address_of(stage: Stage, ref: Ref) -> str:
    return f"/edycje/{stage.world.facts(ref).edition['key']}"


def rows(stage: Stage, path: str) -> list[dict[str, str]]:
    """A file of open data as a program reads it."""
    text = stage.as_(None).get(path).get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_account_of_an_edition_says_of_each_project_what_it_costs_and_what_became_of_its_promises(
    stage: Stage,
) -> None:
    ref = account(stage)
    page = stage.page(None, f"{address_of(stage, ref)}/bilans")
    assert f'href="/projekty/{ref.id}"' in page
    assert "wydano: 120,00\xa0zł" in page or "wydano: 120,00 zł" in page
    assert "po terminie" in page


def test_page_table_and_data_of_an_edition_have_the_same_sums(stage: Stage) -> None:
    ref = account(stage)
    with stage.db.transaction() as tx:
        copies(tx, ref, 3)
    address = address_of(stage, ref)
    data: dict[str, Any] = stage.as_(None).get(f"{address}/dane.json").get_json()
    table = rows(stage, f"{address}/dane.csv")
    assert [row["number"] for row in table] == [str(project["number"]) for project in data["projects"]]
    assert (
        sum(float(row["money_spent"].replace(",", ".")) for row in table) == float(data["totals"]["money_spent"]) == 120
    )
    assert sum(int(row["promises_late"]) for row in table) == data["totals"]["promises"]["behind"] == 1
    assert data["totals"]["funded"] == len(table) == 4


def test_open_data_holds_no_project_that_is_not_public(stage: Stage) -> None:
    ref = stage.world.proposal_in("presented")
    address = address_of(stage, ref)
    assert stage.as_("staff").get(f"{address}/dane.json").get_json()["projects"] == []
    assert rows(stage, f"{address}/dane.csv") == []
    for part in ("json", "csv"):
        assert stage.as_("staff").get(f"/projekty/{ref.id}/dane.{part}").status_code == 404
    assert f'href="/projekty/{ref.id}"' not in stage.page("staff", f"{address}/bilans")


def test_a_table_of_open_data_never_holds_a_formula(stage: Stage) -> None:
    ref = account(stage)
    with stage.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(title=FORMULA))
    assert [row["title"] for row in rows(stage, f"{address_of(stage, ref)}/dane.csv")] == [f"'{FORMULA}"]


def test_the_table_of_a_project_holds_its_milestones_and_its_budget(stage: Stage) -> None:
    table = rows(stage, f"/projekty/{account(stage).id}/dane.csv")
    of_this_test = [row for row in table if row["title"] in ("Otwarcie kuchni", "Piec")]
    assert [(row["part"], row["result"], row["money_agreed"], row["money_spent"]) for row in of_this_test] == [
        ("milestone", "behind", "", ""), ("budget_line", "", "400,00", "120,00"),
    ]  # fmt: skip


def test_a_program_that_has_the_data_already_is_told_so(stage: Stage) -> None:
    address = f"{address_of(stage, account(stage))}/dane.json"
    browser = stage.as_(None)
    etag = browser.get(address).headers["ETag"]
    assert browser.client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_every_column_of_open_data_is_described(stage: Stage) -> None:
    page = stage.page(None, "/otwarte-dane")
    ref = account(stage)
    names = [*rows(stage, f"{address_of(stage, ref)}/dane.csv")[0], *rows(stage, f"/projekty/{ref.id}/dane.csv")[0]]
    assert [name for name in names if f">{name}</code>" not in page] == []


@pytest.mark.parametrize("path", ["/projekty/{id}", "/projekty/{id}/osadz", "{edition}/bilans", "{edition}/osadz", "/"])
def test_a_public_page_in_english_has_no_element_inside_of_what_is_plain_text(stage: Stage, path: str) -> None:
    ref = account(stage)
    browser = stage.as_(None)
    browser.get("/")
    browser.post("/language", {"language": "en", "next": "/"})
    page = browser.get(path.format(id=ref.id, edition=address_of(stage, ref))).text
    assert '<html lang="en"' in page
    assert html_faults(page) == []


def test_the_account_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    ref = account(stage)
    address = f"{address_of(stage, ref)}/bilans"
    first = stage.count(None, address)
    with stage.db.transaction() as tx:
        copies(tx, ref, 30)
    assert stage.count(None, address) == first
    assert first <= 8


def test_the_public_page_of_a_project_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    ref = stage.world.proposal_in("in_implementation")
    first = stage.count(None, f"/projekty/{ref.id}")
    account(stage)
    assert stage.count(None, f"/projekty/{ref.id}") == first
    assert first <= 9
