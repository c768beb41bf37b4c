"""What letters about a registration say beside their sentences: when, where, who has a place, the code for the desk.

Read for any number of letters in one statement.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.i18n import Sentence, _
from workflow.models import Conference, Person, Registration
from workflow.notifications.meeting_letters import Line
from workflow.rules.states import RegistrationState

# Under this name the payload of a message holds the numbers of the registrations that it is about.
REGISTRATIONS = "registrations"
# Set in the payload of a letter without a calendar file: where nobody in it had a place, or others still have one.
NO_CALENDAR = "no_calendar"
NAME = _("Registered person")
WHEN, WHERE = _("Day and hour"), _("Place")


def lines_of(connection: Connection, rows: Sequence[Any]) -> dict[Any, tuple[Line, ...]]:
    """The lines of each delivery of `message_data.base` that is about registrations."""
    about = {row.id: row.payload[REGISTRATIONS] for row in rows if REGISTRATIONS in row.payload}
    numbers = {number for numbers in about.values() for number in numbers}
    if not numbers:
        return dict.fromkeys(about, ())
    r = Registration
    query = select(r.id, r.state, r.code, Person.name, Conference.starts_at, Conference.venue, Conference.host_commune)
    query = query.join(Person, Person.id == r.person_id).join(Conference, Conference.id == r.conference_id)
    known = {row.id: row for row in connection.execute(query.where(r.id.in_(numbers)))}
    rows_of = {key: [known[number] for number in own if number in known] for key, own in about.items()}
    return {key: (*_conference(own), *((NAME, _in_words(row)) for row in own)) for key, own in rows_of.items()}


def _conference(rows: Sequence[Any]) -> Iterator[Line]:
    """When and where the conference of these registrations takes place, as far as it is settled; they are of one."""
    if rows and rows[0].starts_at is not None:
        yield WHEN, rows[0].starts_at
    if rows and (place := ", ".join(filter(None, (rows[0].venue, rows[0].host_commune)))):
        yield WHERE, place


def _in_words(row: Any) -> Sentence:
    if row.state == RegistrationState.WAITING:
        return _("{name}: on the waiting list", name=row.name)
    if row.state == RegistrationState.CANCELLED:
        return _("{name}: cancelled", name=row.name)
    return _("{name}: has a place, code {code}", name=row.name, code=f"{row.code[:4]} {row.code[4:]}")
