"""The scenarios of a made-up proposal: through which stages each one leads; pure."""

from collections.abc import Iterator, Mapping

from workflow.demo.stages import Book

# The names of the stages of a proposal, in their order.
_WORKED_OUT = ("idea", "team", "group", "sheet")
_HANDED_IN = (*_WORKED_OUT, "submit")
_ADMITTED = (*_HANDED_IN, "verify", "admit")
_DECIDED = (*_ADMITTED, "present", "decide")
_ANNOUNCED = (*_DECIDED, "announce")
_STARTED = (*_ANNOUNCED, "coordinate", "start")
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "idea": ("idea",),
    "idea_with_people": ("idea", "team"),
    "group_work": ("idea", "team", "group"),
    "group_work_with_sheet": _WORKED_OUT,
    "submitted": _HANDED_IN,
    "verified": (*_HANDED_IN, "verify"),
    "returned": (*_HANDED_IN, "send_back"),
    "expired": (*_HANDED_IN, "send_back", "expire"),
    "unsubmitted": ("idea", "team", "group", "give_up"),
    "not_admitted": (*_HANDED_IN, "refuse"),
    "appealed_admission": (*_HANDED_IN, "refuse", "appeal"),
    "admitted": _ADMITTED,
    "merged": ("idea", "team", "group", "merge", "join"),
    "withdrawn": ("idea", "team", "withdraw"),
    "presented": (*_ADMITTED, "present"),
    "decided": _DECIDED,
    "announced": _ANNOUNCED,
    "appealed": (*_ANNOUNCED, "appeal"),
    "dismissed": (*_ANNOUNCED, "appeal", "dismiss"),
    "withdrawn_after_selection": (*_ANNOUNCED, "withdraw", "acknowledge"),
    "promoted": (*_ANNOUNCED, "promote"),
    "coordinated": (*_ANNOUNCED, "coordinate"),
    "in_implementation": _STARTED,
    "reported": (*_STARTED, "progress"),
    "suspended": (*_STARTED, "suspend"),
    "completed": (*_STARTED, "progress", "finish"),
    "settled": (*_STARTED, "progress", "finish", "settle"),
    "cancelled": (*_ANNOUNCED, "cancel"),
}


def stages_of(p: Book) -> Iterator[str]:
    """The stages of a proposal; those of some alone (a return, a merger that it takes in) come where they belong."""
    for stage in SCENARIOS[p["ends"]]:
        yield stage
        if stage == "submit" and "completed" in p:
            yield from ("send_back", "resubmit")
        if stage == "group" and "takes_in" in p:
            yield "agree"
