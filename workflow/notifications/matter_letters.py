"""What a reminder of an open matter says beside its sentences: what has to be done, as it is written now.

Read for any number of letters in one statement.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.i18n import _
from workflow.models import OpenMatter, Person
from workflow.notifications.meeting_letters import Line

# Under this name the payload of a message holds the number of the matter that it is about.
MATTER = "matter"


def lines_of(connection: Connection, rows: Sequence[Any]) -> dict[Any, tuple[Line, ...]]:
    """The lines of each delivery of `message_data.base` that is about an open matter."""
    about = {row.id: row.payload[MATTER] for row in rows if MATTER in row.payload}
    if not about:
        return {}
    m = OpenMatter
    query = select(m.id, m.text, Person.name).join(Person, Person.id == m.owner_id).where(m.id.in_(about.values()))
    known = {row.id: (row.text, row.name) for row in connection.execute(query)}
    return {
        key: ((_("What has to be done"), known[number][0]), (_("Who does it"), known[number][1]))
        for key, number in about.items() if number in known
    }  # fmt: skip
