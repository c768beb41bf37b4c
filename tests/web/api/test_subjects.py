"""Editions, conferences and agreements are read and moved by programs as proposals are, from the same code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from jsonschema_rs import Draft202012Validator

from tests.agreement import invited, seen
from tests.web.api.conftest import Program
from tests.workflow.selection.test_meetings import Session
from tests.world import World
from web.api import schemas
from web.api.field_schemas import TYPES
from workflow.base.calendar import warsaw_date
from workflow.engine import facts_reader
from workflow.rules.facts import Ref
from workflow.rules.field_types import READERS

ProgramOf = Callable[[str], Program]


@pytest.fixture
def edition(world: World) -> Ref:
    return world.edition("conferences")


@pytest.fixture
def conference(world: World, edition: Ref) -> Ref:
    return world.create("conference", "plan", "staff", edition=edition, number=9, purpose="Nabór",
                        day=warsaw_date(world.now))  # fmt: skip


@pytest.fixture
def agreement(world: World, edition: Ref) -> Ref:
    return world.create("agreement", "draft_agreement", "staff", edition=edition, title="Umowa partnerstwa")


def test_every_kind_of_subject_is_served(nobody: Program) -> None:
    assert set(schemas.KINDS) == set(facts_reader.KINDS)
    paths = nobody.get("openapi.json").json["paths"]
    for kind in facts_reader.KINDS:
        key = "edition_key" if kind == "edition" else f"{kind}_id"
        assert "get" in paths[f"/api/v1/{kind}s/{{{key}}}"]
        assert "post" in paths[f"/api/v1/{kind}s/{{{key}}}/steps/{{name}}"]


def test_an_edition_is_named_by_its_key_or_its_number(program: ProgramOf, world: World, edition: Ref) -> None:
    key = world.facts(edition)["key"]
    by_key = program("staff").get(f"editions/{key}")
    assert by_key.status_code == 200
    assert by_key.json == program("staff").get(f"editions/{edition.id}").json
    assert program("staff").get("editions/9999").status_code == 404


def test_an_edition_lists_its_conferences_and_agreements(
    program: ProgramOf, world: World, edition: Ref, agreement: Ref
) -> None:
    answer = program("staff").get(f"editions/{edition.id}").json
    (row,) = answer["agreements"]
    assert (row["id"], row["title"], row["state"], row["partners"]) == (agreement.id, "Umowa partnerstwa", "draft", 0)
    assert [one["edition"] for one in answer["conferences"]] == [answer["key"]] * len(answer["conferences"])
    assert answer["conferences"]


def test_a_step_of_an_agreement_moves_it(program: ProgramOf, world: World, agreement: Ref) -> None:
    staff = program("staff")
    shown = staff.get(f"agreements/{agreement.id}")
    assert shown.headers["ETag"] == '"1"'
    assert {"name": "open_for_signature", "allowed": False}.items() <= shown.json["steps"][0].items()

    written = staff.step(agreement, "write_text", 1, agreement_text="Strony współpracują.")
    assert (written.status_code, written.json["state"], written.json["version"]) == (200, "draft", 2)
    unread = staff.step(agreement, "open_for_signature", 2, digest="0" * 64)
    assert (unread.status_code, unread.json["missing"][0]["code"]) == (422, "not_read")
    answer = staff.step(agreement, "open_for_signature", 2, digest=seen(world, agreement, "staff"))
    assert (answer.status_code, answer.json["state"], answer.json["version"]) == (200, "open", 3)
    refused = staff.step(agreement, "conclude", 2)
    assert (refused.status_code, refused.json["code"], refused.json["current"]) == (409, "stale", 3)


def test_a_partner_of_an_agreement_is_known_to_the_office_alone(
    program: ProgramOf, world: World, agreement: Ref
) -> None:
    (partner,) = invited(world, agreement, ["Szkoła"])
    staff = program("staff")
    assert staff.get(f"agreement_partners/{partner.id}").json["name"] == "Szkoła"
    assert program("leader").get(f"agreement_partners/{partner.id}").status_code == 404
    moved = staff.step(partner, "refuse", 1, reason="Brak zgody rady.")
    assert (moved.status_code, moved.json["state"]) == (200, "refused")


def test_a_step_of_a_conference_and_of_an_edition_moves_them(
    program: ProgramOf, world: World, edition: Ref, conference: Ref
) -> None:
    staff = program("staff")
    tomorrow = (warsaw_date(world.now) + timedelta(days=1)).isoformat()
    moved = staff.step(conference, "edit_conference", 1, day=tomorrow)
    assert moved.status_code == 200, moved.json
    assert moved.json["version"] == 2
    assert moved.json["starts_at"].startswith(tomorrow)

    version = world.facts(edition).version
    ruled = staff.step(edition, "set_rules", version, minimum_members=4)
    assert (ruled.status_code, ruled.json["version"]) == (200, version + 1)
    assert staff.get(f"editions/{edition.id}").json["minimum_members"] == 4


def test_settings_of_an_edition_are_read_and_changed_by_a_program(
    program: ProgramOf, world: World, edition: Ref
) -> None:
    staff, version = program("staff"), world.facts(edition).version
    changed = staff.step(edition, "change_settings", version, appeal_days=10, parity="none", quorum_share="2/3")
    assert (changed.status_code, changed.json["version"]) == (200, version + 1), changed.json
    read = staff.get(f"editions/{edition.id}").json
    wanted = {"appeal_days": 10, "parity": None, "quorum_share": "2/3", "quorum_strict": False}
    assert {key: read["settings"][key] for key in wanted} == wanted
    refused = staff.step(edition, "change_settings", version + 1, appeal_days=999, parity=33)
    assert (refused.status_code, {problem["field"] for problem in refused.json["missing"]}) == (
        422,
        {"appeal_days", "parity"},
    )
    assert program("leader").step(edition, "change_settings", version + 1, appeal_days=9).status_code == 403


def test_a_step_of_an_edition_is_answered_once_for_a_key(program: ProgramOf, world: World, edition: Ref) -> None:
    version = world.facts(edition).version
    first = program("staff").step(edition, "set_rules", version, key="k1", minimum_members=5)
    again = program("staff").step(edition, "set_rules", version, key="k1", minimum_members=5)
    assert (first.status_code, first.data) == (200, again.data)
    assert world.facts(edition).version == version + 1


def test_whoever_may_not_is_refused(program: ProgramOf, world: World, edition: Ref, agreement: Ref) -> None:
    version = world.facts(edition).version
    assert program("leader").step(edition, "set_rules", version, minimum_members=1).status_code == 403
    assert program("leader").step(agreement, "open_for_signature", 1).status_code == 403
    assert program("staff").step(Ref("agreement", 999), "open_for_signature", 1).status_code == 404


def test_a_draft_edition_and_what_is_in_it_do_not_exist_for_strangers(program: ProgramOf, world: World) -> None:
    world.proposal_in("idea")
    draft = world._draft("szkic", {})
    planned = world.create("conference", "plan", "staff", edition=draft, number=1, purpose="Nabór")
    stranger = program("visitor")
    assert stranger.get("editions/szkic").status_code == 404
    assert stranger.get(f"conferences/{planned.id}").status_code == 404
    assert stranger.step(planned, "open", 1).status_code == 404
    assert program("staff").get(f"conferences/{planned.id}").status_code == 200


def test_a_meeting_is_read_and_moved_by_the_committee_and_does_not_exist_for_others(
    program: ProgramOf, world: World
) -> None:
    session = Session(world)
    chair, meeting = program("chair"), session.meeting
    shown = chair.get(f"meetings/{meeting.id}").json
    assert (shown["body"], shown["state"]) == ("committee", "convened")
    assert "begin" in {step["name"] for step in shown["steps"]}
    session.begin()
    session.move()
    poll = session.open_vote()
    assert chair.get(f"polls/{poll.id}").json["question"] == "Wybrać projekt."
    counted = chair.step(poll, "count", world.facts(poll, "chair").version)
    assert (counted.status_code, counted.json["state"]) == (200, "counted")
    for name in ("leader", "visitor"):
        assert program(name).get(f"meetings/{meeting.id}").status_code == 404
        assert program(name).get(f"polls/{poll.id}").status_code == 404
        assert program(name).step(poll, "count", 2).status_code == 404
        assert program(name).step(Ref("poll", 999), "count", 2).status_code == 404


def test_an_unchanged_conference_is_not_sent_again(program: ProgramOf, conference: Ref) -> None:
    assert program("staff").get(f"conferences/{conference.id}", If_None_Match='"1"').status_code == 304


# --- the document -------------------------------------------------------------------------------------------


def test_the_body_of_a_step_is_made_of_its_fields(nobody: Program) -> None:
    known = nobody.get("openapi.json").json["components"]["schemas"]
    body = Draft202012Validator({**known["local_partnership.return_for_completion"], "components": {"schemas": known}})

    assert body.is_valid({"version": 3, "data": {"reasons": ["unclear"], "explanation": "Proszę dopisać."}})
    assert not body.is_valid({"version": 3, "data": {"reasons": ["invented"], "explanation": "Proszę dopisać."}})
    assert not body.is_valid({"version": 3, "data": {"reasons": ["unclear"], "surprise": 1}})
    assert not body.is_valid({"data": {"reasons": ["unclear"]}})
    assert known["edition.set_rules"]["properties"]["data"]["properties"]["minimum_members"]


def test_every_type_of_field_has_a_schema_except_files() -> None:
    assert READERS.keys() - TYPES.keys() == {"file"}
    assert not TYPES.keys() - READERS.keys()


def test_a_program_plans_a_milestone_and_asks_for_another_day_of_it(program: ProgramOf, world: World) -> None:
    project, today = world.proposal_in("in_implementation"), warsaw_date(world.now)
    mine = program("coordinator")
    planned = {"project": project.id, "title": "Otwarcie", "due_on": (today + timedelta(days=50)).isoformat()}
    first = mine.post("milestones", planned, Idempotency_Key="k1")
    assert (first.status_code, first.json["state"], first.json["number"]) == (201, "planned", 2)
    # The plan is accepted: the day is that of the accepted plan at once, and the row that is answered says so.
    assert first.json["baseline_due_at"] is not None
    assert mine.get(first.headers["Location"]).json["version"] == first.json["version"]
    assert mine.post("milestones", planned, Idempotency_Key="k1").data == first.data
    assert len(world.milestones(project)) == 2
    wanted = {"project": project.id, "change_kind": "date", "milestone_number": 2, "reason": "Deszcz.",
              "new_day": (today + timedelta(days=60)).isoformat()}  # fmt: skip
    asked = mine.post("change_requests", wanted)
    assert (asked.status_code, asked.json["state"]) == (201, "requested")
    change = Ref("change_request", asked.json["id"])
    assert program("staff").step(change, "approve", asked.json["version"]).status_code == 200


def test_what_cannot_be_planned_is_refused_as_on_the_page(program: ProgramOf, world: World) -> None:
    project = world.proposal_in("in_implementation")
    mine = program("coordinator")
    past = mine.post("milestones", {"project": project.id, "title": "Otwarcie", "due_on": "2001-01-01"})
    assert past.status_code == 422
    assert [item["field"] for item in past.json["missing"]] == ["due_on"]
    for wrong in ("1", None, True, -1):
        assert mine.post("milestones", {"project": wrong, "title": "Otwarcie"}).status_code == 422
    assert mine.post("milestones", {"project": 10**6, "title": "Otwarcie"}).status_code == 404
    assert program("visitor").post("milestones", {"project": project.id, "title": "Otwarcie"}).status_code == 404
    assert program("member").post("milestones", {"project": project.id, "title": "Otwarcie"}).status_code == 403
    assert len(world.milestones(project)) == 1
