"""Work in the background: shipped texts of messages about it."""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = MappingProxyType(
    {
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
)
