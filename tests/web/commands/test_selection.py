"""`selection` and `result`: what they print, their exit codes, and one sentence where nothing is counted."""

import json
from pathlib import Path

import pytest

from tests.web.commands.conftest import Run
from tests.workflow.selection.test_hall_votes import Hall
from tests.workflow.selection.test_meetings import Session
from tests.workflow.voting.elections import E1, E1_BALLOTS, E3, E3_BALLOTS
from tests.workflow.voting.results import content
from tests.world import World
from workflow.db.database import Database
from workflow.voting.counting.election import Election
from workflow.voting.counting.profile import Profile
from workflow.voting.pabulib.election_file import ElectionFile, Project
from workflow.voting.pabulib.writer import write
from workflow.voting.results.writing import write_result


def pb_file(folder: Path, election: Election, profile: Profile, **more: int) -> str:
    projects = tuple(Project(option.key, option.cost, f"Projekt {option.key}") for option in election.options)
    ballots = tuple(equal.choice for equal in profile.groups for _ in range(equal.count))
    path = folder / "election.pb"
    path.write_text(write(ElectionFile("approval", election.budget or 0, projects, ballots, **more)), "utf-8")  # type: ignore[arg-type]
    return str(path)


@pytest.fixture
def e1(tmp_path: Path) -> str:
    return pb_file(tmp_path, E1, E1_BALLOTS)


@pytest.fixture
def e3(tmp_path: Path) -> str:
    return pb_file(tmp_path, E3, E3_BALLOTS)


