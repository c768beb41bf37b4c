"""The texts of letters as they are shipped, by topic; an edition may have its own, see `letter_texts`."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts import (
    accounts,
    agreement,
    editions,
    groups,
    implementation,
    jobs,
    meetings,
    registration,
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
    (_("From an idea to the presentation"), submission.TEXTS),
    (_("Selection and appeals"), selection.TEXTS),
    (_("Implementation and end of a project"), implementation.TEXTS),
    (_("People of the group"), groups.TEXTS),
    (_("Talk and office"), talk.TEXTS),
    (_("Reminders"), reminders.TEXTS),
    (_("Editions, conferences, agreement"), editions.TEXTS),
    (_("Partners of the agreement"), agreement.TEXTS),
    (_("Registration for conferences"), registration.TEXTS),
    (_("Meetings and votes"), meetings.TEXTS),
    (_("Work in the background"), jobs.TEXTS),
    (_("Accounts"), accounts.TEXTS),
)
SHIPPED: Mapping[Topic, ShippedText] = {topic: text for _title, texts in PHASES for topic, text in texts.items()}
