"""Two entries of one person: found, shown side by side, merged in one transaction, and never by accident."""

import re
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.web.stage import Stage, hidden
from workflow.models import Affiliation, Base, Person, PersonChange, RoleGrant
from workflow.people.merging import IN_THE_WAY, MOVED
from workflow.people.organisations import organisation_named
from workflow.rules.facts import Ref

LIST = "/edycje/wioska/osoby/duplikaty"
# Acts, which name whoever did them, and what belongs to an account and ends with it.
STAYS = re.compile(
    r"_by_id$|^(comment|suggestion|document|sheet_version)\.|^(web_session|one_time_link|recovery_code|api_token)\.person_id$"
    r"|^(delivery\.|preference\.|saved_filter\.|mention\.|section_draft\.|job\.owner|participant_list\.owner|person_change\.)"
    r"|^(conference_output|agenda_change|screen|hall_elector|hall_card_count|group_task|meeting)\."
    r"|^(report_part|document_reading|document_signature|proposal_person|paper_count|hand_count|attendance|join_request)\."
)


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition(key="wioska")


def add(stage: Stage, edition: Ref, name: str, email: str | None, role: str = "participant", **more: Any) -> int:
    """Somebody of the edition who belongs to one organisation."""
    with stage.db.transaction() as tx:
        row = {"name": name, "email": email, "created_at": stage.world.now, **more}
        number = int(tx.execute(insert(Person).values(**row).returning(Person.id)).scalar_one())
        tx.execute(insert(RoleGrant).values(person_id=number, edition_id=edition.id, role=role,
                                            granted_at=stage.world.now))  # fmt: skip
        found = organisation_named(tx, "OSP Łąck", at=stage.world.now)
        tx.execute(insert(Affiliation).values(person_id=number, organisation_id=found))
    return number


def merge(stage: Stage, kept: int, merged: int, who: str = "staff", **typed: str) -> Any:
    browser, path = stage.as_(who), f"/edycje/wioska/osoby/polacz/{kept}/{merged}"
    return browser.post(path, {**hidden(browser.get(path).text), **typed})


def roles_of(stage: Stage, person: int) -> set[str]:
    with stage.db.reading() as tx:
        query = select(RoleGrant.role).where(RoleGrant.person_id == person, RoleGrant.withdrawn_at.is_(None))
        return set(tx.execute(query).scalars())


def test_two_entries_are_found_and_become_one_person(stage: Stage, edition: Ref) -> None:
    kept = add(stage, edition, "Łucja Żak", "lucja@example.org")
    merged = add(stage, edition, "LUCJA ZAK", None, "animator")
    page = stage.page("staff", LIST)

    assert f"/osoby/polacz/{kept}/{merged}" in page
    assert merge(stage, kept, merged).status_code == 303
    assert roles_of(stage, kept) == {"participant", "animator"}
    with stage.db.reading() as tx:
        row = tx.execute(select(Person.active, Person.merged_into_id).where(Person.id == merged)).one()
        changes = tx.execute(select(PersonChange.person_id, PersonChange.kind).order_by(PersonChange.id)).all()
    assert tuple(row) == (False, kept)
    assert [tuple(change) for change in changes] == [(kept, "merged"), (merged, "merged_away")]
    assert "/osoby/polacz/" not in stage.page("staff", LIST)
    assert stage.as_("staff").get(f"/edycje/wioska/osoby/{merged}").status_code == 404


def test_a_list_that_is_cut_says_so(stage: Stage, edition: Ref, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.people.duplicates.MOST", 1)
    monkeypatch.setattr("web.pages.duplicates.MOST", 1)
    words = "Gdy je połączysz, pojawią się następne."
    add(stage, edition, "Ewa Lis", "ewa@example.org")
    assert words not in stage.page("staff", LIST)
    for email in ("lis@example.org", "ewa.lis@example.org"):
        add(stage, edition, "Ewa Lis", email)
    assert words in stage.page("staff", LIST)


def test_one_address_in_two_forms_is_found(stage: Stage, edition: Ref) -> None:
    add(stage, edition, "Jan Gil", "jan@example.org")
    add(stage, edition, "J. Gil", "jan+osp@example.org")

    assert "jan+osp@example.org" in stage.page("staff", LIST)


def test_an_address_moves_to_an_entry_without_one(stage: Stage, edition: Ref) -> None:
    kept, merged = add(stage, edition, "Jan Gil", None), add(stage, edition, "Jan Gil", "jan@example.org")

    assert merge(stage, kept, merged).status_code == 303
    with stage.db.reading() as tx:
        assert tx.execute(select(Person.email).where(Person.id == kept)).scalar_one() == "jan@example.org"


def test_two_accounts_become_one_only_where_it_is_said(stage: Stage, edition: Ref) -> None:
    kept = add(stage, edition, "Jan Gil", "jan@example.org")
    merged = add(stage, edition, "Jan Gil", "gil@example.org")

    assert merge(stage, kept, merged).status_code == 422
    assert roles_of(stage, merged) == {"participant"}
    assert merge(stage, kept, merged, both="1").status_code == 303


def test_whoever_leads_a_project_is_not_merged_away(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    edition = stage.world.edition_of(ref)
    other = add(stage, edition, "Jan Gil", None)
    path = f"/edycje/{stage.world.facts(edition)['key']}/osoby/polacz/{other}/{stage.world['leader'].id}"
    browser = stage.as_("staff")

    assert "Prowadzenie projektów: 1" in browser.get(path).text
    assert browser.post(path, {"both": "1"}).status_code == 422


def test_an_administrator_is_not_merged_by_the_office(stage: Stage, edition: Ref) -> None:
    kept = add(stage, edition, "Jan Gil", None)
    merged = add(stage, edition, "Jan Gil", "jan@example.org", is_admin=True)

    assert merge(stage, kept, merged, both="1").status_code == 422
    assert merge(stage, merged, kept, both="1").status_code == 422


def test_every_column_that_names_a_person_is_moved_or_stands_in_the_way_or_stays() -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables for column in table.c
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    }  # fmt: skip
    unknown = {name for name in named - MOVED.keys() - IN_THE_WAY.keys() if not STAYS.search(name)}

    assert not unknown, "say in workflow.people.merging, or in STAYS, what becomes of these when two people are merged"
    assert set(MOVED) | set(IN_THE_WAY) <= named
