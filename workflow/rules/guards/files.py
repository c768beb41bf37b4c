"""Only if: files of a proposal."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.file_limits import LARGEST_SUM, MOST_FILES, amount
from workflow.rules.guards.base import answers, guard, missing
from workflow.rules.roles import Role


@guard
def room_for_file(facts: Facts, attempt: Attempt) -> Missing | None:
    """The sum stands on the proposal's own row, so that two who send a file at once cannot pass it together."""
    known = facts.entry("files")
    count, size = known.get("count", 0), known.get("size", 0)
    if count >= MOST_FILES:
        return missing(
            "too_many_files", _("A proposal can have at most {most} files. Take one away first.", most=MOST_FILES),
            Role.GROUP_LEADER, Role.STAFF, field="file",
        )  # fmt: skip
    coming = answers(attempt).get("file", {}).get("size", 0)
    if size + coming > LARGEST_SUM or size >= LARGEST_SUM:
        return missing(
            "no_room_for_file",
            _("The files of a proposal may take {most} together; {left} are left. Take one away or send a smaller one.",
              most=amount(LARGEST_SUM), left=amount(max(0, LARGEST_SUM - size))),
            Role.GROUP_LEADER, Role.STAFF, field="file",
        )  # fmt: skip
    return None
