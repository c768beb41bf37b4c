"""The states of every lifecycle table, and the groups of them that rules, lists and pages ask about.

A test holds each enum against its table. Groups that lists send to the database are tuples where their order shows.
"""

from enum import StrEnum


class ProposalState(StrEnum):
    """Where a proposal is; `lifecycles/local_partnership.toml`."""

    IDEA = "idea"
    GROUP_WORK = "group_work"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"
    PRESENTED = "presented"
    SELECTED = "selected"
    RESERVE = "reserve"
    NOT_SELECTED = "not_selected"
    APPEALED = "appealed"
    IN_IMPLEMENTATION = "in_implementation"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class EditionState(StrEnum):
    """Where an edition is; `lifecycles/edition.toml`."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    CONFERENCES = "conferences"
    SUMMARY = "summary"
    SELECTION = "selection"
    APPEALS = "appeals"
    AGREEMENT = "agreement"
    IMPLEMENTATION = "implementation"
    CLOSING = "closing"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class ConferenceState(StrEnum):
    """Where a conference is; `lifecycles/conference.toml`."""

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    MINUTES_APPROVED = "minutes_approved"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class AgreementState(StrEnum):
    """Where a partnership agreement is; `lifecycles/agreement.toml`."""

    DRAFT = "draft"
    OPEN = "open"
    CONCLUDED = "concluded"
    EXPIRED = "expired"


class PartnerState(StrEnum):
    """Where an organisation is on its way into the agreement; `lifecycles/agreement_partner.toml`."""

    INVITED = "invited"
    MANDATE_RECEIVED = "mandate_received"
    SIGNED = "signed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class MeetingState(StrEnum):
    """Where a meeting of a body is; `lifecycles/meeting.toml`."""

    DRAFTED = "drafted"
    CONVENED = "convened"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"
    ENDED = "ended"
    MINUTES_APPROVED = "minutes_approved"
    CANCELLED = "cancelled"


class PollState(StrEnum):
    """Where a vote on a motion is; `lifecycles/poll.toml`."""

    DRAFTED = "drafted"
    OPEN = "open"
    # No more votes; cards are typed.
    CLOSED = "closed"
    COUNTED = "counted"
    ANNULLED = "annulled"


class CardState(StrEnum):
    """A card is saved as one goes, handed in, and void where a conflict of interest is confirmed later."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VOID = "void"


class RegistrationState(StrEnum):
    """Where the registration of a person for a conference is."""

    REGISTERED = "registered"
    # For a place; in the order in which people came.
    WAITING = "waiting"
    CANCELLED = "cancelled"


class RegistrationSource(StrEnum):
    """How somebody came to be registered for a conference."""

    PAGE = "page"
    OFFICE = "office"
    ORGANISATION = "organisation"
    WALK_IN = "walk_in"
    LIST = "list"


class CheckInChannel(StrEnum):
    """How somebody was checked in."""

    CODE = "code"
    NAME = "name"
    WALK_IN = "walk_in"
    # Kept on a device without a network, and sent later.
    OFFLINE = "offline"


class SlotKind(StrEnum):
    """What a slot of an agenda is for."""

    PROJECT = "project"
    BREAK = "break"
    OTHER = "other"


class SlotState(StrEnum):
    """Where a slot of an agenda is."""

    WAITING = "waiting"
    ON = "on"
    DONE = "done"
    # Nobody came to present the project.
    ABSENT = "absent"


class OrderedBy(StrEnum):
    """How the order of an agenda came about."""

    NUMBER = "number"
    HAND = "hand"
    DRAW = "draw"
    THEME = "theme"


class MilestoneState(StrEnum):
    """Where a milestone of a project is; `lifecycles/milestone.toml`."""

    PLANNED = "planned"
    DONE = "done"
    # Given up, with a reason.
    WAIVED = "waived"


class ChangeState(StrEnum):
    """Where a request to change the plan of a project is; `lifecycles/change_request.toml`."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ExpenseKind(StrEnum):
    """Whether money is bound by a contract or spent."""

    COMMITTED = "committed"
    SPENT = "spent"


class Light(StrEnum):
    """How a project goes, as its report says."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class ReportKind(StrEnum):
    """Why there is a report."""

    PROGRESS = "progress"
    # Asked for by the office, out of turn.
    EXTRA = "extra"
    FINAL = "final"


class ReportState(StrEnum):
    """Where a report of a project is."""

    EXPECTED = "expected"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"


