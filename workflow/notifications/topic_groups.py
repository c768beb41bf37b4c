"""The groups of topics that a person chooses a pace for: by topic, and by what the person is to the subject."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.notifications.ladders import LADDERS
from workflow.rules.topics import Audience, Topic


class TopicGroup(StrEnum):
    """What letters are about, as a person sees it."""

    ACCOUNT = "account"
    DECISIONS = "decisions"
    CALLS = "calls"
    OFFICE = "office"
    PROJECTS = "projects"
    PEOPLE = "people"
    TALK = "talk"
    PROGRAMME = "programme"


_TOPICS: Mapping[TopicGroup, tuple[Topic, ...]] = {
    TopicGroup.ACCOUNT: (
        Topic.SIGN_IN_LINK, Topic.INVITATION, Topic.ACCOUNT_OFFERED, Topic.GROUP_INVITATION, Topic.DIGEST,
        Topic.TEST_LETTER, Topic.JOB_DONE, Topic.JOB_FAILED,
    ),
    # From them a term runs, or they confirm that something was handed in.
    TopicGroup.DECISIONS: (
        Topic.SUBMITTED, Topic.RESUBMITTED, Topic.COMPLETION_EXPIRED, Topic.ADMITTED, Topic.ADMISSION_REFUSED,
        Topic.NOT_PRESENTED, Topic.SELECTED, Topic.PLACED_ON_RESERVE, Topic.REJECTED, Topic.APPEALED,
        Topic.ADMISSION_APPEAL_UPHELD, Topic.SELECTION_APPEAL_UPHELD, Topic.APPEAL_DISMISSED, Topic.APPEAL_WITHDRAWN,
        Topic.PROMOTED_FROM_RESERVE, Topic.RESERVE_EXPIRED, Topic.DECISION_ANNULLED, Topic.CANCELLED, Topic.WITHDRAWN,
        Topic.UNSUBMITTED_EXPIRED, Topic.PROPOSAL_UNDONE, Topic.TERM_EXTENDED, Topic.PLACE_OFFERED,
        Topic.PLACE_DECLINED, Topic.NOTICE_NOTED, Topic.OFFER_LAPSED, Topic.CORRECTED,
    ),
    TopicGroup.CALLS: (
        *LADDERS, Topic.RETURNED, Topic.REOPENED_FOR_CHANGES, Topic.LEADER_NAMED, Topic.COORDINATOR_NAMED,
        Topic.MERGER_AGREED, Topic.JOIN_REQUESTED, Topic.CHANGES_REQUESTED, Topic.REFUSAL_DRAFTED,
        Topic.CANCELLATION_PROPOSED, Topic.SCORES_MISSING, Topic.MEETING_CONVENED, Topic.MEETING_MOVED,
        Topic.MEETING_DEMANDED, Topic.MEETING_CANCELLED, Topic.POLL_OPENED, Topic.SELECTION_OPENED,
        Topic.SELECTION_REOPENED, Topic.AGREEMENT_OPENED, Topic.LIST_LETTER, Topic.SCORES_CHANGED, Topic.MAIL_STALLED,
        Topic.CONFERENCE_POSTPONED, Topic.CONFERENCE_CANCELLED, Topic.REPORT_RETURNED, Topic.REPORT_ASKED_FOR,
        Topic.PARTNER_INVITED, Topic.PARTNER_REMINDED, Topic.PARTNER_WITHDREW, Topic.REGISTERED, Topic.MOVED_UP,
        Topic.PLACE_TAKEN_BACK, Topic.MILESTONE_ASSIGNED, Topic.CHANGE_REQUESTED,
    ),
    TopicGroup.PROJECTS: (
        Topic.IDEA_RECORDED, Topic.GROUP_FORMED, Topic.PRESENTED, Topic.IMPLEMENTATION_STARTED, Topic.PROGRESS_REPORTED,
        Topic.SUSPENDED, Topic.RESUMED, Topic.COMPLETED, Topic.SETTLED, Topic.REOPENED, Topic.REINSTATED, Topic.MERGED,
        Topic.UNMERGED, Topic.FINAL_REPORT_GIVEN, Topic.REPORT_ACCEPTED, Topic.REPORT_SKIPPED, Topic.PLAN_ACCEPTED,
        Topic.MILESTONE_DONE, Topic.MILESTONE_WAIVED, Topic.MILESTONE_REOPENED, Topic.CHANGE_APPROVED,
        Topic.CHANGE_REFUSED,
    ),
    TopicGroup.PROGRAMME: (
        Topic.EDITION_CREATED, Topic.EDITION_ANNOUNCED, Topic.CONFERENCES_OPENED, Topic.SUMMARY_OPENED,
        Topic.RESULTS_ANNOUNCED, Topic.APPEALS_CLOSED, Topic.AGREEMENT_CONCLUDED, Topic.CLOSING_STARTED,
        Topic.EDITION_CLOSED, Topic.EDITION_SUSPENDED, Topic.EDITION_RESUMED, Topic.EDITION_CANCELLED,
        Topic.EDITION_UNDONE, Topic.AGREEMENT_AMENDED, Topic.AGREEMENT_EXPIRED, Topic.CONFERENCE_OPENED,
        Topic.PARTNER_SIGNED, Topic.PARTNER_REFUSED, Topic.FOLLOWED, Topic.FOLLOWING_ASKED,
    ),
    TopicGroup.PEOPLE: (
        Topic.MEMBER_ADDED, Topic.MEMBER_JOINED, Topic.MEMBER_LEFT, Topic.ANIMATOR_ASSIGNED, Topic.LEAD_DECLINED,
        Topic.DEPUTY_NAMED, Topic.JOIN_ANSWERED,
    ),
    TopicGroup.TALK: (Topic.COMMENTED, Topic.MENTIONED, Topic.CHANGE_SUGGESTED, Topic.SUGGESTION_ANSWERED),
}  # fmt: skip
GROUPS: Mapping[Topic, TopicGroup] = {topic: group for group, topics in _TOPICS.items() for topic in topics}

# Who is told because of an office, not because of an own project.
OFFICIAL = frozenset({Audience.STAFF, Audience.COMMITTEE})
# Who is told of other people's projects.
WIDE = frozenset({Audience.PARTNERS, Audience.ALL_LEADERS, Audience.OTHER_LEADER})


def group_of(topic: Topic, mine: frozenset[Audience]) -> TopicGroup:
    """The group of a topic for somebody who is told in these qualities; what nobody sorted comes at once."""
    group = GROUPS.get(topic, TopicGroup.CALLS)
    if group is TopicGroup.DECISIONS and mine and mine <= WIDE:
        return TopicGroup.PROGRAMME
    is_own = group in (TopicGroup.ACCOUNT, TopicGroup.PROGRAMME) or not mine or not mine <= OFFICIAL
    return group if is_own else TopicGroup.OFFICE
