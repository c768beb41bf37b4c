"""What programs read, by role: editions, proposals, history, lifecycles."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from tests.listening import statements_of
from tests.web.api.conftest import Program
from tests.world import World
from workflow.db.database import Database
from workflow.rules.facts import Ref

ProgramOf = Callable[[str], Program]
ROW = {"id", "number", "title", "edition", "state", "version", "updated_at"}


def test_without_a_key_nothing_is_told(nobody: Program, world: World) -> None:
    ref = world.proposal_in("selected")
    for path in ("editions", "proposals", f"proposals/{ref.id}", f"proposals/{ref.id}/history", "lifecycles"):
        answer = nobody.get(path)
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json["code"] == "no_key"
    assert nobody.ask("DELETE", "openapi.json", headers={}).json["code"] == "wrong_method"
    assert nobody.get("nothing").json["code"] == "not_found"


def test_a_browsers_cookie_is_no_key(app, open_browser, add_person) -> None:  # type: ignore[no-untyped-def]
    add_person("jan@example.org")
    browser = open_browser()
    browser.sign_in("jan@example.org")
    assert browser.client.get("/konto").status_code == 200
    assert browser.client.get("/api/v1/proposals").status_code == 401


def test_a_proposal_says_until_when_its_group_may_hand_in(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("group_work")
    until = world.facts(ref).submission_until
    assert until is not None
    world.take(ref, "extend_submission", "staff", due_on=until.date() + timedelta(days=2), reason="Powódź.")
    longer = world.facts(ref).submission_until
    assert longer is not None
    assert longer > until
    assert program("leader").get(f"proposals/{ref.id}").json["submission_until"] == longer.isoformat()


def test_an_offered_step_says_what_it_asks_for_and_which_body_takes_it(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("submitted")
    staff = program("staff")
    answer = staff.get(f"proposals/{ref.id}").json
    offered = {step["name"]: step for step in (*answer["steps"], *answer["records"])}
    asks = {ask["name"]: ask for ask in offered["return_for_completion"]["asks"]}
    assert asks["explanation"]["type"] == "text"
    assert "unclear" in asks["reasons"]["choices"]
    schemas = staff.get("openapi.json").json["components"]["schemas"]
    for step in offered.values():
        if step["body"]:
            data = schemas[step["body"]]["properties"]["data"]["properties"]
            assert {ask["name"] for ask in step["asks"]} <= set(data), step["name"]
    assert any(step["body"] for step in offered.values())


def test_a_member_of_the_edition_reads_its_proposals(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("idea")
    [row] = program("leader").get("proposals").json
    assert set(row) == ROW
    assert (row["id"], row["state"], row["title"]) == (ref.id, "idea", "Świetlica „Razem”")


def test_outsiders_see_only_what_the_programme_has_decided_for(program: ProgramOf, world: World) -> None:
    idea, selected = world.proposal_in("idea"), world.proposal_in("selected")
    visitor = program("visitor")
    assert selected.id in [row["id"] for row in visitor.get("proposals").json]
    assert idea.id not in [row["id"] for row in visitor.get("proposals").json]
    assert visitor.get(f"proposals/{selected.id}").status_code == 200
    assert visitor.get(f"proposals/{idea.id}").get_data() == visitor.get("proposals/999999").get_data()
    assert visitor.get(f"proposals/{idea.id}").status_code == 404
    assert visitor.get(f"proposals/{idea.id}/history").status_code == 404


def test_lists_and_single_answers_agree_on_what_exists_for_whom(program: ProgramOf, world: World) -> None:
    found = [
        world.proposal_in(state) for state in ("idea", "admitted", "reserve", "not_selected", "settled", "withdrawn")
    ]
    for name in ("visitor", "participant", "admin"):
        asking = program(name)
        listed = {row["id"] for row in asking.get("proposals").json}
        single = {ref.id for ref in found if asking.get(f"proposals/{ref.id}").status_code == 200}
        assert listed >= single
        assert {ref.id for ref in found} & listed == single
        editions = {row["key"] for row in asking.get("editions").json}
        assert {row["edition"] for row in asking.get("proposals").json} <= editions
        assert len(single) == (len(found) if name != "visitor" else 2)


def test_outsiders_read_neither_the_whole_sheet_nor_names(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("selected")
    shown = program("visitor").get(f"proposals/{ref.id}").json
    assert set(shown["sheet"]) == {"title", "summary", "sector", "area", "cost", "places"}
    assert shown["group"] == {"member_count": 3, "leader": None, "coordinator": None, "members": []}
    entries = program("visitor").get(f"proposals/{ref.id}/history").json
    assert {entry["step"] for entry in entries} == {"record_idea", "form_group", "submit", "admit", "present", "select"}
    assert all(entry["actor"] is None and entry["actor_name"] is None and not entry["note"] for entry in entries)


def test_one_proposal_tells_its_sheet_group_and_steps(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("submitted")
    shown = program("leader").get(f"proposals/{ref.id}").json
    assert shown["sheet"]["cost"] == "12500.00"
    assert shown["group"]["leader"] == {"id": world["leader"].id, "name": "Leader", "accepted": True}
    assert len(shown["group"]["members"]) == 3
    steps = {one["name"]: one for one in shown["steps"]}
    assert steps["withdraw"]["allowed"] is True
    assert steps["admit"]["allowed"] is False
    assert "formal_check" in {one["name"] for one in shown["records"]}
    assert "formal_check" not in steps


def test_what_is_missing_is_said_in_the_language_asked_for(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("group_work")
    leader = program("leader")

    def submit(**headers: str) -> tuple[str, str]:
        steps = leader.get(f"proposals/{ref.id}", **headers).json["steps"]
        found = next(one for one in steps if one["name"] == "submit")
        [lack] = found["missing"]
        assert lack["code"] == "sheet_incomplete"
        assert lack["who"] == ["group_leader", "group_member"]
        return found["label"], lack["message"]

    label, message = submit(Accept_Language="en")
    assert label == "Submit the project"
    assert message.startswith("2 of 9 sections of the sheet are ready.")
    assert submit(Accept_Language="pl")[0] == "Zgłoś projekt"
    assert submit() == submit(Accept_Language="pl")


def test_a_decision_not_yet_announced_shows_nowhere(program: ProgramOf, world: World) -> None:
    plain, decided = world.proposal_in("presented"), world.proposal_in("presented")
    for ref in (plain, decided):
        world.to_phase(world.edition_of(ref), "selection")
    world.decide(decided, "select")
    told = []
    for ref in (plain, decided):
        shown = program("leader").get(f"proposals/{ref.id}").json
        told.append([shown["steps"], shown["records"]])
    assert told[0] == told[1]
    select = next(
        step for step in program("chair").get(f"proposals/{decided.id}").json["steps"] if step["name"] == "select"
    )
    assert select["allowed"]


def test_history_is_a_chain_in_order(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("submitted")
    entries = program("staff").get(f"proposals/{ref.id}/history").json
    assert set(entries[0]) >= {"seq", "step", "from", "to", "actor", "at", "note", "prev_hash", "hash"}
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0]["from"] is None
    assert entries[0]["prev_hash"] == ""
    for before, after in pairwise(entries):
        assert after["prev_hash"] == before["hash"]
    assert entries[0]["actor"] == world["leader"].id


def test_an_unchanged_proposal_is_not_sent_again(program: ProgramOf, world: World) -> None:
    ref = world.proposal_in("group_work")
    leader = program("leader")
    first = leader.get(f"proposals/{ref.id}")
    tag = first.headers["ETag"]
    assert tag == f'"{first.json["version"]}"'
    again = leader.get(f"proposals/{ref.id}", If_None_Match=tag)
    assert again.status_code == 304
    assert again.get_data() == b""
    assert leader.get(f"proposals/{ref.id}", If_None_Match='"1"').status_code == 200


def test_answers_are_kept_by_no_cache(program: ProgramOf, world: World) -> None:
    answer = program("leader").get("proposals")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"Authorization", "Accept-Language"} <= set(answer.vary)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_list_comes_in_parts_that_miss_and_repeat_nothing(program: ProgramOf, world: World) -> None:
    edition = world.edition()
    made = [world.idea(edition, title=f"Pomysł {number}").id for number in range(7)]
    staff = program("staff")
    found, path, parts = [], "/api/v1/proposals?limit=3", 0
    while path:
        answer = staff.get(path)
        found += [row["id"] for row in answer.json]
        link = answer.headers.get("Link", "")
        path = link.partition("<")[2].partition(">")[0].removeprefix("http://localhost")
        assert not link or link.endswith('; rel="next"')
        parts += 1
    assert found == made
    assert parts == 3


def test_filters_narrow_a_list(program: ProgramOf, world: World) -> None:
    edition = world.edition(key="probna-a")
    first = world.idea(edition, title="Żłobek w Łącku", area="Łąck", sector="edukacja")
    world.idea(edition, title="Targ", area="Gąbin", sector="gospodarka")
    other = world.idea(world.edition(key="probna-b"), title="Młyn")
    staff = program("staff")

    def ids(query: str) -> list[int]:
        return [row["id"] for row in staff.get(f"proposals?{query}").json]

    assert ids("q=zlobek lack") == [first.id]
    assert ids("area=Łąck") == [first.id]
    assert ids("sector=edukacja&state=idea") == [first.id]
    assert ids("edition=probna-b") == [other.id]
    assert ids("state=settled") == []
    assert ids("edition=nie-ma") == []
    assert ids("q=%25") == []


def test_wrong_filters_are_named(program: ProgramOf) -> None:
    staff = program("staff")
    for query, field in (
        ("limit=0", "limit"), ("limit=1000", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), ("state=x", "state"),
        ("order=title", "order"), ("q=a&q=b", "q"), ("q=" + "a" * 300, "q"), ("area=", "area"),
    ):  # fmt: skip
        answer = staff.get(f"proposals?{query}")
        assert answer.status_code == 422, query
        assert [item["field"] for item in answer.json["missing"]] == [field]


def test_editions_are_read_by_whoever_may(program: ProgramOf, world: World) -> None:
    draft, open_one = world.edition("draft", key="szkic"), world.edition("conferences", key="otwarta")
    assert {row["key"] for row in program("staff").get("editions").json} == {"szkic", "otwarta"}
    assert {row["key"] for row in program("visitor").get("editions").json} == {"otwarta"}
    assert program("visitor").get("editions/szkic").status_code == 404
    shown = program("visitor").get("editions/otwarta").json
    assert shown["id"] == open_one.id
    assert shown["submission_deadline"]
    assert len(shown["conferences"]) == 2
    assert program("staff").get("editions/szkic").json["id"] == draft.id


def test_the_tables_are_read_as_they_are(program: ProgramOf) -> None:
    visitor = program("visitor")
    names = {row["name"] for row in visitor.get("lifecycles").json}
    assert names >= {"local_partnership", "edition"}
    table = visitor.get("lifecycles/local_partnership", Accept_Language="en").json
    assert len(table["states"]) == 18
    submit = next(row for row in table["steps"] if row["name"] == "submit")
    assert (submit["from"], submit["to"], submit["label"]) == (["group_work"], "submitted", "Submit the project")
    assert visitor.get("lifecycles/local_partnership?version=99").status_code == 404
    assert visitor.get("lifecycles/nothing").status_code == 404


def count(db: Database, work: Callable[[], object]) -> int:
    """How many statements some work sends."""
    with statements_of(db) as sent:
        work()
    return len(sent)


def test_reading_costs_as_many_statements_for_few_as_for_many(program: ProgramOf, world: World, db: Database) -> None:
    ref = world.proposal_in("submitted")
    staff = program("staff")
    staff.get("proposals")
    few = count(db, lambda: staff.get("proposals"))
    one = count(db, lambda: staff.get(f"proposals/{ref.id}"))
    past = count(db, lambda: staff.get(f"proposals/{ref.id}/history"))
    edition = world.edition_of(ref)
    for number in range(12):
        world.idea(edition, title=f"Pomysł {number}")
    assert count(db, lambda: staff.get("proposals")) == few <= 8
    assert count(db, lambda: staff.get(f"proposals/{ref.id}")) == one <= 10
    assert count(db, lambda: staff.get(f"proposals/{ref.id}/history")) == past <= 10


def test_taking_a_step_that_sets_terms_costs_few_statements(
    program: ProgramOf, world: World, db: Database, version_of: Callable[[Ref], int]
) -> None:
    ref = world.proposal_in("submitted")
    staff = program("staff")
    version = staff.get(f"proposals/{ref.id}").json["version"]
    data = {"reasons": ["unclear"], "explanation": "Dopisać."}
    # On SQLite each table that is written to takes a statement of its own; reading and answering take six.
    assert count(db, lambda: staff.step(ref, "return_for_completion", version, key="k", **data)) <= 13
    assert world.state(ref) == "returned"


def test_taking_a_step_costs_few_statements(program: ProgramOf, world: World, db: Database, version_of) -> None:  # type: ignore[no-untyped-def]
    ref: Ref = world.proposal_in("submitted")
    world.verify(ref)
    staff = program("staff")
    staff.get("proposals")
    version = version_of(ref)
    assert count(db, lambda: staff.step(ref, "admit", version, key="k")) <= 12
    assert world.state(ref) == "admitted"