class PromiseState(StrEnum):
    """How a promise of a partner is kept."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY = "partly"
    NOT_KEPT = "not_kept"


class RiskState(StrEnum):
    """Where a risk of a project is."""

    OPEN = "open"
    OCCURRED = "occurred"
    CLOSED = "closed"


# Votes that are under way.
UNCOUNTED = (PollState.DRAFTED, PollState.OPEN, PollState.CLOSED)

# Proposals.

# The group still works on it and may hand in.
BEFORE_SUBMISSION = (ProposalState.IDEA, ProposalState.GROUP_WORK)
# With the office, to be verified.
IN_VERIFICATION = (ProposalState.SUBMITTED, ProposalState.RETURNED)
# Can take in another proposal that is merged into it.
TAKING_IN = frozenset({ProposalState.GROUP_WORK, *IN_VERIFICATION, ProposalState.ADMITTED})
# Selected and neither completed nor cancelled.
UNDER_WAY = (ProposalState.SELECTED, ProposalState.IN_IMPLEMENTATION, ProposalState.SUSPENDED)
# Its plan may still change.
WITH_PLAN = frozenset({*UNDER_WAY, ProposalState.COMPLETED})
# What is planned, spent and owed of it is read with it; of a cancelled one since its last bills come afterwards.
PLAN_IS_READ = WITH_PLAN | {ProposalState.CANCELLED}
# Decisions that somebody may appeal against.
APPEALABLE = frozenset({ProposalState.NOT_ADMITTED, ProposalState.NOT_SELECTED, ProposalState.RESERVE})
# Where a project may be after its selection was annulled, until it is selected again.
DECIDED_AGAIN = frozenset({
    ProposalState.PRESENTED, ProposalState.RESERVE, ProposalState.NOT_SELECTED, ProposalState.APPEALED,
})  # fmt: skip
# Takes a place and money of the edition.
FUNDED = (*UNDER_WAY, ProposalState.COMPLETED, ProposalState.SETTLED)
# Outsiders see a proposal once the programme has decided for it.
PUBLIC = frozenset({*FUNDED, ProposalState.RESERVE, ProposalState.CANCELLED})
# The committee or the appeal body has it before itself, or has decided about it.
JUDGED = (ProposalState.ADMITTED, ProposalState.SELECTED, *sorted(DECIDED_AGAIN))
# May stand on the agenda of a conference; one that leaves these states is not shown there any more.
ON_AGENDA = frozenset({*JUDGED, *FUNDED, ProposalState.CANCELLED})
# Can go on as an idea in a later edition; an idea once its own edition takes none any more.
CARRIED = (
    ProposalState.IDEA, ProposalState.RESERVE, ProposalState.NOT_SELECTED, ProposalState.WITHDRAWN,
    ProposalState.CANCELLED,
)  # fmt: skip
# Left by the group's own will.
GONE = (ProposalState.WITHDRAWN, ProposalState.MERGED)
# Something can still become of it when its edition closes.
UNFINISHED = (
    *BEFORE_SUBMISSION, *IN_VERIFICATION, ProposalState.ADMITTED, ProposalState.PRESENTED, ProposalState.SELECTED,
    ProposalState.RESERVE, ProposalState.APPEALED, ProposalState.IN_IMPLEMENTATION, ProposalState.SUSPENDED,
    ProposalState.COMPLETED,
)  # fmt: skip

# Editions.

# Nothing of it moves any more; or not now.
OVER = frozenset({EditionState.CLOSED, EditionState.CANCELLED, EditionState.ARCHIVED})
RESTING = OVER | {EditionState.SUSPENDED}
# People enter ideas, and themselves where the office keeps the list open.
WELCOMING = frozenset({EditionState.ANNOUNCED, EditionState.CONFERENCES})
# The committee has its room.
SELECTING = frozenset({EditionState.SUMMARY, EditionState.SELECTION, EditionState.APPEALS})
# Outsiders do not see the edition.
HIDDEN = (EditionState.DRAFT, EditionState.CANCELLED)

# Conferences.

# It has not taken place yet.
AHEAD = frozenset({ConferenceState.PLANNED, ConferenceState.OPEN, ConferenceState.POSTPONED})
# It has been opened, and its minutes are not approved yet.
RUNNING = (ConferenceState.OPEN, ConferenceState.HELD)
# It took place.
TOOK_PLACE = frozenset({ConferenceState.HELD, ConferenceState.MINUTES_APPROVED})
