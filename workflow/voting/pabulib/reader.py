"""Reads `.pb` files; whatever is malformed is refused with its line and the reason, and nothing is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workflow.base.i18n import _
from workflow.voting.counting.ballots import Choice, Method, choice
from workflow.voting.counting.profile import natural
from workflow.voting.pabulib.election_file import METHODS, ElectionFile, MalformedFile, Project
from workflow.voting.pabulib.lines import Row, sections_of
from workflow.voting.pabulib.numbers import NotANumber, whole

# Entries of META that are fields of their own.
FIELDS = ("num_projects", "num_votes", "budget", "vote_type", "min_project_score_threshold", "max_length")
REQUIRED = ("num_projects", "num_votes", "budget", "vote_type")


def read(content: bytes) -> ElectionFile:
    """The election of a file; raises MalformedFile."""
    sections = sections_of(content)
    meta = _Meta.of(sections["META"])
    projects = _projects(sections["PROJECTS"])
    ballots = _ballots(sections["VOTES"], meta, frozenset(project.id for project in projects))
    meta.expect("num_projects", len(projects))
    meta.expect("num_votes", len(ballots))
    election = ElectionFile(
        vote_type=meta.vote_type,
        budget=meta.row("budget").grosze("value"),
        projects=projects,
        ballots=ballots,
        meta={key: row.values["value"] for key, row in meta.rows.items() if key not in FIELDS},
        threshold=meta.whole("min_project_score_threshold") or 0,
        max_length=meta.whole("max_length"),
    )
    return _with_warnings(election, sections["PROJECTS"])


# --- sections --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Meta:
    rows: Mapping[str, Row]
    limits: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: list[Row]) -> "_Meta":
        known: dict[str, Row] = {}
        for row in rows:
            key = row.values["key"].strip()
            if key in known:
                raise row.refuse(_("{name} is given twice.", name=key))
            known[key] = row
        for key in REQUIRED:
            if key not in known:
                last = rows[-1].line if rows else 2
                raise MalformedFile(last + 1, _("META does not give {name}.", name=key))
        meta = cls(known)
        if meta.vote_type not in METHODS:
            raise meta.row("vote_type").refuse(_("there is no vote type {name}.", name=repr(meta.vote_type)))
        meta.limits.update((key, meta.whole(key)) for key in ("max_length", "max_sum_points", "max_points"))
        return meta

    @property
    def vote_type(self) -> str:
        return self.row("vote_type").values["value"].strip()

    def row(self, key: str) -> Row:
        return self.rows[key]

    def whole(self, key: str) -> int | None:
        row = self.rows.get(key)
        return row.whole("value") if row and row.values["value"].strip() else None

    def expect(self, key: str, counted: int) -> None:
        declared = self.row(key).whole("value")
        if declared != counted:
            sentence = _(
                "{name} is {declared}, but the file has {counted}.", name=key, declared=declared, counted=counted
            )
            raise self.row(key).refuse(sentence)


def _projects(rows: list[Row]) -> tuple[Project, ...]:
    projects: dict[str, Project] = {}
    for row in rows:
        key = row.values["project_id"].strip()
        if not key or "," in key:
            raise row.refuse(_("{value} cannot be the id of a project.", value=repr(key)))
        if key in projects:
            raise row.refuse(_("the project {id} is there twice.", id=key))
        name, category, selected = (row.values.get(column, "") for column in ("name", "category", "selected"))
        projects[key] = Project(key, row.grosze("cost"), name, category, selected)
    return tuple(projects.values())


def _ballots(rows: list[Row], meta: _Meta, keys: frozenset[str]) -> tuple[Choice, ...]:
    voters: set[str] = set()
    ballots = []
    for row in rows:
        voter = row.values["voter_id"].strip()
        if voter in voters:
            raise row.refuse(_("the voter {id} is there twice.", id=voter))
        voters.add(voter)
        ballots.append(_choice(row, meta, keys))
    return tuple(ballots)


def _choice(row: Row, meta: _Meta, keys: frozenset[str]) -> Choice:
    marked = row.items("vote")
    for key in marked:
        if key not in keys:
            raise row.refuse(_("there is no project {id}.", id=repr(key)))
    if len(set(marked)) != len(marked):
        twice = next(key for number, key in enumerate(marked) if key in marked[:number])
        raise row.refuse(_("the ballot names the project {id} twice.", id=twice))
    method = METHODS[meta.vote_type]
    most = 1 if method is Method.CHOOSE else meta.limits["max_length"]
    if most is not None and len(marked) > most:
        raise row.refuse(
            _("the ballot names {given} projects, at most {most} are allowed.", given=len(marked), most=most)
        )
    if method is Method.POINTS:
        return choice(method, zip(marked, _points(row, meta, len(marked)), strict=True))
    places = range(len(marked)) if method is Method.RANK else [1] * len(marked)
    return choice(method, zip(marked, places, strict=True))


def _points(row: Row, meta: _Meta, expected: int) -> list[int]:
    if "points" not in row.values:
        raise row.refuse(_("the column {name} is missing.", name="points"))
    given = row.items("points")
    if len(given) != expected:
        raise row.refuse(_("{given} points for {wanted} projects.", given=len(given), wanted=expected))
    try:
        points = [whole(text) for text in given]
    except NotANumber as error:
        raise row.refuse(error.reason) from None
    each, total = meta.limits["max_points"], meta.limits["max_sum_points"]
    if each is not None and any(number > each for number in points):
        raise row.refuse(_("more than {most} points for one project.", most=each))
    if total is not None and sum(points) > total:
        raise row.refuse(_("{given} points on a ballot, at most {most} are allowed.", given=sum(points), most=total))
    return points


# --- declared totals -------------------------------------------------------------------------------------


def _with_warnings(election: ElectionFile, rows: list[Row]) -> ElectionFile:
    profile = election.profile
    counted = {"votes": profile.votes, "score": profile.scores(natural(profile.method))}
    warnings = [
        _(
            "Line {line}: {name} of the project {id} is {declared}, but {counted} were counted.",
            line=row.line, name=column, id=project.id, declared=row.values[column], counted=sums.get(project.id, 0),
        )
        for row, project in zip(rows, election.projects, strict=True)
        for column, sums in counted.items()
        if row.values.get(column, "").strip() and row.whole(column) != sums.get(project.id, 0)
    ]  # fmt: skip
    return replace(election, warnings=tuple(warnings))
