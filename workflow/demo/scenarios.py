"""The scenarios of a made-up proposal: through which stages each one leads; pure."""

from collections.abc import Callable, Mapping

from workflow.demo.stages import Book

# The names of the stages of a proposal, in their order.
Scenario = Callable[[Book], tuple[str, ...]]


def _through(*stages: str) -> Scenario:
    """Through these stages; those of some alone (a return, a merger that it takes in) come where they belong."""

    def stages_of(p: Book) -> tuple[str, ...]:
        names = []
        for stage in stages:
            names.append(stage)
            if stage == "submit" and "completed" in p:
                names += ["send_back", "resubmit"]
            if stage == "group" and "takes_in" in p:
                names.append("agree")
        return tuple(names)

    return stages_of


_WORKED_OUT = ("idea", "team", "group", "sheet")
_HANDED_IN = (*_WORKED_OUT, "submit")
_ADMITTED = (*_HANDED_IN, "verify", "admit")
_DECIDED = (*_ADMITTED, "present", "decide")
_ANNOUNCED = (*_DECIDED, "announce")
_STARTED = (*_ANNOUNCED, "coordinate", "start")
SCENARIOS: Mapping[str, Scenario] = {
    "idea": _through("idea"),
    "idea_with_people": _through("idea", "team"),
    "group_work": _through("idea", "team", "group"),
    "group_work_with_sheet": _through(*_WORKED_OUT),
    "submitted": _through(*_HANDED_IN),
    "verified": _through(*_HANDED_IN, "verify"),
    "returned": _through(*_HANDED_IN, "send_back"),
    "expired": _through(*_HANDED_IN, "send_back", "expire"),
    "unsubmitted": _through("idea", "team", "group", "give_up"),
    "not_admitted": _through(*_HANDED_IN, "refuse"),
    "appealed_admission": _through(*_HANDED_IN, "refuse", "appeal"),
    "admitted": _through(*_ADMITTED),
    "merged": _through("idea", "team", "group", "merge", "join"),
    "withdrawn": _through("idea", "team", "withdraw"),
    "presented": _through(*_ADMITTED, "present"),
    "decided": _through(*_DECIDED),
    "announced": _through(*_ANNOUNCED),
    "appealed": _through(*_ANNOUNCED, "appeal"),
    "dismissed": _through(*_ANNOUNCED, "appeal", "dismiss"),
    "withdrawn_after_selection": _through(*_ANNOUNCED, "withdraw", "acknowledge"),
    "promoted": _through(*_ANNOUNCED, "promote"),
    "coordinated": _through(*_ANNOUNCED, "coordinate"),
    "in_implementation": _through(*_STARTED),
    "reported": _through(*_STARTED, "progress"),
    "suspended": _through(*_STARTED, "suspend"),
    "completed": _through(*_STARTED, "progress", "finish"),
    "settled": _through(*_STARTED, "progress", "finish", "settle"),
    "cancelled": _through(*_ANNOUNCED, "cancel"),
}
