"""What calendar files of pages hold: a conference with its items, and all conferences of an edition."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from workflow.notifications.calendar_file import Entry, Event, entry_of
from workflow.participation.conference_card import ConferenceCard
from workflow.presentations.agenda import AgendaView
from workflow.rules.facts import Ref
from workflow.rules.states import ConferenceState


def entry_of_day(card: ConferenceCard, starts_at: datetime, *, host: str, summary: str, url: str) -> Entry:
    """A conference as one event of a file."""
    place = ", ".join(filter(None, (card.venue, card.host_commune)))
    is_cancelled = card.state == ConferenceState.CANCELLED
    event = Event(Ref("conference", card.id), starts_at, place, card.ends_at, is_cancelled)
    return entry_of(event, summary=summary, url=url, host=host, changed_at=card.changed_at)


def items_of(agenda: AgendaView, *, host: str, url: str, untitled: str) -> Iterator[Entry]:
    """The items of a public agenda that have a time."""
    for slot in agenda.shown:
        if slot.starts_at is not None and agenda.published_at is not None:
            ends_at = slot.starts_at + timedelta(minutes=slot.minutes)
            yield Entry(f"agenda-slot-{slot.id}@{host}", agenda.version, agenda.published_at,
                        slot.starts_at, ends_at, slot.title or untitled, url=url)  # fmt: skip
