"""The reminders that lie ahead, in the reader's words: when, of which deadline, and who gets them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from workflow.base.i18n import Sentence, _
from workflow.proposals.reminders import ComingReminder
from workflow.rules.letter_text import AUDIENCE_NAMES
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role
from workflow.rules.topics import Audience

WHO: Mapping[Audience, Sentence] = {
    Audience.LEADER: TITLES[Role.GROUP_LEADER],
    Audience.AUTHOR: _("author of the idea"),
    Audience.GROUP: _("people of the group"),
    Audience.COORDINATOR: TITLES[Role.COORDINATOR],
    Audience.APPEAL_BODY: TITLES[Role.APPEAL_BODY],
    Audience.STAFF: TITLES[Role.STAFF],
    Audience.CHAIR: TITLES[Role.COMMITTEE_CHAIR],
    Audience.INITIATOR: TITLES[Role.INITIATOR],
    Audience.NAMED: TITLES[Role.MILESTONE_OWNER],
    Audience.ORGANISATION: AUDIENCE_NAMES[Audience.ORGANISATION],
}


class ReminderLine(Struct, frozen=True):
    """One reminder that lies ahead."""

    at: datetime
    label: str
    who: str
    is_mine: bool


class Reminders(Struct, frozen=True):
    """All that lie ahead of one subject, and when the reader is reminded next; None where that is not foreseen."""

    lines: tuple[ReminderLine, ...]
    next: datetime | None


def reminders(coming: Sequence[ComingReminder]) -> Reminders:
    """The reminders of one subject as its page shows them."""
    lines = tuple(
        ReminderLine(one.at, one.label.say(identity.language()), ", ".join(say(WHO[who]) for who in one.audiences),
                     one.is_mine)
        for one in coming
    )  # fmt: skip
    return Reminders(lines, next((line.at for line in lines if line.is_mine), None))
