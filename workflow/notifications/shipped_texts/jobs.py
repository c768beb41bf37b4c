"""Corrections, and work in the background: shipped texts."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.CORRECTED: ShippedText(
        _("Correction: {message}"),
        _("The message “{message}” of {day} no longer holds. The step that it told of was taken back."),
        below=_("The reason is below."),
    ),
    Topic.JOB_DONE: ShippedText(
        _("Ready: {title}"),
        _("The work that you asked for is ready: {title}."),
        {Audience.NAMED: _("Its page leads to the result.")},
    ),
    Topic.JOB_FAILED: ShippedText(
        _("Not finished: {title}"),
        _("The work that you asked for could not be finished: {title}."),
        {Audience.NAMED: _("Its page says why. It can be asked for again.")},
    ),
}
