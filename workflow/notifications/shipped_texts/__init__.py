"""The texts of letters as they are shipped, by topic; an edition may have its own, see `letter_texts`."""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.notifications.shipped_texts import (
    accounts,
    editions,
    groups,
    implementation,
    jobs,
    meetings,
    reminders,
    selection,
    submission,
    talk,
)
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Topic

__all__ = ["PHASES", "SHIPPED", "ShippedText"]
# By phase of the programme, in its order.
PHASES = (
    submission.TEXTS,
    selection.TEXTS,
    implementation.TEXTS,
    groups.TEXTS,
    talk.TEXTS,
    reminders.TEXTS,
    editions.TEXTS,
    meetings.TEXTS,
    accounts.TEXTS,
    jobs.TEXTS,
)
SHIPPED: Mapping[Topic, ShippedText] = MappingProxyType(
    {topic: text for texts in PHASES for topic, text in texts.items()}
)
