"""People who are registered for the next conference of a made-up edition, entered by the office."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from workflow.demo.people import Cast
from workflow.participation.registrations import Attendee, Entry, register
from workflow.rules.facts import Ref
from workflow.rules.states import RegistrationSource

OFFICE = "pracownik"


class _NoKey(Struct, frozen=True):
    """Nobody here has an address, so that no letter is sealed."""

    secret_key: str = ""


NO_KEY = _NoKey()


def register_people(
    tx: Connection, book: Mapping[str, Any], refs: Mapping[str, Ref], cast: Cast, *, at: datetime
) -> None:
    """Register the people of each organisation of the book, without addresses and without letters."""
    for party in book.get("registration", ()):
        conference = refs[f"conference {party['conference']}"]
        people = tuple(Attendee(name) for name in party["people"])
        entry = Entry(people, RegistrationSource.OFFICE, organisation=party["organisation"])
        register(tx, NO_KEY, conference.id, entry, by=cast.actors[OFFICE].id, at=at)
