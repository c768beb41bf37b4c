"""Letters that wait for a person: which kinds there are, where they are, and the lists that a letter can go to."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _


class BatchKind(StrEnum):
    """Why letters wait."""

    ANNOUNCEMENT = "announcement"
    EDITED = "edited"
    LIST = "list"
    OFFER = "offer"
    AGREEMENT = "agreement"


class BatchState(StrEnum):
    """Whether they may go out."""

    HELD = "held"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class RecipientList(StrEnum):
    """To whom a letter of the office can go, beside those whom an event concerns."""

    LEADERS = "leaders"
    LEADERS_WITHOUT_SHEET = "leaders_without_sheet"
    COMMITTEE = "committee"
    EVERYBODY = "everybody"
    # Of one conference, or of all where none is named.
    REGISTERED = "registered"
    WAITING = "waiting"
    PRESENT = "present"
    ABSENT = "absent"


KINDS: Mapping[BatchKind, Sentence] = {
    BatchKind.ANNOUNCEMENT: _("Letters of an announcement"),
    BatchKind.EDITED: _("Letters with an edited text"),
    BatchKind.LIST: _("Letter to a list"),
    BatchKind.OFFER: _("Offers of an account"),
    BatchKind.AGREEMENT: _("Letters to partners of the agreement"),
}
STATES: Mapping[BatchState, Sentence] = {
    BatchState.HELD: _("waits for approval"),
    BatchState.APPROVED: _("approved"),
    BatchState.WITHDRAWN: _("letters withdrawn"),
}
LISTS: Mapping[RecipientList, Sentence] = {
    RecipientList.LEADERS: _("all leaders of the edition"),
    RecipientList.LEADERS_WITHOUT_SHEET: _("leaders whose project sheet is not complete"),
    RecipientList.COMMITTEE: _("all members of the committee"),
    RecipientList.EVERYBODY: _("everybody of the edition"),
    RecipientList.REGISTERED: _("everybody registered for a conference"),
    RecipientList.WAITING: _("everybody on the waiting list of a conference"),
    RecipientList.PRESENT: _("everybody who was at a conference"),
    RecipientList.ABSENT: _("everybody registered for a conference who was not there"),
}
