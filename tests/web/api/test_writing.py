"""What programs do: record ideas, change sheets, take steps; each refusal with the status that the contract names."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.web.api.conftest import Program
from tests.world import SHEET, World
from workflow.accounts.tokens import revoke_all_tokens
from workflow.db.database import Database
from workflow.models import ApiToken, HistoryEntry, Person, RoleGrant
from workflow.rules.facts import Ref

ProgramOf = Callable[[str], Program]
VersionOf = Callable[[Ref], int]


def entries(db: Database, ref: Ref) -> int:
    h = HistoryEntry
    with db.reading() as tx:
        query = select(h.id).where(h.subject_kind == "proposal", h.subject_id == ref.id)
        return len(tx.execute(query).all())


def problem(answer: TestResponse, status: int) -> dict[str, object]:
    """The body of a refusal that is told as RFC 9457 has it."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body = answer.json
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return dict(body)


# --- ideas ---------------------------------------------------------------------------------------------------


def test_an_idea_is_recorded(program: ProgramOf, world: World) -> None:
    edition = world.edition(key="otwarta")
    answer = program("participant").post("proposals", {"edition": "otwarta", "title": "Ogród", "summary": "Społeczny."})
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["version"], answer.json["edition"]) == ("idea", 1, "otwarta")
    assert answer.headers["ETag"] == '"1"'
    found = program("participant").get(answer.headers["Location"])
    assert found.json["sheet"]["summary"] == "Społeczny."
    assert found.json["group"]["leader"]["id"] == world["participant"].id
    assert world.state(Ref("proposal", answer.json["id"])) == "idea"
    assert edition.kind == "edition"


def test_whoever_has_not_read_the_clause_is_asked_to(program: ProgramOf, world: World, db: Database) -> None:
    world.edition(key="otwarta")
    with db.transaction() as tx:
        mine = RoleGrant.person_id == world["participant"].id
        tx.execute(update(RoleGrant).where(mine).values(clause_version="", clause_shown_at=None))
    idea = {"edition": "otwarta", "title": "Ogród"}
    body = problem(program("participant").post("proposals", idea), 422)
    [lack] = body["missing"]  # type: ignore[misc]
    assert (lack["code"], lack["field"]) == ("clause_not_shown", "clause")
    assert program("participant").post("proposals", {**idea, "clause": True}).status_code == 201


def test_an_idea_needs_an_edition_that_exists_for_the_person(program: ProgramOf, world: World) -> None:
    world.edition("draft", key="szkic")
    visitor = program("visitor")
    hidden = visitor.post("proposals", {"edition": "szkic", "title": "Ogród"})
    unknown = visitor.post("proposals", {"edition": "nie-ma", "title": "Ogród"})
    assert problem(hidden, 404) == problem(unknown, 404)
    assert problem(program("partner").post("proposals", {"edition": "szkic", "title": "Ogród"}), 403)


def test_an_idea_that_comes_too_late_is_refused_with_the_reason(program: ProgramOf, world: World) -> None:
    world.edition("summary", key="pozna")
    body = problem(program("participant").post("proposals", {"edition": "pozna", "title": "Ogród"}), 422)
    assert [item["code"] for item in body["missing"]] == ["edition_closed_to_ideas"]  # type: ignore[attr-defined]


# --- the sheet -------------------------------------------------------------------------------------------------


def test_a_sheet_is_changed_on_the_version_that_was_read(program: ProgramOf, world: World, db: Database) -> None:
    ref = world.proposal_in("group_work")
    leader = program("leader")
    read = leader.get(f"proposals/{ref.id}")
    before = entries(db, ref)
    answer = leader.patch(f"proposals/{ref.id}", {**SHEET, "title": "Dom sąsiedzki"}, If_Match=read.headers["ETag"])
    assert answer.status_code == 200
    assert answer.json["title"] == "Dom sąsiedzki"
    assert answer.json["version"] == read.json["version"] + 1
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    assert entries(db, ref) == before + 1
    sheet = leader.get(f"proposals/{ref.id}").json["sheet"]
    assert sheet["goals"] == SHEET["goals"]
    assert sheet["cost"] == "12500.00"
    again = leader.patch(f"proposals/{ref.id}", {"title": "Inny"}, If_Match=read.headers["ETag"])
    body = problem(again, 412)
    assert body["current"] == answer.json["version"]
    assert body["last"]["who"] == "Leader"  # type: ignore[index]
    assert leader.get(f"proposals/{ref.id}").json["title"] == "Dom sąsiedzki"