@pytest.mark.parametrize(
    ("words", "selected", "spent"),
    [
        (["greedy"], "ABD", "100000"),
        (["greedy-no-skip"], "AB", "80000"),
        (["greedy-threshold"], "ABD", "100000"),
        (["greedy", "--utility", "cardinality"], "EDBC", "95000"),
        (["equal-shares"], "AC", "75000"),
        (["equal-shares", "--completion", "utilitarian"], "ACD", "95000"),
        (["equal-shares", "--utility", "cardinality"], "EDB", "65000"),
        (["equal-shares-add1-first-exhaustive"], "ACE", "85000"),
    ],
)
def test_count_prints_one_line_of_json(run: Run, e1: str, words: list[str], selected: str, spent: str) -> None:
    code, out, err = run("selection", "count", e1, "--rule", *words, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (sorted(told["selected"]), told["spent"], told["ties"]) == (sorted(selected), spent, [])


def test_an_undecided_tie_exits_1_and_is_named(run: Run, e3: str) -> None:
    code, out, err = run("selection", "count", e3, "--rule", "greedy", "--json")
    assert (code, out) == (1, "")
    assert err == "partnerstwo: undecided boundary tie between C, D, E: give an order with --ties.\n"


@pytest.mark.parametrize(("ties", "last"), [("lexico", "C"), ("E,C,D", "E"), (" D , E , C ", "D")])
def test_a_tie_is_broken_by_the_given_order_and_reported(run: Run, e3: str, ties: str, last: str) -> None:
    code, out, _err = run("selection", "count", e3, "--rule", "greedy", "--ties", ties, "--json")
    assert code == 0
    assert json.loads(out)["selected"] == ["A", "B", last]
    assert json.loads(out)["ties"] == [["C", "D", "E"]]


@pytest.mark.parametrize("ties", ["A,X", "A,A", ""])
def test_an_order_of_unknown_projects_is_wrong_usage(run: Run, e3: str, ties: str) -> None:
    code, out, err = run("selection", "count", e3, "--rule", "greedy", "--ties", ties)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_people_read_names_costs_and_ties(run: Run, e3: str) -> None:
    code, out, _err = run("selection", "count", e3, "--rule", "greedy", "--ties", "lexico")
    assert code == 0
    assert out.splitlines()[0] == "A\t40000\tProjekt A"
    assert out.splitlines()[-2:] == [
        "boundary tie between C, D, E: broken by the given order",
        "3 selected, 100000 of 100000 spent.",
    ]


def test_a_threshold_of_the_file_applies_and_the_withdrawn_leave(run: Run, tmp_path: Path) -> None:
    path = Path(pb_file(tmp_path, E1, E1_BALLOTS, threshold=4))
    path.write_text(path.read_text("utf-8").replace("A;45000;", "A;999999999;"), "utf-8")
    code, out, _err = run("selection", "count", str(path), "--rule", "greedy-no-skip", "--json")
    assert code == 0
    assert json.loads(out)["selected"] == ["B", "C"]


def test_a_malformed_file_exits_1_with_line_and_reason(run: Run, e1: str) -> None:
    text = Path(e1).read_text("utf-8")
    Path(e1).write_text(text.replace("A;45000;", "A;45000.123;"), "utf-8")
    code, out, err = run("selection", "count", e1, "--rule", "greedy")
    assert (code, out) == (1, "")
    assert err.startswith("partnerstwo: Line ")
    assert "'45000.123' is not an amount" in err
    assert err.count("\n") == 1


def test_declared_totals_that_differ_are_a_warning(run: Run, e1: str) -> None:
    text = Path(e1).read_text("utf-8")
    Path(e1).write_text(text.replace("A;45000;6;", "A;45000;7;"), "utf-8")
    code, _out, err = run("selection", "count", e1, "--rule", "greedy")
    assert code == 0
    assert "votes of the project A is 7, but 6 were counted" in err


def test_a_count_without_an_end_is_refused_with_figures(run: Run, tmp_path: Path) -> None:
    far = Election((*E1.options[:1],), 1)
    words = ("selection", "count", pb_file(tmp_path, far, E1_BALLOTS_OF_A), "--rule", "equal-shares-add1-last-feasible")
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert err == "partnerstwo: there is no outcome: too many runs (runs 20000, budget 1, voters 1).\n"


E1_BALLOTS_OF_A = Profile(E1_BALLOTS.method, (type(E1_BALLOTS.groups[0])((("A", 1),), 1),))


@pytest.mark.parametrize("words", [("count",), ("count", "FILE"), ("count", "/nowhere.pb", "--rule", "greedy")])
def test_wrong_usage_of_count(run: Run, e1: str, words: tuple[str, ...]) -> None:
    code, out, err = run("selection", *(e1 if word == "FILE" else word for word in words))
    assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("quick", [[], ["--quick"]])
def test_verify_accepts_a_result(run: Run, tmp_path: Path, quick: list[str]) -> None:
    data = write_result(content(E1, E1_BALLOTS, {"rule": "greedy"}))
    assert isinstance(data, bytes)
    (tmp_path / "result.json").write_bytes(data)
    code, out, err = run("result", "verify", str(tmp_path / "result.json"), *quick)
    assert (code, err) == (0, "")
    assert out.startswith("The result holds: 10 ballots, 5 options, digest ")


def test_verify_says_what_differs(run: Run, tmp_path: Path) -> None:
    data = write_result(content(E1, E1_BALLOTS, {"rule": "greedy"}))
    assert isinstance(data, bytes)
    (tmp_path / "result.json").write_bytes(data.replace(b'"spent":10000000', b'"spent":10000001'))
    code, out, err = run("result", "verify", str(tmp_path / "result.json"))
    assert (code, out) == (1, "")
    assert err.startswith("partnerstwo: digest: the file says ")
    assert err.count("\n") == 1


def test_export_writes_the_result_of_a_vote_and_verify_accepts_it(run: Run, database: Database, tmp_path: Path) -> None:
    session = Session(World(database))
    session.begin()
    poll = session.open_vote(session.move())
    code, out, err = run("result", "export", str(poll.id))
    assert (code, out, err) == (1, "", "partnerstwo: There is nothing here.\n")
    session.vote(poll, chair="for", committee1="for", committee2="against")
    session.world.take(poll, "count", "chair")
    file = str(tmp_path / "wynik.json")
    assert run("result", "export", str(poll.id), "-o", file) == (0, "", "")
    assert run("result", "export", str(poll.id)) == (0, Path(file).read_text("utf-8"), "")
    code, out, _err = run("result", "verify", file)
    assert (code, out.startswith("The result holds: 3 ballots, 3 options")) == (0, True)


@pytest.mark.parametrize("words", [("export",), ("export", "x"), ("export", "0")])
def test_wrong_usage_of_export(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run("result", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_the_ballots_of_an_edition_are_exported_and_counted(run: Run, database: Database, tmp_path: Path) -> None:
    hall = Hall(World(database))
    key = hall.columns["key"]
    code, out, err = run("selection", "export", key)
    assert (code, out, err) == (1, "", "partnerstwo: no ballots were imported for this edition.\n")
    hall.imported()
    file = str(tmp_path / "hall.pb")
    assert run("selection", "export", key, "-o", file) == (0, "", "")
    assert run("selection", "export", key) == (0, Path(file).read_text("utf-8"), "")
    code, out, _err = run("selection", "count", file, "--rule", "greedy", "--json")
    assert (code, json.loads(out)["selected"]) == (0, ["1", "2"])
    assert run("selection", "export", "nie-ma")[0] == 1


def test_the_result_of_a_list_is_written_and_verified(run: Run, database: Database, tmp_path: Path) -> None:
    hall = Hall(World(database))
    hall.change_settings(selection_rule="approval")
    key, file = hall.columns["key"], str(tmp_path / "list.json")
    assert run("result", "list", key)[0] == 1
    hall.imported()
    assert run("result", "list", key, "-o", file) == (0, "", "")
    assert run("result", "list", key) == (0, Path(file).read_text("utf-8"), "")
    assert run("result", "verify", file)[1].startswith("The result holds: 4 ballots, 2 options")
