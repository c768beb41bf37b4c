"""Then: how many files a proposal has and how much room they take; the files themselves have a table of their own."""

from workflow.rules.effects.base import Change, EffectContext, effect


@effect
def count_file(context: EffectContext, change: Change) -> None:
    """Add a file to the number and the size of the proposal's files."""
    _count(context, change, 1)


@effect
def uncount_file(context: EffectContext, change: Change) -> None:
    """Take a removed file off the number and the size of the proposal's files."""
    _count(context, change, -1)


def _count(context: EffectContext, change: Change, sign: int) -> None:
    known = context.facts.entry("files")
    change.recorded["files"] = {
        "count": known.get("count", 0) + sign,
        "size": known.get("size", 0) + sign * context.data["file"]["size"],
    }
