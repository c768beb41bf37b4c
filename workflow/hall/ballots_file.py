"""A counted vote in the hall as a `.pb` file: what the committee takes over as the ballots of its edition."""

from sqlalchemy import Connection, select

from workflow.base.errors import not_ready
from workflow.base.i18n import _
from workflow.engine.hall_reader import hall_result_file
from workflow.models import Edition, HallPoll
from workflow.rules.hall import HallMethod
from workflow.rules.states import PollState
from workflow.voting.counting.ballots import Choice
from workflow.voting.pabulib.election_file import ElectionFile, Project
from workflow.voting.pabulib.writer import write
from workflow.voting.results import content as parts
from workflow.voting.results.verification import verify_result

VOTE_TYPES = {HallMethod.APPROVE: "approval", HallMethod.POINTS: "cumulative", HallMethod.RANK: "ordinal"}


def as_pb(tx: Connection, poll_id: int) -> bytes:
    """The ballots of a counted vote, sorted by content, with the projects of the edition; nothing is written.

    Raises NotReady where the vote is not counted, was annulled, or is not a choice between projects alone; NotFound
    where it was never counted.
    """
    p = HallPoll
    query = select(p.state, p.method, p.max_choices, p.points_total, Edition.budget).join(
        Edition, Edition.id == p.edition_id
    )
    row = tx.execute(query.where(p.id == poll_id)).one_or_none()
    if row is None or row.state != PollState.COUNTED or row.method not in VOTE_TYPES:
        raise not_ready("not_a_choice", _("Only a counted choice between projects can be taken over."))
    content = verify_result(hall_result_file(tx, poll_id))
    if any(option["project_number"] is None for option in content["options"]):
        raise not_ready("other_options", _("This vote has options that are no projects of the edition."))
    projects = tuple(Project(option["key"], option["cost"]) for option in content["options"])
    ballots: list[Choice] = []
    for ballot in content["ballots"]:
        ballots += [parts.marked(content, ballot["choice"])] * ballot.get("count", 1)
    meta = {"max_sum_points": str(row.points_total)} if row.points_total else {}
    election = ElectionFile(
        VOTE_TYPES[HallMethod(row.method)], row.budget or 0, projects, tuple(sorted(ballots)), meta,
        max_length=row.max_choices,
    )  # fmt: skip
    return write(election).encode("utf-8")
