"""Two entries of one organisation: found by their words, shown side by side, merged with everything that refers to them."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select

from tests.web.stage import Stage, hidden
from workflow.models import Affiliation, Conference, Organisation, Person, PersonChange, Registration, RoleGrant, Seat
from workflow.people.duplicates import duplicates_of
from workflow.people.organisation_merging import (
    OrganisationCard,
    OrganisationPair,
    OrganisationPlan,
    key_of,
    references,
)
from workflow.people.organisations import organisation_named
from workflow.rules.facts import Ref

CARD = OrganisationCard(1, "OSP", "", "", "", "", 0)
PLAN = OrganisationPlan(OrganisationPair(CARD, CARD), (), 0, 0, beyond_office=False)
LIST = "/edycje/wioska/organizacje/duplikaty"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition(key="wioska")


def organisation(stage: Stage, edition: Ref, name: str, *people: str, **more: Any) -> int:
    """An organisation with people who have a role in the edition."""
    with stage.db.transaction() as tx:
        number = organisation_named(tx, name, at=stage.world.now)
        tx.execute(Organisation.__table__.update().where(Organisation.id == number).values(**more or {"contact": ""}))
        for person in people:
            row = {"name": person, "created_at": stage.world.now}
            who = tx.execute(insert(Person).values(**row).returning(Person.id)).scalar_one()
            tx.execute(insert(RoleGrant).values(person_id=who, edition_id=edition.id, role="participant",
                                                granted_at=stage.world.now))  # fmt: skip
            tx.execute(insert(Affiliation).values(person_id=who, organisation_id=number))
    return int(number or 0)


def merge(stage: Stage, kept: int, merged: int, who: str = "staff") -> Any:
    browser, path = stage.as_(who), f"/edycje/wioska/organizacje/polacz/{kept}/{merged}"
    return browser.post(path, hidden(browser.get(path).text))


def test_two_entries_become_one_and_all_that_refers_to_them_moves(stage: Stage, edition: Ref) -> None:
    kept = organisation(stage, edition, "OSP Łąck", "Jan Gil", "Ewa Lis", sector="społeczny")
    merged = organisation(stage, edition, "Łąck - OSP", "Ola Żak", commune="Łąck")
    with stage.db.transaction() as tx:
        tx.execute(insert(Seat).values(edition_id=edition.id, body="committee", number=99, function="member",
                                       organisation_id=merged, from_on=date(2026, 1, 1)))  # fmt: skip
        conference = tx.execute(select(Conference.id).limit(1)).scalar_one_or_none()
        if conference is not None:
            person = tx.execute(select(Person.id).where(Person.name == "Ola Żak")).scalar_one()
            tx.execute(insert(Registration).values(conference_id=conference, person_id=person, state="registered",
                                                   organisation_id=merged, source="office", code="AAAA2222",
                                                   registered_at=stage.world.now))  # fmt: skip
    assert f"/organizacje/polacz/{kept}/{merged}" in stage.page("staff", LIST)
    assert "Łąck - OSP" in stage.page("staff", f"/edycje/wioska/organizacje/polacz/{kept}/{merged}")
    assert merge(stage, kept, merged).status_code == 303
    with stage.db.reading() as tx:
        for column in references():
            assert tx.execute(select(column).where(column == merged)).first() is None, column
        o = Organisation
        row = tx.execute(select(o.sector, o.commune).where(o.id == kept)).one()
        ended = tx.execute(select(o.merged_into_id, o.merged_by_id).where(o.id == merged)).one()
        changes = tx.execute(select(PersonChange.kind, PersonChange.before, PersonChange.after)).all()
    assert tuple(row) == ("społeczny", "Łąck")
    assert tuple(ended) == (kept, stage.world["staff"].id)
    assert [tuple(change) for change in changes] == [("organisation_merged", "Łąck - OSP", "OSP Łąck")]
    page = stage.page("staff", LIST)
    assert "/organizacje/polacz/" not in page
    assert "Łąck - OSP → OSP Łąck" in page
    assert stage.as_("staff").get(f"/edycje/wioska/organizacje/polacz/{kept}/{merged}").status_code == 404


def test_whoever_belongs_to_both_belongs_to_one_afterwards(stage: Stage, edition: Ref) -> None:
    kept = organisation(stage, edition, "OSP Łąck", "Jan Gil")
    merged = organisation(stage, edition, "Łąck OSP")
    with stage.db.transaction() as tx:
        person = tx.execute(select(Person.id).where(Person.name == "Jan Gil")).scalar_one()
        tx.execute(insert(Affiliation).values(person_id=person, organisation_id=merged))
    assert merge(stage, kept, merged).status_code == 303
    with stage.db.reading() as tx:
        a = Affiliation
        rows = tx.execute(select(a.organisation_id, a.to_on).where(a.person_id == person).order_by(a.id)).all()
    assert [(number, to is None) for number, to in rows] == [(kept, True), (kept, False)]


def test_an_organisation_of_another_edition_is_for_an_administrator(stage: Stage, edition: Ref) -> None:
    kept = organisation(stage, edition, "OSP Łąck", "Jan Gil")
    merged = organisation(stage, edition, "Łąck OSP", "Ewa Lis")
    other = stage.world.edition(key="inna")
    with stage.db.transaction() as tx:
        tx.execute(insert(Seat).values(edition_id=other.id, body="committee", number=99, function="member",
                                       organisation_id=merged, from_on=date(2026, 1, 1)))  # fmt: skip
        tx.execute(RoleGrant.__table__.delete().where(
            RoleGrant.edition_id == other.id, RoleGrant.person_id == stage.world["staff"].id))  # fmt: skip
    assert stage.as_("leader").get(LIST).status_code == 403
    staff = stage.as_("staff")
    token = hidden(staff.get("/edycje/wioska/osoby").text)["csrf_token"]
    path = f"/edycje/wioska/organizacje/polacz/{kept}/{merged}"
    assert staff.post(path, {"csrf_token": token}).status_code == 422
    assert merge(stage, kept, merged, "admin").status_code == 303


def test_what_the_history_of_a_subject_names_stands_in_the_way() -> None:
    subjects = {str(column) for column in references() if "head_hash" in column.table.c}
    assert subjects == {"agreement_partner.organisation_id", "milestone.organisation_id"}
    assert not replace(PLAN, in_subjects=1).is_possible
    assert PLAN.is_possible


@pytest.mark.parametrize(("one", "other", "same"), [
    ("osp w lacku", "osp lacku", True), ("lack - osp", "osp lack", True), ("osp lack", "osp gabin", False),
    ("gmina lack", "urzad gminy lack", False), ("w", "z", False),
])  # fmt: skip
def test_names_are_one_by_their_words(one: str, other: str, same: bool) -> None:
    assert (key_of(one) == key_of(other)) is same


def test_a_thousand_equal_entries_are_a_bounded_list(stage: Stage, edition: Ref) -> None:
    rows = [{"name": "Jan Gil", "created_at": stage.world.now} for _number in range(1000)]
    with stage.db.transaction() as tx:
        numbers = list(tx.execute(insert(Person).returning(Person.id), rows).scalars())
        tx.execute(insert(RoleGrant), [{"person_id": number, "edition_id": edition.id, "role": "participant",
                                        "granted_at": stage.world.now} for number in numbers])  # fmt: skip
        pairs = duplicates_of(tx, edition.id)
    assert len(pairs) == 200
    assert {pair.kept.id for pair in pairs} == {numbers[0]}
