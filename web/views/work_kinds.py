"""What pieces of work are about: the kinds by which a worklist is grouped and narrowed."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _
from workflow.rules.states import ProposalState


class Kind(StrEnum):
    """What a piece of work is about; the key in the address."""

    IDEAS = "pomysly"
    GROUPS = "grupy"
    CHECKS = "weryfikacja"
    COMMITTEE = "komitet"
    APPEALS = "odwolania"
    IMPLEMENTATION = "realizacja"
    SETTLEMENT = "rozliczenie"
    CONFERENCES = "konferencje"
    LETTERS = "powiadomienia"
    EDITION = "edycja"


KINDS: Mapping[Kind, Sentence] = {
    Kind.IDEAS: _("Ideas"),
    Kind.GROUPS: _("Groups"),
    Kind.CHECKS: _("Checks"),
    Kind.COMMITTEE: _("Committee"),
    Kind.APPEALS: _("Appeals"),
    Kind.IMPLEMENTATION: _("Implementation"),
    Kind.SETTLEMENT: _("Settlement"),
    Kind.CONFERENCES: _("Conferences"),
    Kind.LETTERS: _("Letters"),
    Kind.EDITION: _("Edition and agreement"),
}
OF_STATE: Mapping[str, Kind] = {
    ProposalState.IDEA: Kind.IDEAS,
    ProposalState.GROUP_WORK: Kind.GROUPS,
    ProposalState.SUBMITTED: Kind.CHECKS,
    ProposalState.RETURNED: Kind.CHECKS,
    ProposalState.ADMITTED: Kind.CHECKS,
    ProposalState.PRESENTED: Kind.COMMITTEE,
    ProposalState.RESERVE: Kind.COMMITTEE,
    ProposalState.NOT_SELECTED: Kind.COMMITTEE,
    ProposalState.APPEALED: Kind.APPEALS,
    ProposalState.COMPLETED: Kind.SETTLEMENT,
    ProposalState.WITHDRAWN: Kind.CHECKS,
    ProposalState.MERGED: Kind.GROUPS,
}
OF_SUBJECT: Mapping[str, Kind] = {"conference": Kind.CONFERENCES}
