"""The implementation of a project, and how a project ends: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.IMPLEMENTATION_STARTED: ShippedText(
        _("Implementation started: {title}"),
        _("The implementation of the project “{title}” has started."),
        {Audience.COORDINATOR: _("Please keep the action plan up to date and hand in progress reports.")},
    ),
    Topic.PLAN_ACCEPTED: ShippedText(
        _("Action plan accepted: {title}"),
        _("The coordinator of the project “{title}” accepted its action plan."),
        {Audience.STAFF: _("Please start the implementation of the project when nothing else is missing.")},
    ),
    Topic.MILESTONE_DONE: ShippedText(
        _("Milestone done: {title}"),
        _("Milestone no. {number} of the project “{title}” was reached."),
        below=_("What was reached is below."),
    ),
    Topic.MILESTONE_WAIVED: ShippedText(
        _("Milestone waived: {title}"),
        _("Milestone no. {number} of the project “{title}” was waived."),
        below=_("The reason is below."),
    ),
    Topic.MILESTONE_REOPENED: ShippedText(
        _("Milestone reopened: {title}"),
        _("Milestone no. {number} of the project “{title}” was reopened."),
        below=_("The reason is below."),
    ),
    Topic.MILESTONE_ASSIGNED: ShippedText(
        _("You are responsible for a milestone: {title}"),
        _("You were named as responsible for milestone no. {number} of the project “{title}”."),
        {Audience.NAMED: _("Please see on its page what is to be reached, and until when.")},
    ),
    Topic.CHANGE_REQUESTED: ShippedText(
        _("Change of a plan asked for: {title}"),
        _("A change of the action plan of the project “{title}” was asked for."),
        dict.fromkeys((Audience.STAFF, Audience.CHAIR), _("Please read the request on its page.")),
        below=_("What is asked for, and why, is below."),
    ),
    Topic.CHANGE_APPROVED: ShippedText(
        _("Change of the plan approved: {title}"),
        _("The change of the action plan of the project “{title}” was approved. It is in the plan already."),
    ),
    Topic.CHANGE_REFUSED: ShippedText(
        _("Change of the plan refused: {title}"),
        _("The change of the action plan of the project “{title}” was refused. The plan stays as it is."),
        below=_("The reason is below."),
    ),
    Topic.PROGRESS_REPORTED: ShippedText(
        _("Progress report handed in: {title}"),
        _("A progress report was handed in for the project “{title}”."),
        {Audience.STAFF: _("Please read the report and accept it, or ask the coordinator about what is unclear.")},
    ),
    Topic.FINAL_REPORT_GIVEN: ShippedText(
        _("Final report handed in: {title}"),
        _("The final report of the project “{title}” was handed in."),
        {Audience.STAFF: _("Please read the report beside the plan and the accounts, and accept or return it.")},
    ),
    Topic.REPORT_ACCEPTED: ShippedText(
        _("Report accepted: {title}"),
        _("The programme office accepted the report of the project “{title}”."),
    ),
    Topic.REPORT_RETURNED: ShippedText(
        _("Report returned: {title}"),
        _("The programme office returned the report of the project “{title}”."),
        {Audience.COORDINATOR: _("Please correct the report. What you wrote is still there.")},
        below=_("The reason is below."),
    ),
    Topic.REPORT_ASKED_FOR: ShippedText(
        _("A report is needed earlier: {title}"),
        _("The programme office asks for a report on the project “{title}” before its usual term."),
        {Audience.COORDINATOR: _("Please hand in the report on the project's page.")},
        below=_("The reason is below."),
    ),
    Topic.REPORT_SKIPPED: ShippedText(
        _("Report left out: {title}"),
        _("The programme office left out the next report of the project “{title}”."),
        below=_("The reason is below."),
    ),
    Topic.SUSPENDED: ShippedText(
        _("Project suspended: {title}"),
        _("The programme office suspended the project “{title}”."),
        below=_("The reason and the planned day of resuming are below."),
    ),
    Topic.RESUMED: ShippedText(
        _("Project resumed: {title}"),
        _("The programme office resumed the project “{title}”."),
    ),
    Topic.COMPLETED: ShippedText(
        _("Project completed: {title}"),
        _("The implementation of the project “{title}” was completed. Thank you to everybody who worked on it."),
    ),
    Topic.SETTLED: ShippedText(
        _("Project settled: {title}"),
        _("The project “{title}” was settled. Its file is closed."),
    ),
    Topic.REOPENED: ShippedText(
        _("Implementation reopened: {title}"),
        _("The programme office reopened the implementation of the project “{title}”."),
        {Audience.COORDINATOR: _("Please add to the action plan what is still to be done.")},
        below=_("The reason is below."),
    ),
    Topic.CANCELLED: ShippedText(
        _("Project cancelled: {title}"),
        _("The steering committee decided to cancel the implementation of the project “{title}”."),
        below=_("Reason and grounds are below."),
    ),
    Topic.WITHDRAWN: ShippedText(
        _("Project withdrawn: {title}"),
        _("The project “{title}” was withdrawn by decision of the group's leader."),
        {
            Audience.STAFF: _(
                "Please acknowledge the withdrawal and check whether it makes room for a project on the reserve list."
            )
        },
        below=_("The reason is below."),
    ),
    Topic.UNSUBMITTED_EXPIRED: ShippedText(
        _("Project not submitted in time: {title}"),
        _("The project “{title}” was not submitted in time, so work on it was closed."),
        {Audience.LEADER: _("If you want to go on with it, please write to the programme office: {contact}.")},
    ),
    Topic.REINSTATED: ShippedText(
        _("Project reinstated: {title}"),
        _("The programme office reinstated the project “{title}”. The group can go on working."),
        {
            Audience.LEADER: _(
                "Please fill in the project sheet together with the group and submit the project in time."
            )
        },
    ),
    Topic.MERGED: ShippedText(
        _("Projects merged: {title}"),
        _(
            "The project “{title}” was merged into another project. The people of the group, "
            "texts and history are kept."
        ),
    ),
    Topic.UNMERGED: ShippedText(
        _("Projects separated: {title}"),
        _("The project “{title}” was separated from the other project. The group goes on with it by itself."),
    ),
    Topic.PROPOSAL_UNDONE: ShippedText(
        _("Last step undone: {title}"),
        _(
            "The last step in the matter of the project “{title}” was undone. The earlier "
            "message about it no longer holds."
        ),
        below=_("The reason is below."),
    ),
}
