"""What resolutions say about projects whose decision was announced: offers of places, annulments, cancellations."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Later(StrEnum):
    """What a resolution says about a project whose decision is announced; each is the row that carries it out."""

    OFFER = "offer_place"
    ANNUL = "annul_decision"
    CANCEL = "cancel"


class AppealOutcome(StrEnum):
    """What a resolution of the appeal body says about an appeal."""

    UPHOLD = "uphold"
    DISMISS = "dismiss"


# The step by which the outcome of an appeal is announced; which one fits depends on what the appeal is against.
APPEALS_DECIDED_BY: Mapping[str, AppealOutcome] = {
    "uphold_admission_appeal": AppealOutcome.UPHOLD, "uphold_selection_appeal": AppealOutcome.UPHOLD,
    "dismiss_appeal": AppealOutcome.DISMISS,
}  # fmt: skip

# What is written as the outcome of a decision until it is carried out -> the row that does so. A promotion selects.
CARRIED_OUT_BY: Mapping[str, Later] = {
    "select": Later.OFFER, Later.ANNUL: Later.ANNUL, Later.CANCEL: Later.CANCEL,
}  # fmt: skip


class Exclusive(Struct, frozen=True):
    """A project of a group of which only one can be selected."""

    proposal_id: int
    number: int
    title: str
    group: int
    reason: str


class AnnouncedProject(Struct, frozen=True):
    """A project whose decision was announced, as a motion may take it up again."""

    id: int
    title: str
    state: str
    # The decision that is effective; empty where an appeal is against a refused admission.
    outcome: str
    # The position on the reserve list.
    position: int | None
    # Whether a resolution about it waits to be carried out.
    waits: bool
