"""The talk about a project, and what the office does with it: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.COMMENTED: ShippedText(
        _("New comment in the talk: {title}"),
        _("There is a new comment in the talk about the project “{title}”."),
    ),
    Topic.MENTIONED: ShippedText(
        _("A comment addressed to you: {title}"),
        _("In the talk about the project “{title}” a comment is addressed to you."),
        {Audience.NAMED: _("Please read it and answer if needed.")},
    ),
    Topic.CHANGE_SUGGESTED: ShippedText(
        _("A text is suggested for the project sheet: {title}"),
        _("A new text was suggested for the sheet of the project “{title}”."),
        {Audience.LEADER: _("Please accept the suggestion, or decline it and give a short reason.")},
    ),
    Topic.SUGGESTION_ANSWERED: ShippedText(
        _("Your suggested text was answered: {title}"),
        _("There is an answer to the text that you suggested for the sheet of the project “{title}”."),
    ),
    Topic.REFUSAL_DRAFTED: ShippedText(
        _("A refusal waits to be confirmed: {title}"),
        _("A refusal to admit the project “{title}” to the presentation was drafted."),
        {Audience.STAFF: _("A person of the office other than the one who drafted it has to confirm the refusal.")},
    ),
    Topic.TERM_EXTENDED: ShippedText(
        _("Longer term: {title}"),
        _("The programme office extended the term of the project “{title}”. Reminders follow the new term."),
        {
            Audience.LEADER: _("Please correct the project sheet and submit the project within the new term."),
            Audience.GROUP: _("Please correct the project sheet and submit the project within the new term."),
            Audience.STAFF: _("The group has a longer term now."),
        },
    ),
    Topic.CHANGES_REQUESTED: ShippedText(
        _("Request to open the project for changes: {title}"),
        _("The leader asks to open the project “{title}” for changes."),
        {Audience.STAFF: _("Please decide on the project's page.")},
        below=_("The reason is below."),
    ),
    Topic.CANCELLATION_PROPOSED: ShippedText(
        _("Cancellation proposed: {title}"),
        _("The programme office proposes to cancel the implementation of the project “{title}”."),
        {Audience.CHAIR: _("Please confirm the cancellation or leave the project as it is.")},
    ),
}
