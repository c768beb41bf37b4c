"""Reminders: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

SEE_MISSING = _("Please see on the project's page what is missing.")
SEE_MILESTONE = _("Please see on the page of the milestone what is missing.")
SEE_MATTER = _("Please see on the page of the conference what is still open.")
NOTE_DONE = _("Please note it as done on its page, or ask for another day.")
RESUME = _("Please resume the project or set a new day of resuming.")

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.SUBMISSION_DEADLINE_NEAR: ShippedText(
        _("The submission deadline is near: {title}"),
        _("The project “{title}” has not been submitted yet."),
        dict.fromkeys(
            (Audience.LEADER, Audience.AUTHOR, Audience.GROUP),
            _("Please complete the project sheet and submit the project. After the deadline this is not possible."),
        ),
    ),
    Topic.COMPLETION_DEADLINE_NEAR: ShippedText(
        _("The term for completion is near: {title}"),
        _("The project “{title}” waits for its completion."),
        dict.fromkeys(
            (Audience.LEADER, Audience.GROUP),
            _(
                "Please correct the sheet and submit the project again. After the term it will "
                "not be admitted to the presentation."
            ),
        ),
    ),
    Topic.APPEAL_DECISION_NEAR: ShippedText(
        _("The term for deciding an appeal is near: {title}"),
        _("The appeal in the matter of the project “{title}” waits for a decision."),
        {Audience.APPEAL_BODY: _("Please decide on the appeal and give written reasons.")},
    ),
    Topic.APPEAL_DECISION_OVERDUE: ShippedText(
        _("The term for deciding an appeal has passed: {title}"),
        _("The appeal in the matter of the project “{title}” was not decided in time."),
        {
            Audience.APPEAL_BODY: _("Please decide on the appeal as soon as possible and give written reasons."),
            Audience.STAFF: SEE_MISSING,
            Audience.CHAIR: SEE_MISSING,
            Audience.INITIATOR: SEE_MISSING,
        },
    ),
    Topic.OFFER_ENDING: ShippedText(
        _("The offer of a place ends soon: {title}"),
        _("A place is offered to the project “{title}” of the reserve list, and nobody has answered yet."),
        {
            Audience.LEADER: _(
                "Please accept the place or decline it on the project's page, in time; you are free to do either."
            )
        },
    ),
    Topic.RESERVE_ENDING: ShippedText(
        _("The end of the reserve list is near: {title}"),
        _("The project “{title}” is on the reserve list, which will soon no longer be valid."),
        {Audience.LEADER: _("You need do nothing now. Until then the project may still be selected.")},
    ),
    Topic.START_DUE: ShippedText(
        _("Implementation has not started: {title}"),
        _("The project “{title}” was selected for implementation, which has not started yet."),
        dict.fromkeys(
            (Audience.STAFF, Audience.COORDINATOR, Audience.LEADER, Audience.CHAIR),
            _("Please see on the project's page what is missing before the implementation can start."),
        ),
    ),
    Topic.PROGRESS_REPORT_DUE: ShippedText(
        _("A progress report is needed: {title}"),
        _("The term for a progress report on the project “{title}” is near."),
        {
            Audience.COORDINATOR: _("Please hand in the report on the project's page."),
            Audience.LEADER: _("Please give the coordinator what the report needs."),
        },
    ),
    Topic.PROGRESS_REPORT_OVERDUE: ShippedText(
        _("A progress report is missing: {title}"),
        _("The progress report on the project “{title}” was not handed in in time."),
        {
            Audience.COORDINATOR: _("Please hand in the report on the project's page as soon as possible."),
            Audience.STAFF: _("Please contact the coordinator."),
            Audience.CHAIR: SEE_MISSING,
            Audience.INITIATOR: SEE_MISSING,
        },
    ),
    Topic.RESUME_NEAR: ShippedText(
        _("The planned day of resuming is near: {title}"),
        _("The project “{title}” is suspended. The day on which it is to be resumed is near."),
        {Audience.STAFF: RESUME},
    ),
    Topic.RESUME_DUE: ShippedText(
        _("The planned day of resuming has passed: {title}"),
        _("The day on which the project “{title}” was to be resumed has passed."),
        {Audience.STAFF: RESUME, Audience.CHAIR: SEE_MISSING},
    ),
    Topic.SETTLEMENT_DUE: ShippedText(
        _("The settlement is needed: {title}"),
        _("The implementation of the project “{title}” is completed. The project waits for its settlement."),
        {
            Audience.COORDINATOR: _("Please hand in the documents that the settlement still needs."),
            Audience.STAFF: _("Please settle the project."),
            Audience.CHAIR: SEE_MISSING,
        },
    ),
    Topic.MATTER_NEAR: ShippedText(
        _("The term of an open matter is near: {edition}"),
        _("Conference no. {number} of the edition “{edition}” left something to be done, and its term is near."),
        {Audience.NAMED: _("Please do it in time and note on the page of the conference what came of it.")},
    ),
    Topic.MATTER_OVERDUE: ShippedText(
        _("The term of an open matter has passed: {edition}"),
        _("Conference no. {number} of the edition “{edition}” left something to be done, and its term has passed."),
        {
            Audience.NAMED: _("Please do it as soon as possible and note what came of it."),
            Audience.STAFF: SEE_MATTER,
            Audience.CHAIR: SEE_MATTER,
        },
    ),
    Topic.WITHDRAWAL_UNACKNOWLEDGED: ShippedText(
        _("A withdrawal waits to be acknowledged: {title}"),
        _(
            "The project “{title}” was withdrawn after its selection for implementation. "
            "Nobody has acknowledged the withdrawal yet."
        ),
        {
            Audience.STAFF: _(
                "Please acknowledge the withdrawal and check whether it makes room for a project on the reserve list."
            )
        },
    ),
    Topic.RESERVE_CHECK_DUE: ShippedText(
        _("Reserve list to be checked: {title}"),
        _("The project “{title}” was cancelled. Nobody has noted yet what this means for the reserve list."),
        {Audience.STAFF: _("Please check whether its place goes to a project on the reserve list, and note it.")},
    ),
    Topic.MILESTONE_NEAR: ShippedText(
        _("The day of a milestone is near: {title}"),
        _("Milestone no. {number} of the project “{title}” is not done yet."),
        dict.fromkeys((Audience.NAMED, Audience.COORDINATOR), NOTE_DONE),
    ),
    Topic.MILESTONE_OVERDUE: ShippedText(
        _("The day of a milestone has passed: {title}"),
        _("Milestone no. {number} of the project “{title}” was not noted as done in time."),
        {
            **dict.fromkeys((Audience.NAMED, Audience.COORDINATOR), NOTE_DONE),
            **dict.fromkeys((Audience.STAFF, Audience.CHAIR), SEE_MILESTONE),
        },
    ),
    Topic.CHANGE_DECISION_NEAR: ShippedText(
        _("A change of a plan waits for its decision: {title}"),
        _("The change of the action plan of the project “{title}” was not decided about yet."),
        dict.fromkeys((Audience.STAFF, Audience.CHAIR), _("Please decide on the request on its page.")),
    ),
    Topic.CHANGE_DECISION_OVERDUE: ShippedText(
        _("The term for deciding a change has passed: {title}"),
        _("The change of the action plan of the project “{title}” was not decided about in time."),
        dict.fromkeys((Audience.STAFF, Audience.CHAIR), _("Please decide on the request on its page.")),
    ),
}
