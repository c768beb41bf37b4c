"""Editions, conferences and the partnership agreement: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.EDITION_CREATED: ShippedText(
        _("Edition created: {edition}"),
        _("The edition “{edition}” was created. For now only the programme office sees it."),
        {Audience.STAFF: _("Please complete its rules and calendar before it is announced.")},
    ),
    Topic.EDITION_ANNOUNCED: ShippedText(
        _("Edition announced: {edition}"),
        _("We announced the edition “{edition}”. Its rules and calendar are on its page."),
    ),
    Topic.CONFERENCES_OPENED: ShippedText(
        _("The conferences begin: {edition}"),
        _(
            "The cycle of conferences of the edition “{edition}” has begun. Dates and places "
            "are on the page of the edition."
        ),
    ),
    Topic.SUMMARY_OPENED: ShippedText(
        _("Summary conference: {edition}"),
        _(
            "In the edition “{edition}” the stage of the summary conference begins ({day}, "
            "{place}). Leaders will present their projects there."
        ),
        {Audience.ALL_LEADERS: _("Please prepare your presentation.")},
    ),
    Topic.SELECTION_OPENED: ShippedText(
        _("The selection of projects has begun: {edition}"),
        _("The steering committee can now select projects in the edition “{edition}”."),
        {Audience.COMMITTEE: _("Please declare conflicts of interest before the vote.")},
    ),
    Topic.RESULTS_ANNOUNCED: ShippedText(
        _("Results announced: {edition}"),
        _(
            "The results of the selection of projects in the edition “{edition}” were "
            "announced. The list is on the page of the edition."
        ),
        {Audience.ALL_LEADERS: _("We write about your result and a possible appeal separately.")},
        informs=frozenset({Audience.ALL_LEADERS}),
    ),
    Topic.APPEALS_CLOSED: ShippedText(
        _("Appeals are over: {edition}"),
        _("In the edition “{edition}” all appeals have been dealt with. The list of selected projects is final."),
    ),
    Topic.SELECTION_REOPENED: ShippedText(
        _("Selection resumed: {edition}"),
        _("The selection of projects in the edition “{edition}” was resumed."),
        {Audience.COMMITTEE: _("Please vote again on the projects concerned.")},
    ),
    Topic.AGREEMENT_CONCLUDED: ShippedText(
        _("Implementation begins: {edition}"),
        _("In the edition “{edition}” the implementation of the selected projects begins."),
    ),
    Topic.CLOSING_STARTED: ShippedText(
        _("The edition is being closed: {edition}"),
        _("Closing and settling of the edition “{edition}” has begun."),
    ),
    Topic.EDITION_CLOSED: ShippedText(
        _("Edition closed: {edition}"),
        _("The edition “{edition}” was closed. The final report is on its page."),
    ),
    Topic.EDITION_SUSPENDED: ShippedText(
        _("Edition suspended: {edition}"),
        _("The edition “{edition}” was suspended. Terms do not run; we will announce new ones when it is resumed."),
    ),
    Topic.EDITION_RESUMED: ShippedText(
        _("Edition resumed: {edition}"),
        _("The edition “{edition}” was resumed. The new terms are on its page."),
    ),
    Topic.EDITION_CANCELLED: ShippedText(
        _("Edition cancelled: {edition}"),
        _("The initiators cancelled the edition “{edition}”. The reason is on its page."),
    ),
    Topic.EDITION_UNDONE: ShippedText(
        _("Last step undone: {edition}"),
        _("The last step in the edition “{edition}” was undone. The earlier message about it no longer holds."),
    ),
    Topic.CONFERENCE_OPENED: ShippedText(
        _("Registration opened for conference no. {number}: {edition}"),
        _("Registration for conference no. {number} of the edition “{edition}” is open."),
        {Audience.REGISTERED: _("Please register on the page of the conference.")},
    ),
    Topic.CONFERENCE_POSTPONED: ShippedText(
        _("Conference no. {number} moved: {edition}"),
        _(
            "Conference no. {number} of the edition “{edition}” takes place at another time: "
            "{day}, {place}. We apologise for the change."
        ),
    ),
    Topic.CONFERENCE_CANCELLED: ShippedText(
        _("Conference no. {number} cancelled: {edition}"),
        _("Conference no. {number} of the edition “{edition}” does not take place."),
        below=_("The reason is below."),
    ),
    Topic.FOLLOWING_ASKED: ShippedText(
        _("Please confirm: news of {title}"),
        _("Somebody asked for news of “{title}” to be sent to this address. Without confirmation nothing is sent."),
        {Audience.FOLLOWER: _("Please open the link to confirm. Otherwise nothing has to be done.")},
    ),
    Topic.FOLLOWED: ShippedText(
        _("News: {title}"), _("There is news of “{title}” on the page of the edition “{edition}”.")
    ),
    Topic.LIST_LETTER: ShippedText(
        _("Message of the programme office: {edition}"),
        _("The programme office writes to you about the edition “{edition}”."),
    ),
    Topic.AGREEMENT_OPENED: ShippedText(
        _("The partnership agreement is ready for signature: {edition}"),
        _("The partnership agreement of the edition “{edition}” can now be signed."),
        {Audience.PARTNERS: _("Please arrange with the programme office how to sign it: {contact}.")},
    ),
    Topic.AGREEMENT_AMENDED: ShippedText(
        _("Partnership agreement amended: {edition}"),
        _("The partnership agreement of the edition “{edition}” was amended."),
        below=_("The reason and the number of signatures are below."),
    ),
    Topic.AGREEMENT_EXPIRED: ShippedText(
        _("Partnership agreement ended: {edition}"),
        _("The partnership agreement of the edition “{edition}” is no longer in force."),
        below=_("The reason is below."),
    ),
}
