"""Letters about a registration, and the signed address at which its codes are shown and a place is given back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.accounts.sealing import HasKey, seal
from workflow.accounts.signed_links import read_signed, signed
from workflow.models import Registration
from workflow.notifications import outbox
from workflow.notifications.registration_letters import NO_CALENDAR, REGISTRATIONS
from workflow.rules.facts import Ref
from workflow.rules.states import RegistrationState
from workflow.rules.topics import Topic

PURPOSE = "registration"


class Contact(Struct, frozen=True):
    """Whose registrations for a conference an address shows: all that were made under the person's e-mail address."""

    conference_id: int
    person_id: int


def token_of(settings: HasKey, contact: Contact) -> str:
    """The token of the page with these registrations."""
    return signed(settings, f"{contact.conference_id}-{contact.person_id}", purpose=PURPOSE)


def read_token(settings: HasKey, token: str) -> Contact | None:
    """What a token shows; None for one that was not signed here."""
    text = read_signed(settings, token, purpose=PURPOSE)
    return Contact(*map(int, text.split("-"))) if text else None


def confirm(
    tx: Connection, settings: HasKey, conference_id: int, person_id: int, numbers: Sequence[int], *, at: datetime
) -> None:
    """Write to the contact what was registered; the same once an hour at most.

    The letter has a calendar file unless everybody in it waits for a place.
    """
    key = f"registered:{conference_id}:{person_id}:{max(numbers, default=0)}:{len(numbers)}:{at:%Y%m%d%H}"
    states = tx.execute(select(Registration.state).where(Registration.id.in_(numbers))).scalars().all()
    more = {NO_CALENDAR: True} if states and set(states) == {RegistrationState.WAITING} else {}
    _record(tx, settings, Topic.REGISTERED, key, Contact(conference_id, person_id), numbers, at=at, more=more)


def tell_of_place(
    tx: Connection, settings: HasKey, conference_id: int, person_id: int, number: int, *, at: datetime
) -> None:
    """Write to the contact that somebody moved up from the waiting list; once."""
    key = f"registration-moved-up:{number}"
    _record(tx, settings, Topic.MOVED_UP, key, Contact(conference_id, person_id), [number], at=at)


def tell_of_cancelling(
    tx: Connection, settings: HasKey, conference_id: int, person_id: int, number: int, *, others: bool, at: datetime
) -> None:
    """Write to the contact that the office took a registration back; once.

    The letter takes the conference out of the contact's calendar unless others registered with it have a place.
    """
    key, more = f"registration-taken-back:{number}", {NO_CALENDAR: True} if others else {}
    contact = Contact(conference_id, person_id)
    _record(tx, settings, Topic.PLACE_TAKEN_BACK, key, contact, [number], at=at, more=more)


def _record(
    tx: Connection, settings: HasKey, topic: Topic, key: str, contact: Contact, numbers: Sequence[int], *,
    at: datetime, more: Mapping[str, bool] = MappingProxyType({}),
) -> None:  # fmt: skip
    box = seal(settings, token_of(settings, contact))
    payload = {"person": contact.person_id, REGISTRATIONS: list(numbers), "box": box, **more}
    outbox.record(tx, key=key, topic=topic, ref=Ref("conference", contact.conference_id), payload=payload, at=at)
