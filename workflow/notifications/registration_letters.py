"""What letters about a registration say beside their sentences: who has a place or waits, and the code for the desk.

Read for any number of letters in one statement.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.i18n import Sentence, _
from workflow.models import Person, Registration
from workflow.notifications.meeting_letters import Line
from workflow.rules.states import RegistrationState

# Under this name the payload of a message holds the numbers of the registrations that it is about.
REGISTRATIONS = "registrations"
NAME = _("Registered person")


def lines_of(connection: Connection, rows: Sequence[Any]) -> dict[Any, tuple[Line, ...]]:
    """The lines of each delivery of `message_data.base` that is about registrations."""
    about = {row.id: row.payload[REGISTRATIONS] for row in rows if REGISTRATIONS in row.payload}
    numbers = {number for numbers in about.values() for number in numbers}
    r = Registration
    query = select(r.id, r.state, r.code, Person.name).join(Person, Person.id == r.person_id).where(r.id.in_(numbers))
    known = {row.id: (NAME, _in_words(row)) for row in connection.execute(query)} if numbers else {}
    return {key: tuple(known[number] for number in own if number in known) for key, own in about.items()}


def _in_words(row: Any) -> Sentence:
    if row.state == RegistrationState.WAITING:
        return _("{name}: on the waiting list", name=row.name)
    if row.state == RegistrationState.CANCELLED:
        return _("{name}: cancelled", name=row.name)
    return _("{name}: has a place, code {code}", name=row.name, code=f"{row.code[:4]} {row.code[4:]}")
