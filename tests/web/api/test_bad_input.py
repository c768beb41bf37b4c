"""Bad input gets 400, 413, 415 or 422 and the name of its field, never 500; and nothing is written."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.web.api.conftest import Program
from tests.world import World
from workflow.db.database import Database
from workflow.models import HistoryEntry, UsedKey
from workflow.rules.facts import Ref

ProgramOf = Callable[[str], Program]
JSON = {"Content-Type": "application/json"}
DEEP = "[" * 100_000 + "]" * 100_000
LESS_DEEP = "[" * 300 + "]" * 300

# (body as bytes, status, the field that is named or None)
BODIES: list[tuple[bytes, int, str | None]] = [
    (b"", 400, None),
    (b"{", 400, None),
    (b"null", 400, None),
    (b"[]", 400, None),
    (b'"text"', 400, None),
    (b"{'version': 1}", 400, None),
    (b'{"version": NaN}', 400, None),
    (b'{"version": -Infinity}', 400, None),
    (b'{"version": 1} {"version": 1}', 400, None),
    (b'\xff\xfe{"version": 1}', 400, None),
    (b'{"note": "\xc3\x28"}', 400, None),
    (b'\xef\xbb\xbf{"version": 1}', 400, None),
    (b'{"version": 1, "version": 2}', 400, None),
    (b'{"version": 1, "data": {"reason": "a", "reason": "b"}}', 400, None),
    (DEEP.encode(), 400, None),
    (b'{"version": 1, "data": ' + DEEP.encode() + b"}", 400, None),
    (b'{"version": 1, "data": {"reason": ' + LESS_DEEP.encode() + b"}}", 422, "reason"),
    (b'{"version": ' + b"9" * 5000 + b"}", 400, None),
    (b'{"version": ' + b"9" * 400 + b"}", 422, "version"),
    (b'{"version": 1e400}', 422, "version"),
    (b'{"version": 1.0}', 422, "version"),
    (b'{"version": true}', 422, "version"),
    (b'{"version": "1"}', 422, "version"),
    (b'{"version": null}', 422, "version"),
    (b'{"version": -1}', 422, "version"),
    (b"{}", 422, "version"),
    (b'{"version": 1, "note": 5}', 422, "note"),
    (b'{"version": 1, "note": "\\u0000"}', 422, "note"),
    (b'{"version": 1, "note": "\\ud800"}', 422, "note"),
    (json.dumps({"version": 1, "note": "x" * 20_001}).encode(), 422, "note"),
    (b'{"version": 1, "data": []}', 422, "data"),
    (b'{"version": 1, "data": "x"}', 422, "data"),
    (b'{"version": 1, "data": {"reason": "a\\u0000b"}}', 422, "reason"),
    (b'{"version": 1, "data": {"reason": "\\udfff"}}', 422, "reason"),
    (b'{"version": 1, "data": {"re\\u0000ason": "x"}}', 422, "re?ason"),
    (b'{"version": 1, "actor": 1}', 422, "actor"),
    (b'{"version": 1, "state": "settled"}', 422, "state"),
    (b'{"version": 1, "key": "x"}', 422, "key"),
]


def counted(db: Database) -> tuple[int, ...]:
    with db.reading() as tx:
        return tuple(
            tx.execute(select(func.count()).select_from(model)).scalar_one() for model in (HistoryEntry, UsedKey)
        )


def fields(body: Any) -> list[str]:
    return [item["field"] for item in body.get("missing", [])]


def test_bodies_that_are_wrong_are_refused_by_name(program: ProgramOf, ref: Ref, db: Database) -> None:
    leader, before = program("leader"), counted(db)
    for body, status, field in BODIES:
        for method, path in (("POST", f"proposals/{ref.id}/steps/withdraw"),):
            answer = leader.ask(method, path, headers={**JSON, "Idempotency-Key": "k"}, data=body)
            assert answer.status_code == status, (body[:80], answer.text)
            assert answer.content_type == "application/problem+json"
            assert answer.json["code"]
            assert field is None or field in fields(answer.json), (body[:80], answer.text)
    assert counted(db) == before


def test_every_writing_call_reads_its_body_the_same_way(program: ProgramOf, ref: Ref, db: Database) -> None:
    leader, before = program("leader"), counted(db)
    calls = (("POST", "proposals"), ("PATCH", f"proposals/{ref.id}"), ("POST", f"proposals/{ref.id}/steps/withdraw"))
    for method, path in calls:
        for body, *_more in BODIES:
            answer = leader.ask(method, path, headers={**JSON, "If-Match": "*"}, data=body)
            assert answer.status_code in (400, 422), (method, path, body[:80])
    assert counted(db) == before


def test_a_doubled_field_is_named(program: ProgramOf, ref: Ref) -> None:
    answer = program("leader").ask(
        "POST", f"proposals/{ref.id}/steps/withdraw", headers={**JSON, "Accept-Language": "en"},
        data=b'{"version": 1, "version": 2}',
    )  # fmt: skip
    assert "version" in answer.json["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x"])
def test_other_content_is_refused(program: ProgramOf, ref: Ref, db: Database, kind: str) -> None:
    before = counted(db)
    headers = {"Content-Type": kind} if kind else {}
    path = f"proposals/{ref.id}/steps/withdraw"
    answer = program("leader").ask("POST", path, headers=headers, data=b'{"version": 1}')
    assert answer.status_code == 415
    assert answer.content_type == "application/problem+json"
    assert counted(db) == before


def test_too_large_a_body_is_refused(program: ProgramOf, ref: Ref, db: Database) -> None:
    before = counted(db)
    path = f"proposals/{ref.id}/steps/withdraw"
    answer = program("leader").ask("POST", path, headers=JSON, data=b'{"note": "' + b"x" * 9_000_000 + b'"}')
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "too_large"
    assert counted(db) == before


WRONG_ANSWERS: dict[str, list[Any]] = {
    "cost": ["dużo", -1, "1e999999", "1e-5", "NaN", "sNaN", "Infinity", True, [], {}, 10**30, 1.005, "9" * 400],
    "title": [1, [], {}, True, "x" * 201, "\ufdd0" * 201],
    "principle": ["inna", 1, [], {}, ["plug_leaks"]],
    "places": [1, {}, [1], [[]], ["x" * 201], "x" * 4001],
    "goals": ["x" * 20_001, 3, ["x"]],
    "nothing": ["x"],
}


def test_wrong_answers_to_a_step_are_named(program: ProgramOf, ref: Ref, db: Database) -> None:
    leader, before = program("leader"), counted(db)
    version = leader.get(f"proposals/{ref.id}").json["version"]
    for name, values in WRONG_ANSWERS.items():
        for value in values:
            answer = leader.step(ref, "edit_sheet", version, **{name: value})
            assert answer.status_code == 422, (name, str(value)[:40], answer.text)
            assert fields(answer.json) == [name]
    assert counted(db) == before


def test_wrong_answers_of_other_kinds_are_named(program: ProgramOf, world: World, db: Database) -> None:
    submitted = world.proposal_in("submitted")
    staff, before = program("staff"), counted(db)
    version = staff.get(f"proposals/{submitted.id}").json["version"]
    good = {"reasons": ["unclear"], "explanation": "Dopisać."}
    for name, values in {
        "due_on": ["jutro", 1, [], {}, "2026-13-01", "0000-00-00", "9" * 50, True, 1e300],
        "reasons": [["inny"], [1], {}, 1, [[]], ["unclear", "inny"]],
    }.items():
        for value in values:
            answer = staff.step(submitted, "return_for_completion", version, **{**good, name: value})
            assert answer.status_code == 422, (name, value, answer.text)
            assert name in fields(answer.json)
    for person in ("x", [], {}, True, -1, 10**40, 1.5, None):
        answer = staff.step(submitted, "name_leader", version, person=person)
        assert answer.status_code == 422, person
        assert fields(answer.json) == ["person"]
    assert staff.step(submitted, "name_leader", version, person=10**10).status_code == 422
    assert counted(db) == before


@pytest.mark.parametrize("key", ["", "x" * 201, "zażółć".encode().decode("latin-1"), "a\tb"])
def test_wrong_keys_are_refused(program: ProgramOf, ref: Ref, db: Database, key: str) -> None:
    before = counted(db)
    body = {"version": 1, "data": {}}
    answer = program("leader").post(f"proposals/{ref.id}/steps/submit", body, Idempotency_Key=key)
    assert answer.status_code == 422
    assert fields(answer.json) == ["Idempotency-Key"]
    assert counted(db) == before


def test_unknown_addresses_and_methods_are_told_as_problems(program: ProgramOf, nobody: Program, ref: Ref) -> None:
    staff = program("staff")
    for path in ("nothing", "proposals/0", "proposals/x", f"proposals/{2**63}", f"proposals/{2**63 - 1}", "proposals/-1",
                 "editions/nie-ma", "lifecycles/nie-ma", f"proposals/{ref.id}/nothing"):  # fmt: skip
        answer = staff.get(path)
        assert answer.status_code == 404, path
        assert answer.content_type == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        answer = nobody.ask(method, "proposals", headers={})
        assert answer.status_code == 405, method
        assert answer.content_type == "application/problem+json"
        assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["proposals?q=%00", "proposals?q=%ff", "proposals?%00=1", "proposals?edition=%ed%a0%80"]
)
def test_wrong_text_in_an_address_is_refused(program: ProgramOf, path: str) -> None:
    answer = program("staff").get(path)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_a_wrong_name_of_a_step_is_no_such_step(program: ProgramOf, ref: Ref) -> None:
    leader = program("leader")
    for name in ("x" * 500, "%F0%9F%92%A9", "submit;drop", "undo", "..", "Submit"):
        answer = leader.post(f"/api/v1/proposals/{ref.id}/steps/{name}", {"version": 1})
        assert answer.status_code in (404, 409), name
    assert leader.post(f"proposals/{ref.id}/steps/a%00b", {"version": 1}).status_code == 400


def test_keys_that_are_no_keys_open_nothing(app: Any) -> None:
    for value in ("Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer " + "x" * 5000, "bearer a b", "x",
                  "Bearer \xff", 'Bearer realm="x"'):  # fmt: skip
        answer = Program(app.test_client()).ask("GET", "proposals", headers={"Authorization": value})
        assert answer.status_code == 401, value
