"""What projects in a state are called where several are counted: on dashboards, in reports and in filters of lists."""

from collections.abc import Mapping

from workflow.base.i18n import Sentence, _
from workflow.rules.states import ProposalState

OF_MANY: Mapping[str, Sentence] = {
    ProposalState.IDEA: _("Ideas"),
    ProposalState.GROUP_WORK: _("In groups"),
    ProposalState.SUBMITTED: _("Submitted projects"),
    ProposalState.RETURNED: _("Returned for completion"),
    ProposalState.ADMITTED: _("Admitted to presentation"),
    ProposalState.NOT_ADMITTED: _("Not admitted to presentation"),
    ProposalState.PRESENTED: _("Presented projects"),
    ProposalState.SELECTED: _("Selected for implementation"),
    ProposalState.RESERVE: _("On the reserve list"),
    ProposalState.NOT_SELECTED: _("Projects not selected"),
    ProposalState.APPEALED: _("Under appeal"),
    ProposalState.IN_IMPLEMENTATION: _("In implementation"),
    ProposalState.SUSPENDED: _("Suspended projects"),
    ProposalState.COMPLETED: _("Completed projects"),
    ProposalState.SETTLED: _("Settled projects"),
    ProposalState.CANCELLED: _("Cancelled projects"),
    ProposalState.WITHDRAWN: _("Withdrawn projects"),
    ProposalState.MERGED: _("Merged into others"),
}


def of_many(language: str) -> dict[str, str]:
    """The name of each state for several projects, by state, in the order of the table."""
    return {state: label.say(language) for state, label in OF_MANY.items()}
