"""What a `.pb` file says: its meta data, projects and ballots."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.base.errors import Refusal
from workflow.base.i18n import Sentence, _
from workflow.voting.counting.ballots import Choice, Method, group
from workflow.voting.counting.election import Election, Option
from workflow.voting.counting.profile import Profile

# In zloty: how these files mark what was withdrawn or inadmissible.
WITHDRAWN_COST = 999_999_999

METHODS: Mapping[str, Method] = {
    "approval": Method.APPROVE,
    "choose-1": Method.CHOOSE,
    "cumulative": Method.POINTS,
    "scoring": Method.POINTS,
    "ordinal": Method.RANK,
}


class MalformedFile(Refusal):
    """A `.pb` file that cannot be counted: the line, from 1, and the reason."""

    code = "malformed_pb"

    def __init__(self, line: int, reason: Sentence) -> None:
        super().__init__(_("Line {line}: {reason}", line=line, reason=reason))
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Project:
    """A line of PROJECTS; the cost is in grosze, `selected` is the official result as the file writes it."""

    id: str
    cost: int
    name: str = ""
    category: str = ""
    selected: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether the cost is the mark of a withdrawn or inadmissible project."""
        return self.cost == WITHDRAWN_COST * 100


@dataclass(frozen=True, slots=True)
class ElectionFile:
    """A whole file. `meta` has the entries that are not fields of their own; the budget is in grosze.

    `ballots` are in the order of the file, a blank one is an empty choice. `warnings` name declared totals that differ
    from the counted ones; they are no part of what is written.
    """

    vote_type: str
    budget: int
    projects: tuple[Project, ...]
    ballots: tuple[Choice, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    threshold: int = 0
    max_length: int | None = None
    warnings: tuple[Sentence, ...] = field(default=(), compare=False)

    @property
    def method(self) -> Method:
        """How these ballots are counted."""
        return METHODS[self.vote_type]

    @property
    def election(self) -> Election:
        """The options and the budget."""
        options = tuple(Option(project.id, project.cost, None, project.withdrawn) for project in self.projects)
        return Election(options, self.budget)

    @property
    def profile(self) -> Profile:
        """The ballots; a ranking is scored from `max_length`, or from the longest ballot where none is declared."""
        longest = max((len(choice) for choice in self.ballots), default=0)
        return Profile(self.method, group(self.ballots), self.max_length or longest)
