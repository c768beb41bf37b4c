"""From an idea to the presentation of a project: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import MAY_APPEAL, ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.IDEA_RECORDED: ShippedText(
        _("Idea recorded: {title}"),
        _("We recorded the idea “{title}” as number {number} of the edition “{edition}”."),
        {
            Audience.AUTHOR: _(
                "The next step is a group and a leader. You can invite people to the group on "
                "the page of the idea. The programme office will help."
            )
        },
    ),
    Topic.GROUP_FORMED: ShippedText(
        _("Group formed: {title}"),
        _("A group was formed that works on the project “{title}”."),
        {
            Audience.LEADER: _(
                "Please fill in the project sheet together with the group and submit the project in time."
            )
        },
    ),
    Topic.SUBMITTED: ShippedText(
        _("Project submitted: {title}"),
        _(
            "The project “{title}” was submitted. Its project sheet can no longer be "
            "changed. Receipt number: {receipt}."
        ),
        {
            Audience.LEADER: _(
                "This confirms that the project was submitted. You need do nothing now: the "
                "programme office will check the sheet and tell you the result."
            ),
            Audience.STAFF: _("Please check the project sheet formally and on its merits."),
        },
        informs=frozenset({Audience.LEADER}),
    ),
    Topic.RETURNED: ShippedText(
        _("Project returned for completion: {title}"),
        _("The programme office returned the project “{title}” for completion."),
        {
            Audience.LEADER: _(
                "Please correct the project sheet and submit the project again. After the term "
                "it will not be admitted to the presentation."
            )
        },
        below=_("The reasons are below."),
    ),
    Topic.RESUBMITTED: ShippedText(
        _("Project submitted again: {title}"),
        _("The project “{title}” was submitted again after its completion. Receipt number: {receipt}."),
        {
            Audience.LEADER: _("This confirms that the project was submitted. You need do nothing now."),
            Audience.STAFF: _("Please check the project sheet again."),
        },
        informs=frozenset({Audience.LEADER}),
    ),
    Topic.COMPLETION_EXPIRED: ShippedText(
        _("Project not completed in time: {title}"),
        _("The project “{title}” was not completed in time and was therefore not admitted to the presentation."),
        appeal=MAY_APPEAL,
    ),
    Topic.ADMITTED: ShippedText(
        _("Project admitted to the presentation: {title}"),
        _("The programme office admitted the project “{title}” to the presentation."),
        {Audience.LEADER: _("Please prepare a presentation for the summary conference ({day}, {place}).")},
    ),
    Topic.ADMISSION_REFUSED: ShippedText(
        _("Project not admitted to the presentation: {title}"),
        _("The programme office did not admit the project “{title}” to the presentation."),
        below=_("Basis and grounds are below."),
        appeal=MAY_APPEAL,
    ),
    Topic.REOPENED_FOR_CHANGES: ShippedText(
        _("Project open for changes: {title}"),
        _("At the leader's request the programme office opened the project “{title}” for changes."),
        {Audience.LEADER: _("Please correct the project sheet and submit the project again.")},
    ),
    Topic.PRESENTED: ShippedText(
        _("Project presented: {title}"),
        _("The project “{title}” was presented at the summary conference."),
        {Audience.LEADER: _("You need do nothing now. The steering committee will decide about the selection.")},
        informs=frozenset({Audience.LEADER}),
    ),
    Topic.NOT_PRESENTED: ShippedText(
        _("Project not presented: {title}"),
        _("The project “{title}” was not presented at the summary conference and takes no part in the selection."),
        appeal=MAY_APPEAL,
    ),
}
