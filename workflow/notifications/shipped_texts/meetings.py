"""Meetings and votes of the bodies: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.SCORES_MISSING: ShippedText(
        _("Score cards are awaited: {edition}"),
        _("Projects of the edition “{edition}” wait for your score cards."),
        {Audience.NAMED: _("Please score them in the committee's room before the committee meets.")},
    ),
    Topic.SCORES_CHANGED: ShippedText(
        _("A score card does not count any more: {edition}"),
        _("A conflict of interest came up after scores were opened. A card does not count any more."),
        {Audience.NAMED: _("Mean and ranking may have changed. Please look at them before you vote.")},
    ),
    Topic.MEETING_CONVENED: ShippedText(
        _("Meeting no. {number} convened: {edition}"),
        _("Meeting no. {number} in the edition “{edition}” was convened."),
        {Audience.SEATED: _("Please take part. A substitute comes only where the holder of the seat does not.")},
    ),
    Topic.MEETING_MOVED: ShippedText(
        _("Meeting no. {number} moved: {edition}"),
        _("Time or place of meeting no. {number} in the edition “{edition}” was changed."),
        {Audience.SEATED: _("Please note the new time and place.")},
    ),
    Topic.MEETING_CANCELLED: ShippedText(
        _("Meeting no. {number} cancelled: {edition}"),
        _("Meeting no. {number} in the edition “{edition}” was cancelled and does not take place."),
    ),
    Topic.MEETING_DEMANDED: ShippedText(
        _("Vote by circulation stopped: {edition}"),
        _("A member demanded a meeting, so vote by circulation no. {number} in the edition “{edition}” was stopped."),
        {Audience.SEATED: _("Please wait for the notice of the meeting. Open votes were annulled.")},
    ),
    Topic.POLL_OPENED: ShippedText(
        _("Vote by circulation: {edition}"),
        _("A vote by circulation was opened in the edition “{edition}”."),
        {
            Audience.SEATED: _(
                "Please vote on the page of the meeting. Whoever does not answer in time counts as not present."
            )
        },
    ),
}
