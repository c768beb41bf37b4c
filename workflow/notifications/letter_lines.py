"""What stands beside the sentences of letters, from whoever knows it: meetings, registrations, open matters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from workflow.notifications import matter_letters, meeting_letters, registration_letters
from workflow.notifications.meeting_letters import Line

SOURCES = meeting_letters.lines_of, registration_letters.lines_of, matter_letters.lines_of


def lines_of(connection: Connection, rows: Sequence[Any]) -> dict[Any, tuple[Line, ...]]:
    """The lines of each delivery of `message_data.base`; a letter is about one of these at most."""
    return {number: lines for source in SOURCES for number, lines in source(connection, rows).items()}
