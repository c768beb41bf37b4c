"""Then: what a record about the group of a proposal writes."""

from workflow.effects.base import Change, Doing, effect


@effect
def assign_animator(doing: Doing, change: Change) -> None:
    change.columns["animator_id"] = doing.data["person"]


@effect
def assign_reviewer(doing: Doing, change: Change) -> None:
    change.columns["reviewer_id"] = doing.data["person"]
