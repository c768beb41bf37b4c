"""Whose turn it is with a project, and until when, from its state and a few columns; pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.proposals.next_step import PROPOSAL_DATES
from workflow.rules.roles import Role
from workflow.rules.states import BEFORE_SUBMISSION, RESTING, ProposalState

# Whose turn it is with the proposals of a state; states that are left out wait for nobody.
TURN: Mapping[str, Role] = {
    ProposalState.IDEA: Role.GROUP_LEADER, ProposalState.GROUP_WORK: Role.GROUP_LEADER,
    ProposalState.RETURNED: Role.GROUP_LEADER, ProposalState.SUBMITTED: Role.STAFF, ProposalState.ADMITTED: Role.STAFF,
    ProposalState.PRESENTED: Role.COMMITTEE_MEMBER, ProposalState.APPEALED: Role.APPEAL_BODY,
    ProposalState.SELECTED: Role.STAFF, ProposalState.IN_IMPLEMENTATION: Role.COORDINATOR,
    ProposalState.SUSPENDED: Role.STAFF, ProposalState.COMPLETED: Role.STAFF,
}  # fmt: skip
# Those whose turn it can be, in the order in which pages name them.
ACTING = tuple(dict.fromkeys(TURN.values()))


def awaited(state: str, edition_state: str) -> Role | None:
    """Whose turn it is with a project in a state; nobody's where nothing of the edition moves."""
    return None if edition_state in RESTING else TURN.get(state)


def states_awaiting(role: str) -> tuple[str, ...]:
    """The states in which it is somebody's turn."""
    return tuple(state for state, whose in TURN.items() if whose == role)


def next_date(
    state: str, edition: Mapping[str, Any], *, due_at: datetime | None, submission_until: datetime | None,
    report_due_at: datetime | None,
) -> datetime | None:  # fmt: skip
    """The date that the state of a project runs to: its own, that of its report, else that of its edition."""
    if due_at is not None:
        return due_at
    if state == ProposalState.IN_IMPLEMENTATION and report_due_at is not None:
        return report_due_at
    if state in BEFORE_SUBMISSION:
        return submission_until or edition["submission_deadline"]
    if state == ProposalState.ADMITTED and edition["summary_on"]:
        return end_of_day(warsaw_date(edition["summary_on"]))
    day: datetime | None = edition.get(PROPOSAL_DATES.get(state, ""))
    return day
