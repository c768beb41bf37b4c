"""Result files: both verifiers accept every file that is written and refuse every change of one field."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflow.voting.elections import E1, E1_BALLOTS, E2, E2_BALLOTS, E3, E3_BALLOTS, THOUSAND, elections
from tests.workflow.voting.results import content, motion
from tests.workflow.voting.test_pure import VERIFIER
from workflow.voting.counting.ballots import Method
from workflow.voting.counting.election import Election, Undecided
from workflow.voting.counting.profile import Profile
from workflow.voting.results.canonical import canonical, digest, sealed
from workflow.voting.results.structure import ResultDiffers
from workflow.voting.results.verification import verify_result
from workflow.voting.results.writing import BrokenBy, TieBreak, write_result
from workflow.voting.verifier import verify_result as alone

# The second verifier has no type hints.
verify_alone: Any = alone.verify
DRAW = TieBreak(BrokenBy.DRAW)
REFUSED = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def made(given: dict[str, Any], tie_break: TieBreak | None = DRAW) -> bytes:
    data = write_result(given, tie_break)
    assert isinstance(data, bytes)
    return data


FILES = {
    "greedy": lambda: made(content(E1, E1_BALLOTS, {"rule": "greedy", "threshold": 1})),
    "greedy, decisive tie": lambda: made(content(E3, E3_BALLOTS, {"rule": "greedy"})),
    "no skip, counts": lambda: made(content(E1, E1_BALLOTS, {"rule": "greedy-no-skip"}, numbered=False)),
    "per zloty": lambda: made(content(E1, E1_BALLOTS, {"rule": "greedy", "utility": "cardinality"})),
    "equal shares, decisive tie": lambda: made(content(E3, E3_BALLOTS, {"rule": "equal-shares"})),
    "first exhaustive": lambda: made(
        content(E2, E2_BALLOTS, {"rule": "equal-shares-add1-first-exhaustive", "step": THOUSAND, "utilitarian": True})
    ),
    "last feasible": lambda: made(
        content(E2, E2_BALLOTS, {"rule": "equal-shares-add1-last-feasible", "step": THOUSAND})
    ),
    "adopted": lambda: made(motion(5, 0, 1, (2, 2, 2)), None),
    "lost": lambda: made(motion(2, 3, 0, (2, 2, 1)), None),
    "above parity": lambda: made(motion(5, 0, 0, (3, 1, 1)), None),
}


@pytest.mark.parametrize("name", FILES)
def test_both_verifiers_accept_what_is_written(name: str) -> None:
    data = FILES[name]()
    for quick in (False, True):
        verify_result(data, quick=quick)
        verify_alone(data, quick)


def test_what_was_decided_stands_in_the_file() -> None:
    outcome = {name: json.loads(FILES[name]())["outcome"] for name in FILES}
    assert outcome["greedy"]["order"] == ["A", "B", "D"]
    assert outcome["greedy"]["scores"]["A"] == "6/1"
    assert outcome["greedy"]["reserve"] == ["C", "E"]
    assert (outcome["last feasible"]["increment"], outcome["last feasible"]["feasible_before"]) == (7, True)
    assert outcome["adopted"]["selected"] == ["for"]
    assert outcome["lost"]["selected"] == outcome["above parity"]["selected"] == []
    assert outcome["above parity"]["figures"] == {
        "S": 9, "R": 1, "P": 5, "F": 5, "A": 0, "B": 0, "V_s": {"a": 3, "b": 1, "c": 1},
        "quorum": True, "majority": True, "parity": False,
    }  # fmt: skip


def test_an_undecided_tie_gives_no_file() -> None:
    assert isinstance(write_result(content(E3, E3_BALLOTS, {"rule": "greedy"})), Undecided)


def test_the_chair_breaks_a_tie_by_an_order() -> None:
    by_chair = TieBreak(BrokenBy.CHAIR, ("E", "D", "C"))
    file = verify_result(made(content(E3, E3_BALLOTS, {"rule": "greedy"}), by_chair))
    assert file["outcome"]["order"] == ["A", "B", "E"]
    assert file["ties"][0] == {
        "kind": "boundary", "members": ["C", "D", "E"], "decisive": True, "broken_by": "chair", "order": ["E", "D", "C"],
    }  # fmt: skip


# --- changes ---------------------------------------------------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a content, from the outermost to the innermost."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from places(item, (*path, name))


def changed(data: bytes, path: tuple[Any, ...], *, remove: bool) -> dict[str, Any]:
    """A copy in which one place has another value, or is not there."""
    file: dict[str, Any] = json.loads(data)
    parent: Any = file
    for name in path[:-1]:
        parent = parent[name]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = other(parent[path[-1]])
    return file


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "0"
    return {"x": 1} if isinstance(value, dict) else [*value, "x"] if value is not None else 1


def refused_by_both(data: bytes) -> tuple[bool, bool]:
    refusals = [False, False]
    try:
        verify_result(data)
    except ResultDiffers:
        refusals[0] = True
    try:
        verify_alone(data, quick=False)
    except REFUSED:
        refusals[1] = True
    return refusals[0], refusals[1]


@pytest.mark.parametrize("remove", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_every_change_of_one_place_is_refused_by_both(name: str, remove: bool) -> None:
    data = FILES[name]()
    accepted = [
        path
        for path in places(json.loads(data))
        if refused_by_both(canonical(changed(data, path, remove=remove))) != (True, True)
    ]
    assert accepted == []


def resealed(file: dict[str, Any]) -> bytes:
    rules = {name: value for name, value in file["rules"].items() if name != "digest"}
    return sealed({**file, "rules": {**rules, "digest": digest(rules)}})


@pytest.mark.parametrize("name", FILES)
def test_who_changes_a_result_and_its_digests_too_is_found_by_the_count(name: str) -> None:
    data = FILES[name]()
    for path in places(json.loads(data)):
        if path[0] in {"outcome", "ties"}:
            file = changed(data, path, remove=False)
            with pytest.raises(ResultDiffers):
                verify_result(resealed(file))
        if path[0] == "outcome":
            with pytest.raises(REFUSED):
                verify_alone(resealed(file), quick=False)


@pytest.mark.parametrize("name", FILES)
def test_a_ballot_more_or_less_is_found_whoever_seals_it(name: str) -> None:
    for change in (1, -1):
        file = json.loads(FILES[name]())
        if "count" in file["ballots"][0]:
            file["ballots"][0]["count"] += change
        else:
            file["ballots"] = (
                file["ballots"][:-1] if change < 0 else [*file["ballots"], {"number": "X", "choice": ["A"]}]
            )
        assert refused_by_both(resealed(file)) == (True, True)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda file: file["draw"].update(seed="other"), "draw.commitment"),
        (lambda file: file["draw"].update(word="other"), "ties[1].order"),
        (lambda file: file.update(draw=None), "draw"),
        (lambda file: file["ties"][0].update(broken_by=""), "ties[1].broken_by"),
        (lambda file: file["ties"][0].update(decisive=False), "ties"),
        (lambda file: file["ties"].clear(), "ties"),
        (lambda file: file["ballots"][0].update(choice=["X"]), "ballots[1].choice"),
        (lambda file: file["ballots"][0].update(choice=["A", "A"]), "ballots[1].choice"),
        (lambda file: file["ballots"][0].update(choice={"A": 1}), "ballots[1].choice"),
        (lambda file: file["ballots"][1].update(number=file["ballots"][0]["number"]), "ballots"),
        (lambda file: file["ballots"].reverse(), "ballots"),
        (lambda file: file.update(missing=0), "electorate.voted"),
        (lambda file: file["electorate"].update(size=3), "electorate"),
        (lambda file: file["options"].append(file["options"][0]), "options"),
        (lambda file: file.update(budget=-1), "result.budget"),
        (lambda file: file.update(extra=1), "result"),
        (lambda file: file.update(edition="x"), "poll"),
        (lambda file: file["rules"]["parameters"].update(rule="lottery"), "rules.parameters"),
        (lambda file: file["rules"].update(method="telepathy"), "ballots"),
        (lambda file: file["outcome"].update(spent=1), "outcome.spent"),
        (lambda file: file["outcome"]["scores"].update(A="1/1"), "outcome.scores.A"),
        (lambda file: file["outcome"]["selected"].append("E"), "outcome.selected"),
    ],
)
def test_the_first_difference_is_named(change: Any, where: str) -> None:
    file = json.loads(FILES["greedy, decisive tie"]())
    change(file)
    with pytest.raises(ResultDiffers) as refused:
        verify_result(resealed(file))
    assert refused.value.where == where
    assert refused.value.say("en").startswith(f"{where}: ")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b"null", b'{"schema":"result/1"}', b"[" * 100_000])
def test_what_is_no_result_is_refused(data: bytes) -> None:
    with pytest.raises(ResultDiffers):
        verify_result(data)


def test_another_form_of_the_same_content_is_refused() -> None:
    data = json.dumps(json.loads(FILES["greedy"]()), indent=1).encode()
    with pytest.raises(ResultDiffers, match="not the canonical form"):
        verify_result(data)


def test_quick_finds_an_increment_that_is_not_the_last() -> None:
    file = json.loads(FILES["last feasible"]())
    for increment in (6, 8):
        file["outcome"]["increment"] = increment
        with pytest.raises(ResultDiffers):
            verify_result(resealed(file), quick=True)


def test_separate_lists_of_receipts_and_choices_are_counted_against_each_other() -> None:
    given = content(E1, E1_BALLOTS, {"rule": "greedy"}, numbered=False)
    receipts = [f"R{place}" for place in range(10)]
    verify_result(made({**given, "receipts": receipts}))
    with pytest.raises(ResultDiffers, match="the file says 9, the count gives 10"):
        verify_result(made({**given, "receipts": receipts[:-1]}))


METHODS = (Method.APPROVE, Method.POINTS, Method.RANK)
PARAMETERS = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(["places", "greedy", "greedy-no-skip", "equal-shares", "equal-shares-add1-first-exhaustive",
                                 "equal-shares-add1-last-feasible"]),
        "utility": st.sampled_from(["cost", "cardinality", "points"]),
        "utilitarian": st.booleans(), "threshold": st.integers(0, 2), "needs_vote": st.booleans(), "max_choices": st.just(4),
        "step": st.just(50),
    }
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(elections(METHODS), PARAMETERS, st.booleans())
def test_the_naive_count_of_the_second_verifier_equals_the_fast_one(
    election: tuple[Election, Profile], parameters: dict[str, Any], numbered: bool
) -> None:
    # As many places as there can be: a rule of places needs a number.
    options, profile = election
    assume(parameters["rule"] != "places" or options.places is not None)
    data = made(content(options, profile, parameters, numbered=numbered))
    for quick in (False, True):
        verify_result(data, quick=quick)
        verify_alone(data, quick)


def test_the_second_verifier_runs_alone(tmp_path: Path) -> None:
    program, file = tmp_path / "verify.py", tmp_path / "result.json"
    shutil.copy(VERIFIER, program)
    file.write_bytes(FILES["greedy"]())
    command = [sys.executable, "-I", "-S", str(program), str(file)]
    held = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (held.returncode, held.stdout) == (0, "The result holds.\n")
    file.write_bytes(FILES["greedy"]().replace(b'"spent":10000000', b'"spent":10000001'))
    refused = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert refused.returncode == 1
    assert "digest" in refused.stderr
