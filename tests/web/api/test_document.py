"""The OpenAPI document says what the calls do, and the calls do what it says: whatever is thrown at them."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import builds, one_of, sampled_from
from jsonschema_rs import Draft202012Validator, meta
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from tests.web.api.conftest import Program
from tests.world import World

DOCUMENT = "/api/v1/openapi.json"
# A step that is asked for rightly may still be refused for its guards, and a list's cursor may lead past its end.
ACCEPTED = ["2xx", "304", "403", "404", "409", "412", "422"]
REFUSED = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
EXAMPLES = 4
# Steps whose fields are of every type, of each kind of subject.
STEPS = {"withdraw", "edit_sheet", "formal_check", "suspend", "name_leader", "set_rules", "set_calendar", "postpone",
         "hold", "conclude", "set_terms", "invite_again", "edit", "refuse", "withdraw_motion", "annul"}  # fmt: skip


def test_the_document_is_open_to_all_and_valid(nobody: Program) -> None:
    answer = nobody.get(DOCUMENT)
    assert answer.status_code == 200
    document = answer.json
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for name, shape in document["components"]["schemas"].items():
        assert meta.is_valid(shape), name
        Draft202012Validator({**shape, "components": document["components"]})
    known = set(document["components"]["schemas"])
    assert set(re.findall(r'"#/components/schemas/([\w.]+)"', answer.text)) == known


def test_every_call_is_in_the_document_and_nothing_else(app: Flask, nobody: Program) -> None:
    document = nobody.get(DOCUMENT).json
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    assert routes == {(path, method) for path, item in document["paths"].items() for method in item}
    names = [call["operationId"] for item in document["paths"].values() for call in item.values()]
    assert len(names) == len(set(names))


def test_a_stranger_learns_what_answers_carry_and_that_they_may_grow(nobody: Program) -> None:
    document = nobody.get(DOCUMENT).json
    calls = {(path, method): call for path, item in document["paths"].items() for method, call in item.items()}
    for (path, method), call in calls.items():
        for status in ("429", "503"):
            assert "Retry-After" in call["responses"][status]["headers"], (path, method)
        asks_for_version = any(item["name"] in ("If-Match", "If-None-Match") for item in call["parameters"])
        for status, answer in call["responses"].items():
            if asks_for_version and status[0] in "23":
                assert "ETag" in answer["headers"], (path, method, status)
            if status == "201":
                assert {"ETag", "Location"} <= set(answer["headers"]), (path, method)
    asked = str([call.get("requestBody") for call in calls.values()])
    bodies = set(re.findall(r"#/components/schemas/([\w.]+)", asked))
    for name, shape in document["components"]["schemas"].items():
        if name != "Sheet":
            assert (shape.get("additionalProperties") is False) == (name in bodies), name
    assert "code" in document["components"]["schemas"]["Problem"]["required"]


@pytest.fixture
def addresses(world: World) -> list[dict[str, Any]]:
    """Values for addresses that exist."""
    proposals = [world.proposal_in(state) for state in ("idea", "submitted", "selected")]
    edition = world.edition_of(proposals[-1])
    world.create("agreement", "draft_agreement", "staff", edition=edition, title="Umowa")
    world.prepare_start(proposals[-1])
    change = world.request_change(proposals[-1])
    (milestone,) = world.milestones(proposals[-1])
    numbers = {"edition_key": "test-0", "conference_id": 1, "agreement_id": 1, "milestone_id": milestone.id,
               "change_request_id": change.id}  # fmt: skip
    return [
        *({"proposal_id": ref.id, "name": name, **numbers} for ref in proposals for name in STEPS),
        {"name": "local_partnership"},
    ]


@pytest.mark.slow
def test_whatever_comes_is_answered_as_the_document_says(
    app: Flask, key_of: Callable[[str], str], addresses: list[dict[str, Any]]
) -> None:
    """Each call is made by the leader and by the office: inventing it takes longer than answering it."""
    config = SchemathesisConfig(seed=2017)
    # Values are invented from the document alone: the program's own words, read out of all its sources, would make them
    # others with each change of it, and looking through them takes a fifth of the time.
    config.projects.default.analysis.constants.enabled = False
    checks = config.projects.default.checks
    checks.negative_data_rejection.expected_statuses = REFUSED
    checks.positive_data_acceptance.expected_statuses = ACCEPTED
    document = exact(with_few_steps(app.test_client().get(DOCUMENT).json))
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = app
    callers = {who: {"Authorization": f"Bearer {key_of(who)}"} for who in ("leader", "staff")}
    asked: dict[str, Counter[int]] = {who: Counter() for who in callers}

    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode == GenerationMode.NEGATIVE and operation.path == DOCUMENT:
                continue  # It takes nothing, so nothing of it can be wrong.
            cases = operation.as_strategy(generation_mode=mode)
            # What is wrong on purpose in an address has to stay wrong.
            known = addresses if mode == GenerationMode.POSITIVE else []
            if mode == GenerationMode.NEGATIVE and operation.body:
                cases = one_of(cases, builds(at, wrong_body(operation, addresses[0]), sampled_from(addresses)))

            @seed(2017)
            @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
            @given(case=cases, address=sampled_from([*known, {}]))
            def ask(case: Any, address: dict[str, Any]) -> None:
                at(case, address)
                for who, headers in callers.items():
                    answer = case.call(headers=headers)
                    case.validate_response(answer, headers=headers)
                    asked[who][answer.status_code] += 1

            ask()
    for statuses in asked.values():
        assert statuses[200] > 20, asked
        assert max(statuses) < 500
        assert {200, 404, 422} <= set(statuses), asked


def exact(shape: Any) -> Any:
    """The document without the leave to grow, so that nothing is answered that it does not name."""
    if isinstance(shape, list):
        return [exact(part) for part in shape]
    if not isinstance(shape, dict):
        return shape
    parts = {name: exact(part) for name, part in shape.items()}
    named = shape.get("type") == "object" and isinstance(shape.get("properties"), dict)
    return {"additionalProperties": False, **parts} if named else parts


def with_few_steps(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the bodies of some steps only, of every type of field: inventing one of a hundred takes long."""
    for item in document["paths"].values():
        for call in item.values():
            schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "anyOf" in schema:
                schema["anyOf"] = [body for body in schema["anyOf"] if body["$ref"].rpartition(".")[2] in STEPS]
                assert schema["anyOf"], "no step of this kind is tried"
    return document


def at(case: Any, address: dict[str, Any]) -> Any:
    """The call, at an address that exists as far as its names go."""
    for name in set(case.path_parameters or {}) & set(address):
        case.path_parameters[name] = address[name]
    return case


def wrong_body(operation: Any, address: dict[str, Any]) -> Any:
    """Calls that are wrong in their body alone."""
    wanted = {one.name for one in operation.path_parameters}
    given_names = {name: value for name, value in address.items() if name in wanted}
    return operation.as_strategy(
        generation_mode=GenerationMode.NEGATIVE, path_parameters=given_names, headers={"If-Match": "*"}
    )
