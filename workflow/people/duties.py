"""What a person answers for by name, so that somebody else has to be named when the account is closed. Pure."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from workflow.lifecycle.definition import Step
from workflow.rules.registry import newest
from workflow.rules.states import PartnerState


class Duty(StrEnum):
    """What a person answers for."""

    LEADER = "leader"
    NEXT_LEADER = "next_leader"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    ANIMATOR = "animator"
    REVIEWER = "reviewer"
    MILESTONE = "milestone"
    RISK = "risk"
    TASK = "task"
    MATTER = "matter"
    CONTACT = "contact"
    SIGNATORY = "signatory"
    SEAT = "seat"
    # The only open account of the office of an edition.
    OFFICE = "office"


# The step by which somebody else is named, and so the states in which it can be somebody else's.
NAMED_BY = {
    Duty.LEADER: "name_leader", Duty.NEXT_LEADER: "name_leader", Duty.DEPUTY: "name_deputy",
    Duty.COORDINATOR: "name_coordinator", Duty.ANIMATOR: "assign_animator", Duty.REVIEWER: "assign_reviewer",
}  # fmt: skip
OF_PROJECTS = frozenset({*NAMED_BY, Duty.MILESTONE, Duty.RISK, Duty.TASK})
OF_PARTNERS = frozenset({Duty.CONTACT, Duty.SIGNATORY})
# What somebody names anew in a project of their own, without being of its office.
OWN = frozenset({Duty.NEXT_LEADER, Duty.DEPUTY, Duty.MILESTONE, Duty.RISK, Duty.TASK})
# States in which a partner of an agreement is written to.
WITH_CONTACT = (PartnerState.INVITED, PartnerState.MANDATE_RECEIVED, PartnerState.SIGNED)


class Unanswered(Struct, frozen=True):
    """One thing for which a closed account, or the person asked about, is named."""

    duty: Duty
    # The milestone, partner, seat or matter itself; of a risk its number, of a role in a project the project.
    id: int
    # The project, or the conference of a matter; 0 for what belongs to the edition.
    about_id: int
    title: str
    words: str
    person: str
    edition_id: int
    edition: str
    edition_key: str
    until: datetime | date | None


def rows_naming(duty: Duty) -> tuple[Step, ...]:
    """The rows by which somebody else is named for a role in a project; each is for other states."""
    return newest("proposal").rows_named(NAMED_BY[duty])
