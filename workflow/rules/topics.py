"""What can be told, in the past tense, and in which quality somebody is told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from workflow.rules.facts import Ref


class Topic(StrEnum):
    """Something that happened. `workflow.notifications.topic_audiences` says who is told, or that nobody is."""

    MEETING_PREPARED = "meeting.prepared"
    MEETING_CONVENED = "meeting.convened"
    MEETING_BEGUN = "meeting.begun"
    MEETING_ENDED = "meeting.ended"
    MEETING_MINUTES_APPROVED = "meeting.minutes_approved"
    MEETING_CANCELLED = "meeting.cancelled"
    MEETING_MOVED = "meeting.moved"
    MEETING_DEMANDED = "meeting.demanded"
    POLL_PREPARED = "poll.prepared"
    POLL_OPENED = "poll.opened"
    POLL_CLOSED = "poll.closed"
    POLL_COUNTED = "poll.counted"
    POLL_ANNULLED = "poll.annulled"
    HALL_POLL_PREPARED = "hall_poll.prepared"
    HALL_POLL_OPENED = "hall_poll.opened"
    HALL_POLL_CLOSED = "hall_poll.closed"
    HALL_POLL_COUNTED = "hall_poll.counted"
    HALL_POLL_ANNULLED = "hall_poll.annulled"
    MILESTONE_PLANNED = "milestone.planned"
    MILESTONE_DONE = "milestone.done"
    MILESTONE_WAIVED = "milestone.waived"
    MILESTONE_REOPENED = "milestone.reopened"
    MILESTONE_ASSIGNED = "milestone.assigned"
    MILESTONE_NEAR = "milestone.due_near"
    MILESTONE_OVERDUE = "milestone.overdue"
    CHANGE_REQUESTED = "change_request.requested"
    CHANGE_APPROVED = "change_request.approved"
    CHANGE_REFUSED = "change_request.refused"
    CHANGE_WITHDRAWN = "change_request.withdrawn"
    CHANGE_DECISION_NEAR = "change_request.decision_near"
    CHANGE_DECISION_OVERDUE = "change_request.decision_overdue"
    SCORES_MISSING = "scores.missing"
    SCORES_CHANGED = "scores.changed"

    IDEA_RECORDED = "proposal.idea_recorded"
    GROUP_FORMED = "proposal.group_formed"
    SUBMITTED = "proposal.submitted"
    RETURNED = "proposal.returned_for_completion"
    RESUBMITTED = "proposal.resubmitted"
    COMPLETION_EXPIRED = "proposal.completion_expired"
    ADMITTED = "proposal.admitted"
    ADMISSION_REFUSED = "proposal.admission_refused"
    REOPENED_FOR_CHANGES = "proposal.reopened_for_changes"
    PRESENTED = "proposal.presented"
    NOT_PRESENTED = "proposal.not_presented"
    SELECTED = "proposal.selected"
    PLACED_ON_RESERVE = "proposal.placed_on_reserve"
    REJECTED = "proposal.rejected"
    APPEALED = "proposal.appealed"
    ADMISSION_APPEAL_UPHELD = "proposal.admission_appeal_upheld"
    SELECTION_APPEAL_UPHELD = "proposal.selection_appeal_upheld"
    APPEAL_DISMISSED = "proposal.appeal_dismissed"
    APPEAL_WITHDRAWN = "proposal.appeal_withdrawn"
    PROMOTED_FROM_RESERVE = "proposal.promoted_from_reserve"
    PLACE_OFFERED = "proposal.place_offered"
    PLACE_DECLINED = "proposal.place_declined"
    OFFER_LAPSED = "proposal.offer_lapsed"
    RESERVE_EXPIRED = "proposal.reserve_expired"
    DECISION_ANNULLED = "proposal.decision_annulled"
    IMPLEMENTATION_STARTED = "proposal.implementation_started"
    PROGRESS_REPORTED = "proposal.progress_reported"
    REPORT_ACCEPTED = "proposal.report_accepted"
    REPORT_RETURNED = "proposal.report_returned"
    REPORT_ASKED_FOR = "proposal.report_asked_for"
    REPORT_SKIPPED = "proposal.report_skipped"
    FINAL_REPORT_GIVEN = "proposal.final_report_given"
    SUSPENDED = "proposal.suspended"
    RESUMED = "proposal.resumed"
    COMPLETED = "proposal.completed"
    SETTLED = "proposal.settled"
    REOPENED = "proposal.reopened"
    CANCELLED = "proposal.cancelled"
    WITHDRAWN = "proposal.withdrawn"
    UNSUBMITTED_EXPIRED = "proposal.unsubmitted_expired"
    REINSTATED = "proposal.reinstated"
    MERGED = "proposal.merged"
    UNMERGED = "proposal.unmerged"
    PROPOSAL_UNDONE = "proposal.step_undone"

    MEMBER_ADDED = "proposal.member_added"
    MEMBER_JOINED = "proposal.member_joined"
    MEMBER_LEFT = "proposal.member_left"
    ANIMATOR_ASSIGNED = "proposal.animator_assigned"
    LEADER_NAMED = "proposal.leader_named"
    LEAD_DECLINED = "proposal.lead_declined"
    DEPUTY_NAMED = "proposal.deputy_named"
    MERGER_AGREED = "proposal.merger_agreed"
    COMMENTED = "proposal.commented"
    MENTIONED = "proposal.mentioned"
    CHANGE_SUGGESTED = "proposal.change_suggested"
    SUGGESTION_ANSWERED = "proposal.suggestion_answered"
    JOIN_REQUESTED = "proposal.join_requested"
    JOIN_ANSWERED = "proposal.join_answered"
    COORDINATOR_NAMED = "proposal.coordinator_named"
    REFUSAL_DRAFTED = "proposal.refusal_drafted"
    TERM_EXTENDED = "proposal.term_extended"
    NOTICE_NOTED = "proposal.notice_noted"
    CHANGES_REQUESTED = "proposal.changes_requested"
    CANCELLATION_PROPOSED = "proposal.cancellation_proposed"
    PLAN_ACCEPTED = "proposal.plan_accepted"

    SUBMISSION_DEADLINE_NEAR = "proposal.submission_deadline_near"
    COMPLETION_DEADLINE_NEAR = "proposal.completion_deadline_near"
    APPEAL_DECISION_NEAR = "proposal.appeal_decision_near"
    APPEAL_DECISION_OVERDUE = "proposal.appeal_decision_overdue"
    RESERVE_ENDING = "proposal.reserve_ending"
    OFFER_ENDING = "proposal.offer_ending"
    START_DUE = "proposal.start_due"
    PROGRESS_REPORT_DUE = "proposal.progress_report_due"
    PROGRESS_REPORT_OVERDUE = "proposal.progress_report_overdue"
    RESUME_NEAR = "proposal.resume_near"
    RESUME_DUE = "proposal.resume_due"
    SETTLEMENT_DUE = "proposal.settlement_due"
    WITHDRAWAL_UNACKNOWLEDGED = "proposal.withdrawal_unacknowledged"
    RESERVE_CHECK_DUE = "proposal.reserve_check_due"

    EDITION_CREATED = "edition.created"
    EDITION_ANNOUNCED = "edition.announced"
    CONFERENCES_OPENED = "edition.conferences_opened"
    SUMMARY_OPENED = "edition.summary_opened"
    SELECTION_OPENED = "edition.selection_opened"
    RESULTS_ANNOUNCED = "edition.results_announced"
    APPEALS_CLOSED = "edition.appeals_closed"
    SELECTION_REOPENED = "edition.selection_reopened"
    AGREEMENT_CONCLUDED = "edition.agreement_concluded"
    CLOSING_STARTED = "edition.closing_started"
    EDITION_CLOSED = "edition.closed"
    EDITION_SUSPENDED = "edition.suspended"
    EDITION_RESUMED = "edition.resumed"
    EDITION_CANCELLED = "edition.cancelled"
    EDITION_ARCHIVED = "edition.archived"
    EDITION_UNDONE = "edition.step_undone"

    CONFERENCE_PLANNED = "conference.planned"
    CONFERENCE_OPENED = "conference.opened"
    CONFERENCE_HELD = "conference.held"
    CONFERENCE_MINUTES_APPROVED = "conference.minutes_approved"
    CONFERENCE_POSTPONED = "conference.postponed"
    CONFERENCE_CANCELLED = "conference.cancelled"
    CONFERENCE_UNDONE = "conference.step_undone"

    # To the address that somebody registered with.
    REGISTERED = "conference.registered"
    MOVED_UP = "conference.moved_up"
    PLACE_TAKEN_BACK = "conference.place_taken_back"

    # To whoever has to do what a conference left open.
    MATTER_NEAR = "matter.near"
    MATTER_OVERDUE = "matter.overdue"

    # To an address that follows an edition or a project, or asks to.
    FOLLOWING_ASKED = "follower.asked"
    FOLLOWED = "follower.news"

    AGREEMENT_DRAFTED = "agreement.drafted"
    AGREEMENT_OPENED = "agreement.opened"
    PARTNERSHIP_CONCLUDED = "agreement.concluded"
    AGREEMENT_AMENDED = "agreement.amended"
    AGREEMENT_EXPIRED = "agreement.expired"
    AGREEMENT_UNDONE = "agreement.step_undone"
    AGREEMENT_RECALLED = "agreement.recalled"
    PARTNER_INVITED = "agreement_partner.invited"
    PARTNER_MANDATED = "agreement_partner.mandate_received"
    PARTNER_SIGNED = "agreement_partner.signed"
    PARTNER_REFUSED = "agreement_partner.refused"
    PARTNER_WITHDREW = "agreement_partner.withdrawn"
    PARTNER_REMINDED = "agreement_partner.reminded"
    PARTNER_ANSWER_NEAR = "agreement_partner.answer_near"
    PARTNER_ANSWER_OVERDUE = "agreement_partner.answer_overdue"
    PARTNER_UNDONE = "agreement_partner.step_undone"

    # A message that whoever got it learns to be out of date, since its step was taken back.
    CORRECTED = "correction.sent"

    JOB_DONE = "job.done"
    JOB_FAILED = "job.failed"

    SIGN_IN_LINK = "account.sign_in_link"
    INVITATION = "account.invitation"
    ACCOUNT_OFFERED = "account.offered"
    GROUP_INVITATION = "invitation.sent"
    DIGEST = "account.digest"
    MAIL_STALLED = "installation.mail_stalled"

    # Written by a person, not told by a step.
    LIST_LETTER = "edition.letter"
    TEST_LETTER = "account.test_letter"


class Audience(StrEnum):
    """In which quality somebody is told."""

    LEADER = "leader"
    GROUP = "group"
    AUTHOR = "author"
    STAFF = "staff"
    COMMITTEE = "committee"
    CHAIR = "chair"
    INITIATOR = "initiator"
    APPEAL_BODY = "appeal_body"
    COORDINATOR = "coordinator"
    PARTNERS = "partners"
    # The contact and the signatory of one partner of the agreement.
    ORGANISATION = "organisation"
    ALL_LEADERS = "all_leaders"
    OTHER_LEADER = "other_leader"
    # The person whom a record is about, and the owner of an account.
    NAMED = "named"
    ACCOUNT = "account"
    # The address that an invitation into a group was sent to; it may belong to nobody whom we know.
    INVITED = "invited"
    # Whoever has a seat in the body that meets or substitutes in one; of a vote by circulation its electors.
    SEATED = "seated"
    # Whom a person chose: everybody on a list, or whoever tries a letter out.
    LISTED = "listed"
    # An address that follows by e-mail; it may belong to nobody whom we know.
    FOLLOWER = "follower"
    # Whoever registered for the conference, or for one of the edition.
    REGISTERED = "registered"
    # Whoever got the message that a correction is about.
    CORRECTED = "corrected"
    # A publication on the page, not a letter: nobody is in it.
    PUBLIC = "public"


# Topics whose letter is the receipt of a project that was handed in.
RECEIPTS = frozenset({Topic.SUBMITTED, Topic.RESUBMITTED})


class Notice(Struct, frozen=True):
    """A topic that a step would tell, for whoever works out its recipients: `data` is what was given with the step."""

    topic: str
    ref: Ref
    actor_id: int | None
    at: datetime
    data: Mapping[str, Any]
