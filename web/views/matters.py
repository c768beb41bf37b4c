"""Open matters of conferences as pages show them: with the reminders that lie ahead, for those whom they concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from web.http.template_context import say
from web.views.reminders import WHO
from web.views.subject import Subject
from workflow.conferences.matters import Matter, MatterReminder, reminders_of
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.topics import Audience


class ReminderLine(Struct, frozen=True):
    """A reminder of a matter that lies ahead: when, and who gets it."""

    at: datetime
    who: str


def reminder_lines(
    matters: Sequence[Matter], subject: Subject, *, reader: int | None, at: datetime
) -> Mapping[int, Sequence[ReminderLine]]:  # fmt: skip
    """The reminders that lie ahead, by matter, for its owner and whoever works in the edition; no statement."""
    works_here = may_see_working_papers(subject.facts)
    return {
        matter.id: [ReminderLine(reminder.at, _who(reminder, matter)) for reminder in coming]
        for matter in matters
        if (works_here or matter.owner_id == reader) and (coming := reminders_of(matter, subject.edition, at=at))
    }


def _who(reminder: MatterReminder, matter: Matter) -> str:
    return ", ".join(matter.owner if who is Audience.NAMED else say(WHO[who]) for who in reminder.audiences)
