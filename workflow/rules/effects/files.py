"""Then: how many files a proposal has and how much room they take; the files themselves have a table of their own."""

from workflow.rules.effects.base import Change, Doing, effect


@effect
def count_file(doing: Doing, change: Change) -> None:
    _count(doing, change, 1)


@effect
def uncount_file(doing: Doing, change: Change) -> None:
    _count(doing, change, -1)


def _count(doing: Doing, change: Change, sign: int) -> None:
    held = doing.facts.entry("files")
    change.recorded["files"] = {
        "count": held.get("count", 0) + sign,
        "size": held.get("size", 0) + sign * doing.data["file"]["size"],
    }
