"""Pabulib files: what is accepted, and every malformed line refused with its number and the reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.voting.elections import choices
from workflow.voting.counting.ballots import Method
from workflow.voting.pabulib.election_file import METHODS, WITHDRAWN_COST, ElectionFile, MalformedFile, Project
from workflow.voting.pabulib.reader import read
from workflow.voting.pabulib.writer import write

APPROVAL = """META
key;value
description;Test
num_projects;3
num_votes;4
budget;1000.5
vote_type;approval
rule;greedy
min_project_score_threshold;2
max_length;2
PROJECTS
project_id;cost;votes;name;selected
2023/A;400;3;"Trees; ""green"" ones";1
c12;999999999;1;Withdrawn;0
7;600.75;0;Path;0
VOTES
voter_id;vote;age;sex
1;2023/A,c12;44;F
2;2023/A;17;M
9;2023/A;8;F
12;;50;M
"""
CUMULATIVE = """META
key;value
num_projects;2
num_votes;2
budget;1000
vote_type;cumulative
max_sum_points;5
PROJECTS
project_id;cost
A;400
B;600
VOTES
voter_id;vote;points
1;A,B;3,2
2;B;4
"""


def lines_of(text: str) -> bytes:
    return text.encode("utf-8")


def test_a_file_is_read() -> None:
    file = read(lines_of(APPROVAL))
    assert (file.budget, file.threshold, file.max_length, file.method) == (100_050, 2, 2, Method.APPROVE)
    assert file.projects[0] == Project("2023/A", 40_000, 'Trees; "green" ones', "", "1")
    assert [project.withdrawn for project in file.projects] == [False, True, False]
    assert file.projects[2].cost == 60_075
    assert file.ballots == ((("2023/A", 1), ("c12", 1)), (("2023/A", 1),), (("2023/A", 1),), ())
    assert (file.profile.voters, file.warnings) == (4, ())


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + lines_of(APPROVAL),
        lines_of(APPROVAL.replace("\n", "\r\n")),
        lines_of(APPROVAL + "\n\n"),
        lines_of(APPROVAL.replace("1;2023/A,c12;", '1;"2023/A, c12";')),
    ],
    ids=["BOM", "CRLF", "blank lines", "quoted list"],
)
def test_the_same_in_another_form_is_the_same(content: bytes) -> None:
    assert read(content) == read(lines_of(APPROVAL))


def test_optional_columns_may_be_missing() -> None:
    file = read(lines_of(CUMULATIVE))
    assert file.ballots == ((("A", 3), ("B", 2)), (("B", 4),))
    assert file.projects == (Project("A", 40_000), Project("B", 60_000))


def test_a_whole_number_may_have_zeros_after_a_point() -> None:
    file = read(lines_of(APPROVAL.replace("num_votes;4", "num_votes;4.0").replace("400;3;", "400;3.0;")))
    assert (len(file.ballots), file.warnings) == (4, ())


def test_declared_totals_that_differ_are_a_warning_with_both_figures() -> None:
    file = read(lines_of(APPROVAL.replace("400;3;", "400;5;")))
    warnings = [warning.say("en") for warning in file.warnings]
    assert warnings == ["Line 13: votes of the project 2023/A is 5, but 3 were counted."]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("META\n", "", 1, "begin with the section META"),
        ("VOTES\n", "BALLOTS\n", 16, "no section BALLOTS"),
        ("PROJECTS\n", "META\n", 11, "section META is not expected"),
        ("key;value", "key", 2, "column value is missing"),
        ("project_id;cost;", "project_id;price;", 12, "column cost is missing"),
        ("cost;votes;", "cost;cost;", 12, "named twice"),
        ("budget;1000.5\n", "", 10, "does not give budget"),
        ("budget;1000.5", "budget;1000.555", 6, "two decimals"),
        ("budget;1000.5", "budget;1000,5", 6, "two decimals"),
        ("budget;1000.5", "budget;-5", 6, "negative"),
        ("budget;1000.5", "budget;1e6", 6, "two decimals"),
        ("budget;1000.5", "budget;NaN", 6, "two decimals"),
        ("budget;1000.5", "budget;", 6, "two decimals"),
        ("budget;1000.5", "budget;5\nbudget;6", 7, "budget is given twice"),
        ("num_projects;3", "num_projects;4", 4, "num_projects is 4, but the file has 3"),
        ("num_votes;4", "num_votes;5", 5, "num_votes is 5, but the file has 4"),
        ("num_votes;4", "num_votes;four", 5, "not a whole number"),
        ("vote_type;approval", "vote_type;telepathy", 7, "no vote type"),
        ("vote_type;approval", "vote_type;choose-1", 18, "at most 1"),
        ("c12;999999999", "2023/A;999999999", 14, "2023/A is there twice"),
        ("c12;999999999;1;Withdrawn;0", "c12;999999999;1;Withdrawn", 14, "4 values where 5 columns"),
        ("c12;999999999;1;Withdrawn;0", "c12;999999999;1;With;drawn;0", 14, "6 values where 5 columns"),
        ("7;600.75", "7;-600", 15, "negative"),
        ("7;600.75", "7;600.755", 15, "two decimals"),
        ("7;600.75", ";600", 15, "cannot be the id"),
        ('"Trees; ""green"" ones"', '"Trees', 13, "quotation marks"),
        ("1;2023/A,c12;", "1;2023/A,X9;", 18, "no project 'X9'"),
        ("1;2023/A,c12;", "1;2023/A,;", 18, "no project ''"),
        ("1;2023/A,c12;", "1;2023/A,2023/A;", 18, "2023/A twice"),
        ("1;2023/A,c12;", "1;2023/A,c12,7;", 18, "at most 2"),
        ("2;2023/A;17", "1;2023/A;17", 19, "voter 1 is there twice"),
    ],
)
def test_a_malformed_line_is_refused_with_its_number(old: str, new: str, line: int, reason: str) -> None:
    """Hostile case 27: each trap of a file, with its line."""
    assert old in APPROVAL
    with pytest.raises(MalformedFile, match=reason) as refused:
        read(lines_of(APPROVAL.replace(old, new, 1)))
    assert refused.value.line == line
    assert refused.value.say("en").startswith(f"Line {line}: ")
    assert refused.value.say("pl").startswith(f"Wiersz {line}: ")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("1;A,B;3,2", "1;A,B;3", 14, "1 points for 2 projects"),
        ("1;A,B;3,2", "1;A,B;", 14, "0 points for 2 projects"),
        ("1;A,B;3,2", "1;A,B;3,-2", 14, "not a whole number"),
        ("1;A,B;3,2", "1;A,B;3,1.5", 14, "not a whole number"),
        ("1;A,B;3,2", "1;A,B;3,3", 14, "6 points on a ballot, at most 5"),
        ("voter_id;vote;points", "voter_id;vote;scores", 14, "column points is missing"),
    ],
)
def test_points_have_to_fit_the_list_and_the_limits(old: str, new: str, line: int, reason: str) -> None:
    """Hostile case 27, of points."""
    with pytest.raises(MalformedFile, match=reason) as refused:
        read(lines_of(CUMULATIVE.replace(old, new, 1)))
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("content", "line"), [(b"META\nkey;value\nunit;\xff\n", 3), (b"META\nkey;val\0ue\n", 2), (b"", 1), (b"META\n", 2)]
)
def test_what_is_no_such_text_is_refused(content: bytes, line: int) -> None:
    with pytest.raises(MalformedFile) as refused:
        read(content)
    assert refused.value.line == line


def test_nothing_about_voters_is_written() -> None:
    written = write(read(lines_of(APPROVAL)))
    assert "age" not in written
    assert "sex" not in written
    assert written.endswith("VOTES\nvoter_id;vote\n1;2023/A,c12\n2;2023/A\n3;2023/A\n4;\n")


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
META = st.dictionaries(st.sampled_from(["description", "unit", "comment", "edition"]), NAMES, max_size=4)


@st.composite
def files(draw: st.DrawFn) -> ElectionFile:
    keys, kind = "ABCDE", draw(st.sampled_from([*METHODS]))
    costs = st.integers(0, 10**9) | st.just(WITHDRAWN_COST * 100)
    projects = tuple(Project(key, draw(costs), draw(NAMES), draw(NAMES), draw(st.sampled_from("0123"))) for key in keys)
    ballots = draw(st.lists(choices(keys, METHODS[kind]), max_size=6))
    if METHODS[kind] is Method.CHOOSE:
        ballots = [ballot[:1] for ballot in ballots]
    most = draw(st.sampled_from([None, 4]))
    given = {"description": "", "country": "", "unit": "", "instance": "", "rule": "", "date_begin": "", "date_end": ""}
    meta = {**given, **draw(META)}
    return ElectionFile(
        kind, draw(st.integers(0, 10**12)), projects, tuple(ballots), meta, draw(st.integers(0, 5)), most
    )


@settings(max_examples=60, deadline=None)
@given(files())
def test_every_file_that_is_written_is_read_again_without_loss(file: ElectionFile) -> None:
    again = read(write(file).encode("utf-8"))
    assert again == file
    assert again.warnings == ()