def test_a_sheet_that_was_read_can_be_sent_back(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("returned")
    leader = program("leader")
    read = leader.get(f"proposals/{ref.id}")
    whole = {name: value for name, value in read.json["sheet"].items() if value}
    assert leader.patch(f"proposals/{ref.id}", whole, If_Match=read.headers["ETag"]).status_code == 200
    assert leader.get(f"proposals/{ref.id}").json["sheet"] == read.json["sheet"]


def test_a_field_is_emptied_by_null_and_another_one_stays(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("returned")
    leader = program("leader")
    read = leader.get(f"proposals/{ref.id}")
    change = {"cost": None, "risks": None, "places": None, "sector": None, "goals": "Inne."}
    assert leader.patch(f"proposals/{ref.id}", change, If_Match=read.headers["ETag"]).status_code == 200
    sheet = leader.get(f"proposals/{ref.id}").json["sheet"]
    assert (sheet["cost"], sheet["sector"], sheet["goals"]) == (None, "", "Inne.")
    assert not {"risks", "places"} & set(sheet)
    assert sheet["partners"] == SHEET["partners"]


@pytest.mark.parametrize(
    "tag",
    [
        '"0"',
        '"01"',
        '"1',
        "1",
        "*, *",
        '* , "1"',
        'W/"1", W/"2"',
        "W/*",
        '"99999999999999"',
        '"x"',
        'W/"3"',
        "x",
        '"1", "2"',
        "nic",
    ],
)
def test_another_tag_changes_nothing(program: ProgramOf, world: World, db: Database, tag: str) -> None:
    ref = world.proposal_in("group_work")
    before = entries(db, ref)
    answer = program("leader").patch(f"proposals/{ref.id}", {"title": "Inny"}, If_Match=tag)
    assert answer.status_code in (412, 428)
    assert entries(db, ref) == before


def test_a_change_without_its_version_is_refused(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("group_work")
    problem(program("leader").patch(f"proposals/{ref.id}", {"title": "Inny"}), 428)


def test_only_the_group_changes_its_sheet_and_only_while_it_works(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("group_work")
    change = {"title": "Inny"}
    for name, status in (("visitor", 404), ("participant", 403), ("staff", 403), ("member", 200)):
        tag = program("staff").get(f"proposals/{ref.id}").headers["ETag"]
        assert program(name).patch(f"proposals/{ref.id}", change, If_Match=tag).status_code == status, name
    world.submit(ref)
    tag = program("leader").get(f"proposals/{ref.id}").headers["ETag"]
    assert problem(program("leader").patch(f"proposals/{ref.id}", change, If_Match=tag), 409)["code"] == "no_such_step"


def test_wrong_fields_of_a_sheet_are_all_named(program: ProgramOf, world: World, db: Database) -> None:
    ref = world.proposal_in("group_work")
    leader = program("leader")
    tag = leader.get(f"proposals/{ref.id}").headers["ETag"]
    before = entries(db, ref)
    wrong = {"title": "x" * 201, "cost": "dużo", "principle": "inna", "goals": 7, "places": [1]}
    body = problem(leader.patch(f"proposals/{ref.id}", wrong, If_Match=tag), 422)
    assert {item["field"] for item in body["missing"]} == set(wrong)  # type: ignore[attr-defined]
    for change in ({}, {"title": None}, {"title": " "}, {"stan": "idea"}):
        assert leader.patch(f"proposals/{ref.id}", change, If_Match=tag).status_code == 422, change
    assert entries(db, ref) == before


# --- steps -----------------------------------------------------------------------------------------------------


def test_a_step_moves_a_proposal(program: ProgramOf, world: World, version_of: VersionOf) -> None:
    ref = world.proposal_in("submitted")
    version = version_of(ref)
    staff = program("staff")
    answer = staff.step(
        ref, "return_for_completion", version, note="Krótko", reasons=["unclear"], explanation="Dopisać."
    )
    assert answer.status_code == 200
    assert (answer.json["state"], answer.json["version"]) == ("returned", version + 1)
    [last] = [one for one in staff.get(f"proposals/{ref.id}/history").json if one["step"] == "return_for_completion"]
    assert (last["from"], last["to"], last["note"], last["actor"]) == (
        "submitted",
        "returned",
        "Krótko",
        world["staff"].id,
    )


def test_a_record_is_noted_through_the_same_door(program: ProgramOf, world: World, version_of: VersionOf) -> None:
    ref = world.proposal_in("submitted")
    answer = program("staff").step(ref, "formal_check", version_of(ref), checks=["complete", "leader"])
    assert (answer.status_code, answer.json["state"]) == (200, "submitted")


def test_refusals_come_in_the_order_of_the_contract(program: ProgramOf, world: World, version_of: VersionOf) -> None:
    ref = world.proposal_in("submitted")
    version = version_of(ref)
    problem(program("visitor").step(ref, "admit", version - 1), 404)
    assert problem(program("leader").step(ref, "admit", version - 1), 403)["code"] == "not_allowed"
    stale = problem(program("staff").step(ref, "admit", version - 1), 409)
    assert (stale["code"], stale["current"]) == ("stale", version)
    assert stale["last"]["step"] == "submit"  # type: ignore[index]
    assert problem(program("staff").step(ref, "settle", version), 409)["code"] == "no_such_step"
    assert problem(program("staff").step(ref, "no-such-step", version), 409)["code"] == "no_such_step"
    unmet = problem(program("staff").step(ref, "admit", version), 422)
    assert [item["code"] for item in unmet["missing"]] == ["no_formal_check", "no_merit_opinion"] or unmet["missing"]  # type: ignore[attr-defined]
    assert all(item["message"] and "who" in item and "until" in item for item in unmet["missing"])  # type: ignore[attr-defined]


def test_whoever_is_late_does_not_learn_of_a_decision_under_embargo(
    program: ProgramOf, world: World, version_of: VersionOf
) -> None:
    ref = world.proposal_in("presented")
    version = version_of(ref)
    world.to_phase(world.edition_of(ref), "selection")
    world.decide(ref, "select")
    assert version_of(ref) == version
    body = problem(program("leader").step(ref, "withdraw", version - 1, reason="Zmiana"), 409)
    assert body["last"]["step"] == "present"  # type: ignore[index]
    told = problem(program("chair").step(ref, "withdraw", version, reason="Zmiana"), 403)
    assert "last" not in told


def test_rights_are_those_of_the_moment(program: ProgramOf, world: World, db: Database, version_of: VersionOf) -> None:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    staff = program("staff")
    assert staff.get(f"proposals/{ref.id}").status_code == 200
    with db.transaction() as tx:
        mine = RoleGrant.person_id == world["staff"].id
        tx.execute(update(RoleGrant).where(mine).values(withdrawn_at=world.now))
    problem(staff.step(ref, "admit", version_of(ref)), 404)
    assert world.state(ref) == "submitted"


@pytest.mark.parametrize("end", ["revoked", "expired", "deactivated"])
def test_a_key_that_has_ended_opens_nothing(program: ProgramOf, world: World, db: Database, end: str) -> None:
    staff = program("staff")
    assert staff.get("proposals").status_code == 200
    with db.transaction() as tx:
        if end == "revoked":
            revoke_all_tokens(tx, world["staff"].id or 0, at=world.now)
        elif end == "expired":
            tx.execute(update(ApiToken).values(expires_at=world.now - timedelta(days=1)))
        else:
            tx.execute(update(Person).where(Person.id == world["staff"].id).values(active=False))
    answer = staff.get("proposals")
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


# --- once ------------------------------------------------------------------------------------------------------


def test_the_same_key_gets_the_same_answer_once(program: ProgramOf, world: World, db: Database) -> None:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    staff = program("staff")
    version = staff.get(f"proposals/{ref.id}").json["version"]
    first = staff.step(ref, "admit", version, key="raz")
    world.take(ref, "ask_for_changes", "leader", reason="Literówka.")
    before = entries(db, ref)
    again = staff.step(ref, "admit", version, key="raz")
    assert again.status_code == first.status_code == 200
    assert again.get_data() == first.get_data()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert entries(db, ref) == before
    other = problem(staff.step(ref, "admit", version, key="raz", note="inne"), 422)
    assert other["code"] == "key_reused"


def test_an_idea_is_recorded_once_for_a_key(program: ProgramOf, world: World) -> None:
    world.edition(key="otwarta")
    mine, idea = program("participant"), {"edition": "otwarta", "title": "Ogród"}
    first = mine.post("proposals", idea, Idempotency_Key="a1")
    again = mine.post("proposals", idea, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_data() == again.get_data()
    assert first.headers["Location"] == again.headers["Location"]
    assert len(mine.get("proposals").json) == 1
    assert problem(mine.post("proposals", {**idea, "title": "Sad"}, Idempotency_Key="a1"), 422)["code"] == "key_reused"
    # Another person's key is another key.
    assert program("leader").post("proposals", idea, Idempotency_Key="a1").json["id"] != first.json["id"]


def test_a_refused_call_leaves_its_key_free(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("submitted")
    staff = program("staff")
    version = staff.get(f"proposals/{ref.id}").json["version"]
    problem(staff.step(ref, "admit", version, key="k"), 422)
    world.verify(ref)
    assert staff.step(ref, "admit", version + 2, key="k").status_code == 200
