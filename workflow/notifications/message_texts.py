"""The words of every letter: what it is called, what happened, and what is expected of whom. A table, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.base.i18n import Sentence, _
from workflow.rules.topics import Audience, Topic


@dataclass(frozen=True, slots=True)
class Words:
    """Title, what happened, and for some of the readers what to do now."""

    subject: Sentence
    happened: Sentence
    expected: Mapping[Audience, Sentence] = field(default_factory=dict)


CHECK_SHEET = _("Please check the project sheet formally and on its merits.")
MAY_APPEAL = _("You may appeal against this decision; the project's page shows how and until when.")
KEEP_WORKING = _("Please improve the project sheet and submit it again in time.")
VOTE_AGAIN = _("Please put the project to the vote again.")
DECIDE_APPEAL = _("Please decide on the appeal and give written reasons.")
LEAD = _("You are the person named. Please open the project's page and accept or decline.")
ACCEPT = _("Please open the project's page and accept this task.")
REPORT = _("Please write the progress report on the project's page.")
CHECK_RESERVE = _("Please check whether this makes room for a project on the reserve list.")
SEE_PAGE = _("Please look at the project's page and decide what comes next.")

LEADER, GROUP, AUTHOR, STAFF = Audience.LEADER, Audience.GROUP, Audience.AUTHOR, Audience.STAFF
COMMITTEE, CHAIR, APPEAL_BODY = Audience.COMMITTEE, Audience.CHAIR, Audience.APPEAL_BODY
COORDINATOR, PARTNERS, NAMED = Audience.COORDINATOR, Audience.PARTNERS, Audience.NAMED
OTHER_LEADER, INVITED, SEATED = Audience.OTHER_LEADER, Audience.INVITED, Audience.SEATED

WORDS: Mapping[Topic, Words] = {
    Topic.IDEA_RECORDED: Words(
        _("Idea recorded: {title}"),
        _("The idea “{title}” was recorded as number {number} of the edition “{edition}”."),
        {AUTHOR: _("Now find people for a group and a leader; the programme office will help you.")},
    ),
    Topic.GROUP_FORMED: Words(
        _("Group formed: {title}"),
        _("A group was formed that works on the project “{title}”."),
        {LEADER: _("Please fill in the project sheet together with the group and submit it in time.")},
    ),
    Topic.SUBMITTED: Words(
        _("Project submitted: {title}"),
        _("The project “{title}” was submitted. Its project sheet can no longer be changed."),
        {
            STAFF: CHECK_SHEET,
            LEADER: _("This is your receipt. You need do nothing now: the programme office checks the sheet."),
        },
    ),
    Topic.RETURNED: Words(
        _("Project returned for completion: {title}"),
        _("The programme office returned the project “{title}” for completion."),
        {LEADER: KEEP_WORKING},
    ),
    Topic.RESUBMITTED: Words(
        _("Project submitted again: {title}"),
        _("The project “{title}” was submitted again after its completion."),
        {STAFF: CHECK_SHEET, LEADER: _("This is your receipt. You need do nothing now.")},
    ),
    Topic.COMPLETION_EXPIRED: Words(
        _("Project not completed in time: {title}"),
        _("The project “{title}” was not completed in time and was therefore not admitted."),
        {LEADER: MAY_APPEAL},
    ),
    Topic.ADMITTED: Words(
        _("Project admitted: {title}"),
        _("The project “{title}” was admitted to the presentation."),
        {LEADER: _("Please prepare to present it at the summary conference.")},
    ),
    Topic.ADMISSION_REFUSED: Words(
        _("Project not admitted: {title}"),
        _("The project “{title}” was not admitted to the presentation."),
        {LEADER: MAY_APPEAL},
    ),
    Topic.REOPENED_FOR_CHANGES: Words(
        _("Project open for changes: {title}"),
        _("At the leader's request the project “{title}” was opened for changes."),
        {LEADER: KEEP_WORKING},
    ),
    Topic.PRESENTED: Words(
        _("Project presented: {title}"),
        _("The project “{title}” was presented at the summary conference."),
    ),
    Topic.NOT_PRESENTED: Words(
        _("Project not presented: {title}"),
        _("The project “{title}” was not presented at the summary conference and takes no part in the selection."),
        {LEADER: MAY_APPEAL},
    ),
    Topic.SELECTED: Words(
        _("Project selected: {title}"),
        _("The steering committee selected the project “{title}” for implementation."),
        {LEADER: _("The programme office will name a coordinator and agree an action plan with you.")},
    ),
    Topic.PLACED_ON_RESERVE: Words(
        _("Project on the reserve list: {title}"),
        _("The steering committee placed the project “{title}” on the reserve list."),
        {LEADER: MAY_APPEAL},
    ),
    Topic.REJECTED: Words(
        _("Project not selected: {title}"),
        _("The steering committee did not select the project “{title}”."),
        {LEADER: MAY_APPEAL},
    ),
    Topic.APPEALED: Words(
        _("Appeal lodged: {title}"),
        _("An appeal was lodged in the matter of the project “{title}”."),
        {APPEAL_BODY: DECIDE_APPEAL, LEADER: _("This is your receipt. The appeal body will answer in writing.")},
    ),
    Topic.ADMISSION_APPEAL_UPHELD: Words(
        _("Appeal upheld, project admitted: {title}"),
        _("The appeal was upheld: the project “{title}” is admitted to the presentation."),
        {LEADER: _("Please prepare to present it at the summary conference.")},
    ),
    Topic.SELECTION_APPEAL_UPHELD: Words(
        _("Appeal upheld, new vote: {title}"),
        _("The appeal was upheld: the committee votes on the project “{title}” again."),
        {CHAIR: VOTE_AGAIN},
    ),
    Topic.APPEAL_DISMISSED: Words(
        _("Appeal dismissed: {title}"),
        _("The appeal in the matter of the project “{title}” was dismissed. The earlier decision stands."),
    ),
    Topic.APPEAL_WITHDRAWN: Words(
        _("Appeal withdrawn: {title}"),
        _("The appeal in the matter of the project “{title}” was withdrawn. The earlier decision stands."),
    ),
    Topic.PROMOTED_FROM_RESERVE: Words(
        _("Project selected from the reserve list: {title}"),
        _("The project “{title}” moved from the reserve list to the selected projects."),
        {LEADER: _("Please tell the programme office whether the group still wants to carry it out.")},
    ),
    Topic.RESERVE_EXPIRED: Words(
        _("Reserve list ended: {title}"),
        _("The reserve list is no longer valid, so the project “{title}” was not selected."),
    ),
    Topic.DECISION_ANNULLED: Words(
        _("Decision annulled: {title}"),
        _("The decision about the project “{title}” was annulled; the committee will decide again."),
        {CHAIR: VOTE_AGAIN},
    ),
    Topic.IMPLEMENTATION_STARTED: Words(
        _("Implementation started: {title}"),
        _("The implementation of the project “{title}” has started."),
        {COORDINATOR: _("Please keep the action plan up to date and report on progress regularly.")},
    ),
    Topic.PROGRESS_REPORTED: Words(
        _("Progress report: {title}"),
        _("A progress report was written for the project “{title}”."),
        {STAFF: _("Please read the report on the project's page.")},
    ),
    Topic.SUSPENDED: Words(
        _("Project suspended: {title}"),
        _("The project “{title}” was suspended."),
    ),
    Topic.RESUMED: Words(
        _("Project resumed: {title}"),
        _("The project “{title}” was resumed."),
    ),
    Topic.COMPLETED: Words(
        _("Project completed: {title}"),
        _("The project “{title}” was completed. Thank you."),
    ),
    Topic.SETTLED: Words(
        _("Project settled: {title}"),
        _("The project “{title}” was settled and its file is closed."),
    ),
    Topic.REOPENED: Words(
        _("Implementation reopened: {title}"),
        _("The implementation of the project “{title}” was opened again."),
        {COORDINATOR: _("Please read the reason and arrange what is still to be done.")},
    ),
    Topic.CANCELLED: Words(
        _("Project cancelled: {title}"),
        _("The implementation of the project “{title}” was cancelled."),
    ),
    Topic.WITHDRAWN: Words(
        _("Project withdrawn: {title}"),
        _("The project “{title}” was withdrawn by its leader."),
        {STAFF: CHECK_RESERVE},
    ),
    Topic.UNSUBMITTED_EXPIRED: Words(
        _("Project not submitted in time: {title}"),
        _("The project “{title}” was not submitted in time and was therefore closed."),
        {LEADER: _("If you want to go on with it, write to the programme office.")},
    ),
    Topic.REINSTATED: Words(
        _("Project reinstated: {title}"),
        _("The project “{title}” was reinstated; the group can go on working."),
        {LEADER: _("Please fill in the project sheet together with the group and submit it in time.")},
    ),
    Topic.MERGED: Words(
        _("Projects merged: {title}"),
        _("The project “{title}” was merged into another project; its people and history stay linked."),
    ),
    Topic.UNMERGED: Words(
        _("Projects separated: {title}"),
        _("The project “{title}” was separated from the other project and goes on by itself."),
    ),
    Topic.PROPOSAL_UNDONE: Words(
        _("Step undone: {title}"),
        _("The last step of the project “{title}” was undone. An earlier message about it is no longer valid."),
    ),
    Topic.MEMBER_ADDED: Words(
        _("New person in the group: {title}"),
        _("A person joined the group that works on the project “{title}”."),
    ),
    Topic.ANIMATOR_ASSIGNED: Words(
        _("Animator assigned: {title}"),
        _("The programme office assigned an animator to the group that works on the project “{title}”."),
        {NAMED: _("You are the animator of this group. Please get in touch with its leader.")},
    ),
    Topic.MEMBER_JOINED: Words(
        _("New person in the group: {title}"),
        _("An invited person joined the group that works on the project “{title}”."),
    ),
    Topic.MEMBER_LEFT: Words(
        _("A person left the group: {title}"),
        _("A person left the group that works on the project “{title}”."),
    ),
    Topic.LEADER_NAMED: Words(
        _("Leader named: {title}"),
        _("A leader was named for the group that works on the project “{title}”."),
        {NAMED: LEAD},
    ),
    Topic.LEAD_DECLINED: Words(
        _("The person named does not want to lead: {title}"),
        _("The person named as leader of the group that works on the project “{title}” has declined."),
        {LEADER: _("You lead the group as before."), STAFF: _("If the group has no leader now, please name one.")},
    ),
    Topic.DEPUTY_NAMED: Words(
        _("You are the deputy leader: {title}"),
        _("You were named deputy leader of the group that works on the project “{title}”."),
        {NAMED: _("You may edit the sheet, invite people and say who may do what.")},
    ),
    Topic.MERGER_AGREED: Words(
        _("A merger is proposed: {title}"),
        _("The leader of the project “{title}” agrees to merge it with another one."),
        {
            OTHER_LEADER: _("It is your project that is meant. If you agree, say so on its page."),
            STAFF: _("When both leaders have agreed, you can merge the projects."),
        },
    ),
    Topic.COMMENTED: Words(
        _("New in the talk: {title}"),
        _("Somebody wrote in the talk about the project “{title}”."),
    ),
    Topic.MENTIONED: Words(
        _("You were mentioned: {title}"),
        _("Somebody mentioned you in the talk about the project “{title}”."),
        {NAMED: _("Please read it and answer if you can.")},
    ),
    Topic.CHANGE_SUGGESTED: Words(
        _("A new text is suggested: {title}"),
        _("Somebody suggests a new text for the sheet of the project “{title}”."),
        {LEADER: _("Please accept it or decline it with a word.")},
    ),
    Topic.SUGGESTION_ANSWERED: Words(
        _("Your suggestion was answered: {title}"),
        _("The leader answered your suggestion for the sheet of the project “{title}”."),
    ),
    Topic.JOIN_REQUESTED: Words(
        _("Somebody wants to join the group: {title}"),
        _("Somebody asks to join the group that works on the project “{title}”."),
        {LEADER: _("Please answer on the page of the group.")},
    ),
    Topic.JOIN_ANSWERED: Words(
        _("Answer of the group: {title}"),
        _("The group that works on the project “{title}” has answered your request to join it."),
        {NAMED: _("You find the answer on the page of the group.")},
    ),
    Topic.GROUP_INVITATION: Words(
        _("Invitation to a group: {title}"),
        _("{inviter} invites you to the group that works on the project “{title}” in the edition “{edition}”."),
        {INVITED: _("Open the link to see the invitation; there you accept or decline it.")},
    ),
    Topic.COORDINATOR_NAMED: Words(
        _("Coordinator named: {title}"),
        _("A coordinator was named for the implementation of the project “{title}”."),
        {COORDINATOR: ACCEPT},
    ),
    Topic.REFUSAL_DRAFTED: Words(
        _("Refusal waits for a second person: {title}"),
        _("A refusal of admission was drafted for the project “{title}”."),
        {STAFF: _("Somebody other than its author has to confirm it.")},
    ),
    Topic.TERM_EXTENDED: Words(
        _("Longer term: {title}"),
        _("The programme office gave the project “{title}” more time. Reminders follow the new date."),
        {LEADER: KEEP_WORKING, GROUP: KEEP_WORKING, STAFF: _("The group has a longer term now.")},
    ),
    Topic.CHANGES_REQUESTED: Words(
        _("Leader asks for changes: {title}"),
        _("The leader asks to open the project “{title}” for changes."),
        {STAFF: SEE_PAGE},
    ),
    Topic.CANCELLATION_PROPOSED: Words(
        _("Cancellation proposed: {title}"),
        _("The programme office proposes to cancel the implementation of the project “{title}”."),
        {CHAIR: _("Please confirm the cancellation or leave the project as it is.")},
    ),
    Topic.SUBMISSION_DEADLINE_NEAR: Words(
        _("Submission deadline is near: {title}"),
        _("The project “{title}” has not been submitted yet."),
        {LEADER: _("Please complete the project sheet and submit it in time; later it will be closed.")},
    ),
    Topic.COMPLETION_DEADLINE_NEAR: Words(
        _("Time for completion is running out: {title}"),
        _("The project “{title}” still waits for its completion."),
        {LEADER: KEEP_WORKING},
    ),
    Topic.APPEAL_DECISION_OVERDUE: Words(
        _("Appeal decision is overdue: {title}"),
        _("The appeal in the matter of the project “{title}” has not been decided in time."),
        {APPEAL_BODY: DECIDE_APPEAL},
    ),
    Topic.RESERVE_ENDING: Words(
        _("Reserve list ends soon: {title}"),
        _("The project “{title}” is on the reserve list, which will soon be no longer valid."),
    ),
    Topic.START_DUE: Words(
        _("Implementation has not started: {title}"),
        _("The project “{title}” was selected, but its implementation has not started yet."),
        {STAFF: SEE_PAGE, COORDINATOR: SEE_PAGE},
    ),
    Topic.PROGRESS_REPORT_DUE: Words(
        _("Progress report is due: {title}"),
        _("It is time for a progress report on the project “{title}”."),
        {COORDINATOR: REPORT},
    ),
    Topic.PROGRESS_REPORT_OVERDUE: Words(
        _("Progress report is overdue: {title}"),
        _("The progress report on the project “{title}” has not been written in time."),
        {COORDINATOR: REPORT, STAFF: _("Please contact the coordinator.")},
    ),
    Topic.RESUME_DUE: Words(
        _("Planned day of resuming: {title}"),
        _("The day has come on which the suspended project “{title}” was to be resumed."),
        {STAFF: SEE_PAGE},
    ),
    Topic.SETTLEMENT_DUE: Words(
        _("Settlement is due: {title}"),
        _("The project “{title}” is completed and waits for its settlement."),
        {STAFF: _("Please settle the project."), COORDINATOR: _("Please hand in what the settlement still needs.")},
    ),
    Topic.WITHDRAWAL_UNACKNOWLEDGED: Words(
        _("Withdrawal not yet acknowledged: {title}"),
        _("The project “{title}” was withdrawn after its selection and nobody has acknowledged it yet."),
        {STAFF: CHECK_RESERVE},
    ),
    Topic.SCORES_MISSING: Words(
        _("Score cards are awaited: {edition}"),
        _("Projects of the edition “{edition}” wait for your score cards."),
        {NAMED: _("Please score them in the committee's room before the committee meets.")},
    ),
    Topic.EDITION_CREATED: Words(
        _("Edition created: {edition}"),
        _("The edition “{edition}” was created as a draft."),
        {STAFF: _("Please complete its rules and calendar before it is announced.")},
    ),
    Topic.EDITION_ANNOUNCED: Words(
        _("Edition announced: {edition}"),
        _("The edition “{edition}” was announced."),
    ),
    Topic.CONFERENCES_OPENED: Words(
        _("Conferences begin: {edition}"),
        _("The cycle of conferences of the edition “{edition}” has begun."),
    ),
    Topic.SUMMARY_OPENED: Words(
        _("Summary conference: {edition}"),
        _("The edition “{edition}” has reached its summary conference, where the groups present their projects."),
    ),
    Topic.SELECTION_OPENED: Words(
        _("Selection opened: {edition}"),
        _("The steering committee can now decide on the projects of the edition “{edition}”."),
        {COMMITTEE: _("Please declare conflicts of interest before the vote.")},
    ),
    Topic.RESULTS_ANNOUNCED: Words(
        _("Results announced: {edition}"),
        _("The results of the selection in the edition “{edition}” were announced."),
    ),
    Topic.APPEALS_CLOSED: Words(
        _("Time for appeals is over: {edition}"),
        _("The time for appeals in the edition “{edition}” is over; the list of selected projects is final."),
    ),
    Topic.SELECTION_REOPENED: Words(
        _("Selection reopened: {edition}"),
        _("The selection in the edition “{edition}” was opened again."),
        {COMMITTEE: _("Please vote again on the projects concerned.")},
    ),
    Topic.AGREEMENT_CONCLUDED: Words(
        _("Implementation begins: {edition}"),
        _("The edition “{edition}” passed to implementation."),
    ),
    Topic.CLOSING_STARTED: Words(
        _("Edition is being closed: {edition}"),
        _("The closing of the edition “{edition}” has started."),
    ),
    Topic.EDITION_CLOSED: Words(_("Edition closed: {edition}"), _("The edition “{edition}” was closed.")),
    Topic.EDITION_SUSPENDED: Words(
        _("Edition suspended: {edition}"),
        _("The edition “{edition}” was suspended; its dates will be published anew."),
    ),
    Topic.EDITION_RESUMED: Words(_("Edition resumed: {edition}"), _("The edition “{edition}” was resumed.")),
    Topic.EDITION_CANCELLED: Words(_("Edition cancelled: {edition}"), _("The edition “{edition}” was cancelled.")),
    Topic.EDITION_UNDONE: Words(
        _("Step undone: {edition}"),
        _("The last step of the edition “{edition}” was undone. An earlier message about it is no longer valid."),
    ),
    Topic.CONFERENCE_POSTPONED: Words(
        _("Conference postponed: {edition}"),
        _("Conference number {number} of the edition “{edition}” was postponed."),
    ),
    Topic.CONFERENCE_CANCELLED: Words(
        _("Conference cancelled: {edition}"),
        _("Conference number {number} of the edition “{edition}” was cancelled."),
    ),
    Topic.AGREEMENT_OPENED: Words(
        _("Partnership agreement ready for signature: {edition}"),
        _("The partnership agreement of the edition “{edition}” is open for signature."),
        {PARTNERS: _("Please arrange with the programme office how to sign it.")},
    ),
    Topic.AGREEMENT_AMENDED: Words(
        _("Partnership agreement amended: {edition}"),
        _("The partnership agreement of the edition “{edition}” was amended."),
    ),
    Topic.AGREEMENT_EXPIRED: Words(
        _("Partnership agreement ended: {edition}"),
        _("The partnership agreement of the edition “{edition}” is no longer in force."),
    ),
    Topic.MEETING_CONVENED: Words(
        _("Meeting no. {number} convened: {edition}"),
        _("Meeting no. {number} in the edition “{edition}” was convened."),
        {SEATED: _("Please take part. A substitute comes only where the holder of the seat does not.")},
    ),
    Topic.MEETING_MOVED: Words(
        _("Meeting no. {number} moved: {edition}"),
        _("Time or place of meeting no. {number} in the edition “{edition}” was changed."),
        {SEATED: _("Please note the new time and place.")},
    ),
    Topic.MEETING_CANCELLED: Words(
        _("Meeting no. {number} cancelled: {edition}"),
        _("Meeting no. {number} in the edition “{edition}” was cancelled and does not take place."),
    ),
    Topic.MEETING_DEMANDED: Words(
        _("Vote by circulation stopped: {edition}"),
        _("A member demanded a meeting, so vote by circulation no. {number} in the edition “{edition}” was stopped."),
        {SEATED: _("Please wait for the notice of the meeting. Open votes were annulled.")},
    ),
    Topic.POLL_OPENED: Words(
        _("Vote by circulation: {edition}"),
        _("A vote by circulation was opened in the edition “{edition}”."),
        {SEATED: _("Please vote on the page of the meeting. Whoever does not answer in time counts as not present.")},
    ),
    Topic.SIGN_IN_LINK: Words(
        _("Your link to sign in"),
        _("Somebody, probably you, asked for a link to sign in with this address."),
        {Audience.ACCOUNT: _("The link works once. If it was not you, do nothing: nobody gets in without it.")},
    ),
    Topic.INVITATION: Words(
        _("Invitation to the local partnership programme"),
        _("The programme office has made an account for you with this address."),
        {Audience.ACCOUNT: _("Open the link, which works once, and set your password.")},
    ),
}
